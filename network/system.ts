import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { networkInterfaces, userInfo } from 'node:os';

/** What a program said. */
export interface RunResult {
  stdout: string;
  stderr: string;
  /** Exit code; -1 when it was ended for taking too long. */
  code: number;
}

export interface RunOptions {
  /** Ended after this time, in milliseconds; 10 s unless told otherwise. */
  timeoutMs?: number;
  input?: string;
}

/** This computer, as the network tools see it. Tests hand in one whose programs say what was recorded. */
export interface System {
  /** Undefined when there is no such program. Throws nothing but the reason for which all that runs was called off. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<RunResult | undefined>;
  /** Undefined when it cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder; none when it cannot be read. */
  list(folder: string): Promise<string[]>;
  /** Addresses by interface, without the zone of an IPv6 address. */
  addresses(): Map<string, string[]>;
  readonly isRoot: boolean;
}

/** More than any of these programs prints in the most crowded house. */
const outputBytesMax = 4 << 20;
const usualTimeoutMs = 10_000;
/** Where iw, iwconfig and wpa_supplicant lie, and where a user's PATH does not lead on Debian. */
const systemFolders = '/usr/local/sbin:/usr/sbin:/sbin';

/**
 * `environment` is handed in; programs run with LC_ALL=C so that what they say is always the same language. When `signal` is aborted,
 * those that run are ended.
 */
export function thisSystem(environment: Record<string, string | undefined>, signal?: AbortSignal): System {
  const env = { ...environment, LC_ALL: 'C', PATH: `${environment['PATH'] ?? ''}:${systemFolders}` };
  return {
    run: (program, args, { timeoutMs = usualTimeoutMs, input } = {}) =>
      new Promise((resolve, reject) => {
        const child = execFile(
          program,
          args,
          { env, timeout: timeoutMs, signal, maxBuffer: outputBytesMax, encoding: 'utf8' },
          (error, stdout, stderr) => {
            if (signal?.aborted) return reject(signal.reason as Error);
            // The code of the system's error is a word, an exit code is a number.
            const code = error?.code as string | number | null | undefined;
            if (code === 'ENOENT' || code === 'EACCES') return resolve(undefined);
            resolve({ stdout, stderr, code: error ? (typeof code === 'number' ? code : -1) : 0 });
          },
        );
        // A program that does not read what it is told has ended already, and says why.
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(input);
      }),
    read: (path) => readFile(path, 'utf8').catch(() => undefined),
    list: (folder) => readdir(folder).catch(() => []),
    addresses: () =>
      new Map(
        Object.entries(networkInterfaces()).map(([name, list]) => [
          name,
          (list ?? []).map(({ address }) => address.replace(/%.*/, '')),
        ]),
      ),
    get isRoot() {
      return userInfo().uid === 0;
    },
  };
}
