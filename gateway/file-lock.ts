import Database from 'libsql';
import { closeSync, existsSync, openSync, readSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeFolder } from './make-folder';
import { historyProblem } from './store/history-error';

/** Somebody else holds the lock. */
export class Locked extends Error {
  constructor(
    /** `process 1234` */
    readonly holder: string,
  ) {
    super(`${holder} is using it`);
  }
}

/** Of several that come at once one gets it: so long it waits for the others to have seen that. */
const busySeconds = 0.1;

/** Between two attempts. */
const pauseMs = 20;

/** Locks of this very process. */
const held = new Set<string>();

/**
 * Keeps every other process off a file until it is called back, by a lock of SQLite on `<file>-lock` beside it. The
 * system takes the lock back however this process ends, so that nothing a crash leaves behind can be mistaken for one.
 * What it lies on stays: who removed it could take away the lock of another one that comes at the same moment. It holds
 * the id of the process, for a sentence to those who are refused.
 * Throws Locked; any other error is libsql's own.
 */
export function lockFile(file: string): () => void {
  const lock = `${trueName(file)}-lock`;
  // To open and close the file would give away this process's lock on it: POSIX, fcntl().
  if (held.has(lock)) throw new Locked(`process ${process.pid}`);
  const db = locked(lock);
  held.add(lock);
  return () => {
    held.delete(lock);
    db.close();
  };
}

/** The same, after those who have it for a moment: tried for so long, in milliseconds. */
export async function lockSoon(file: string, waitMs: number): Promise<() => void> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return lockFile(file);
    } catch (error) {
      if (!(error instanceof Locked) || waitedMs >= waitMs) throw error;
      await setTimeout(pauseMs);
    }
  }
}

function locked(lock: string): Database.Database {
  const db = new Database(lock, { timeout: busySeconds });
  try {
    // Exclusive from the first write on, and not only for as long as that takes. No query: the connection would stay
    // open until its statement is collected as garbage.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY');
    db.exec(`BEGIN EXCLUSIVE; PRAGMA user_version = ${process.pid}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    const problem = historyProblem(error);
    if (problem === 'busy') throw new Locked(holderOf(lock));
    if (problem !== 'corrupt') throw error;
    // By a card: who held it would have found it damaged, too.
    rmSync(lock);
    return locked(lock);
  }
}

/** https://www.sqlite.org/fileformat.html#user_version_number */
function holderOf(lock: string): string {
  const bytes = Buffer.alloc(4);
  const file = openSync(lock, 'r');
  readSync(file, bytes, 0, 4, 60);
  closeSync(file);
  const pid = bytes.readUInt32BE();
  return pid > 0 ? `process ${pid}` : 'another process';
}

/** The file may have several names, and SQLite follows links as well. Where it cannot be, SQLite says why. */
function trueName(file: string): string {
  const folder = dirname(file);
  try {
    makeFolder(folder);
    return existsSync(file) ? realpathSync(file) : join(realpathSync(folder), basename(file));
  } catch {
    return file;
  }
}
