import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../gateway/make-folder';
import type { FoundHost } from '../../network/discover/discover';
import { writeProblem } from '../../network/file-problem';
import { tell } from './print';

/** What the last scan has found, in a file. */
export class ScanState {
  constructor(private readonly file: string) {}

  /** Undefined when there was none, or none that can be read. */
  read(): FoundHost[] | undefined {
    try {
      const { hosts } = JSON.parse(readFileSync(this.file, 'utf8')) as { hosts: unknown };
      return Array.isArray(hosts) && hosts.every(isHost) ? hosts : undefined;
    } catch {
      return undefined;
    }
  }

  /** False, and why is told, when it cannot be kept: what was found is worth showing all the same. */
  write(hosts: FoundHost[]): boolean {
    const part = `${this.file}.part`;
    try {
      makeFolder(dirname(this.file), 0o700);
      try {
        writeFileSync(part, JSON.stringify({ hosts }, undefined, 2) + '\n', { mode: 0o600 });
        renameSync(part, this.file);
      } catch (error) {
        rmSync(part, { force: true });
        throw error;
      }
      return true;
    } catch (error) {
      tell(`the scan is not kept for the next time: ${writeProblem(this.file, error).message}`);
      return false;
    }
  }
}

/** Somebody may have written into the file. */
function isHost(value: unknown): value is FoundHost {
  const { ip, name, mac, ports } = (value ?? {}) as Record<string, unknown>;
  const isText = (text: unknown) => text === undefined || typeof text === 'string';
  return typeof ip === 'string' && isText(name) && isText(mac) && Array.isArray(ports);
}
