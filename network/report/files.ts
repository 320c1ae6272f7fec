import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, readFile, rename, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Journal } from './queue';

/** A journal in a file; every write is on the disk itself before it counts. */
export class FileJournal implements Journal {
  constructor(private readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
  }

  async read(): Promise<string> {
    try {
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  async append(text: string): Promise<void> {
    const handle = await open(this.file, 'a', 0o600);
    const { size } = await handle.stat();
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } catch (error) {
      // A full disk takes part of a line, which would spoil the next one.
      await truncate(this.file, size).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  }

  async replace(text: string): Promise<void> {
    const part = `${this.file}.part`;
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, this.file);
    syncFolder(dirname(this.file));
  }
}

/** The new name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  // Windows knows no such thing.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Appends a line and has it on the disk. */
export function appendDurably(file: string, line: string): void {
  const handle = openSync(file, 'a', 0o600);
  try {
    writeSync(handle, line + '\n');
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A log that never grows beyond `count` files of `bytes`: `report.log`, `report.log.1` and so on, the oldest last. */
export class RotatingLog {
  #size: number;

  constructor(
    private readonly file: string,
    private readonly limits: { bytes: number; count: number },
  ) {
    mkdirSync(dirname(file), { recursive: true });
    this.#size = existsSync(file) ? statSync(file).size : 0;
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#size > 0 && this.#size + bytes > this.limits.bytes) this.#rotate();
    appendFileSync(this.file, line + '\n', { mode: 0o600 });
    this.#size += bytes;
  }

  #rotate(): void {
    const name = (index: number) => (index === 0 ? this.file : `${this.file}.${index}`);
    const { count } = this.limits;
    if (count === 1) rmSync(this.file, { force: true });
    for (let index = count - 2; index >= 0; index--)
      if (existsSync(name(index))) renameSync(name(index), name(index + 1));
    this.#size = 0;
  }
}

/** Only one process may write to a queue. Returns what lets it go; throws a sentence when another has it. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = ownerOf(file);
      if (attempt > 0 || (owner !== undefined && isAlive(owner)))
        throw new Error(
          `${folder} is in use by process ${owner ?? '?'}: end it, or choose another with --state`,
        );
      // Its owner has died without a word.
      rmSync(file, { force: true });
    }
  }
}

function ownerOf(file: string): number | undefined {
  const text = readFileSync(file, 'utf8').trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
