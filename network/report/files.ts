import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { copyFile, type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readProblem, writeProblem } from '../file-problem';
import type { Journal } from './queue';

/**
 * A journal in a file of a folder that is there; every write is on the disk itself before it counts. Its errors are sentences with
 * the name of the file.
 */
export class FileJournal implements Journal {
  constructor(private readonly file: string) {}

  async read(): Promise<string> {
    try {
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw readProblem(this.file, error);
    }
  }

  append(text: string): Promise<void> {
    return appendDurably(this.file, text);
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

  /** Named after what is in it: the same damage has one copy, however often it is met. */
  async copyDamaged(): Promise<string> {
    const name = createHash('sha256')
      .update(await readFile(this.file))
      .digest('hex')
      .slice(0, 8);
    const copy = `${this.file}.damaged-${name}`;
    try {
      await copyFile(this.file, copy);
      return copy;
    } catch (error) {
      throw writeProblem(copy, error);
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

/** Appends whole lines and has them on the disk. Throws a sentence with the name of the file. */
export async function appendDurably(file: string, lines: string): Promise<void> {
  try {
    const handle = await open(file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      await appendWhole(handle, size, lines);
      if (size === 0) syncFolder(dirname(file));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw writeProblem(file, error);
  }
}

async function appendWhole(handle: FileHandle, size: number, lines: string): Promise<void> {
  try {
    // A power cut has left a part of a line: it must not spoil the next one.
    await handle.writeFile((await endsWithNewline(handle, size)) ? lines : `\n${lines}`);
    await handle.datasync();
  } catch (error) {
    // A full disk takes a part, too.
    await handle.truncate(size).catch(() => undefined);
    throw error;
  }
}

async function endsWithNewline(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
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
    this.#size = existsSync(file) ? statSync(file).size : 0;
    // Of a time when more were asked for.
    for (let index = limits.count; existsSync(`${file}.${index}`); index++)
      rmSync(`${file}.${index}`, { force: true });
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
