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
  writeFileSync,
} from 'node:fs';
import { open, readFile, rename, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeProblem } from '../file-problem';
import type { Journal } from './queue';

/** A journal in a file; every write is on the disk itself before it counts. Its errors are sentences with the name of the file. */
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
    try {
      await this.#append(text);
    } catch (error) {
      throw writeProblem(this.file, error);
    }
  }

  async replace(text: string): Promise<void> {
    const part = `${this.file}.part`;
    try {
      await writeWhole(part, text);
      await rename(part, this.file);
      syncFolder(dirname(this.file));
    } catch (error) {
      rmSync(part, { force: true });
      throw writeProblem(this.file, error);
    }
  }

  async #append(text: string): Promise<void> {
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
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
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

/** Appends a line and has it on the disk. Throws a sentence with the name of the file. */
export function appendDurably(file: string, line: string): void {
  try {
    const handle = openSync(file, 'a', 0o600);
    try {
      appendFileSync(handle, line + '\n');
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw writeProblem(file, error);
  }
}

/** A log that never grows beyond `count` files of `bytes`: `report.log`, `report.log.1` and so on, the oldest last. */
export class RotatingLog {
  /** Lines that the disk did not take: what is logged goes on without them. */
  readonly counters = { lost: 0 };
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
    try {
      if (this.#size > 0 && this.#size + bytes > this.limits.bytes) this.#rotate();
      appendFileSync(this.file, line + '\n', { mode: 0o600 });
      this.#size += bytes;
    } catch {
      this.counters.lost++;
    }
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
  const file = join(folder, 'lock');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writeProblem(folder, error);
  }
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, `${process.pid} ${birthOf(process.pid)}`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeProblem(file, error);
      const owner = ownerOf(file);
      if (attempt > 0 || owner !== undefined)
        throw new Error(
          `${folder} is in use by process ${owner ?? '?'}: end it, or choose another with --state`,
        );
      // Its owner has died without a word.
      rmSync(file, { force: true });
    }
  }
}

/** The process that holds the lock; undefined when it is dead. */
function ownerOf(file: string): number | undefined {
  const [, pid, birth] = /^(\d+) (.*)$/.exec(readFileSync(file, 'utf8')) ?? [];
  return pid !== undefined && isAlive(Number(pid)) && birthOf(Number(pid)) === birth
    ? Number(pid)
    : undefined;
}

/**
 * Tells a process from all others that have had or will have its number, over a restart of the computer too: after a power cut
 * numbers begin anew. Empty where the system does not tell. Source: proc_pid_stat(5), field 22.
 */
function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
