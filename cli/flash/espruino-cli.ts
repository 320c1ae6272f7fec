import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FlashError } from '../../flashing';
import { onThisComputer } from './on-this-computer';

export interface Upload {
  port: string;
  /** Where the script is put for Espruino's tool: it holds the kit's passwords. */
  folder: string;
  /** Lines for the board's console. */
  script: string;
  timeoutMs: number;
  /** What the board prints, and what Espruino's tool says. */
  onLine: (line: string) => void;
  signal: AbortSignal;
}

/** Words of Espruino's tool when an upload has failed; its exit code is 0 all the same. */
const failures =
  /Unable to connect|Prompt not detected|port .* not found|RECEIVE ERROR|Uncaught .*|more (?:open|close) brackets.*/i;

/** Has Espruino's own command line tool type a script into a board. Throws a FlashError. */
export async function upload({ folder, port, script, timeoutMs, onLine, signal }: Upload): Promise<void> {
  const file = join(folder, `upload-${process.pid}.js`);
  writeFileSync(file, script, { mode: 0o600 });
  try {
    await run([...toolArguments(port), file], port, timeoutMs, onLine, signal);
  } finally {
    rmSync(file, { force: true });
  }
}

/** As `npx --no-install espruino`, on every system. */
function toolArguments(port: string): string[] {
  const settings = {
    // To RAM: each line is run, and is what writes.
    SAVE_ON_SEND: 0,
    STORE_LINE_NUMBERS: false,
    SERIAL_IGNORE: '',
    // Nothing of this needs the Internet: the names of the modules come from the board.
    BOARD_JSON_URL: '',
    MODULE_URL: '',
    // A chip loses what comes while it writes to flash, so each write is given its time. A virtual board loses nothing.
    STORAGE_UPLOAD_METHOD: onThisComputer(port) ? 1 : 0,
  };
  const config = Object.entries(settings).flatMap(([key, value]) => ['--config', `${key}=${value}`]);
  return [
    ...['--import', new URL('named-port.mjs', import.meta.url).href],
    createRequire(import.meta.url).resolve('espruino/bin/espruino-cli.js'),
    ...['--no-ble', '-b', '115200', ...config, '-p', port],
  ];
}

function run(
  args: string[],
  port: string,
  timeoutMs: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let complete = false;
    let problem = '';
    let last = '';
    const stop = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop);
    const take = (line: string): void => {
      const text = line
        .replace(/^--\] /, '')
        .replace(/[^\x20-\x7e]/g, '')
        .trim();
      if (text === '') return;
      last = text;
      complete ||= /upload complete/i.test(text);
      if (problem === '') problem = failures.exec(text)?.[0] ?? '';
      onLine(text);
    };
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', take);
    }
    const fail = (why: string): void =>
      reject(new FlashError('upload-failed', `the upload to ${port} failed: ${why}`));
    child.on('error', (error) => fail(`Espruino's tool could not be started: ${error.message}`));
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return reject(new FlashError('interrupted', 'interrupted'));
      if (problem !== '') return fail(`Espruino's tool says "${problem}"`);
      if (killed)
        return fail(`not done within ${timeoutMs / 1000} s (--timeout gives it more); ${lastWords(last)}`);
      if (code !== 0 || !complete) return fail(`Espruino's tool gave up; ${lastWords(last)}`);
      resolve();
    });
  });
}

function lastWords(line: string): string {
  return line === '' ? 'it has said nothing' : `it said last "${line.slice(0, 80)}"`;
}
