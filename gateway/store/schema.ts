import Database from 'libsql';
import { pathToFileURL } from 'node:url';
import { HistoryError } from './history-error';
import { queryOne } from './statement';

/** 'Lamp': tells the file from one of another program. https://www.sqlite.org/pragma.html#pragma_application_id */
const applicationId = 0x4c616d70;

/**
 * How the tables came to be: entry n leads from version n to n + 1, and is never changed once released.
 *
 * What comes in waits in `journal`, a row for each write, as a JSON array of sensor, time, time of arrival, transport
 * and values, again and again. From there it goes to `chunk`: readings of one sensor, and of one hour at most, in the
 * order of time, as a JSON array of time, how much later it came in, transport and values, again and again. Chunks of
 * a sensor overlap where readings came late. A row of `minute` or `hour` sums up one value of one sensor from `at_ms`
 * on. `newest` is JSON, `[[name, [at_ms, value]], ...]`.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE sensor (
     id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
     transport TEXT NOT NULL, seen_ms INTEGER NOT NULL, newest TEXT NOT NULL
   );
   CREATE TABLE journal (id INTEGER PRIMARY KEY, write TEXT NOT NULL, readings TEXT NOT NULL);
   CREATE TABLE chunk (
     id INTEGER PRIMARY KEY, sensor INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
     count INTEGER NOT NULL, readings TEXT NOT NULL
   );
   CREATE INDEX chunk_time ON chunk (sensor, from_ms, to_ms, count);
   CREATE TABLE minute (
     sensor INTEGER NOT NULL, at_ms INTEGER NOT NULL, name TEXT NOT NULL,
     count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
     PRIMARY KEY (sensor, at_ms, name)
   ) WITHOUT ROWID;
   CREATE TABLE hour (
     sensor INTEGER NOT NULL, at_ms INTEGER NOT NULL, name TEXT NOT NULL,
     count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
     PRIMARY KEY (sensor, at_ms, name)
   ) WITHOUT ROWID;
   CREATE TABLE config (sensor TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE batch_key (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX batch_key_at ON batch_key (at_ms);`,
];

/** Waits so long, in seconds, for another program that writes: `sqlite3` in somebody's hands. */
const busySeconds = 2;

/**
 * Opens the file for reading, also while a gateway writes to it.
 * Throws HistoryError `foreign` unless it is of the present version; any other error is libsql's own.
 */
export function openToRead(file: string): Database.Database {
  const db = new Database(`${pathToFileURL(file).href}?mode=ro`, { timeout: busySeconds });
  try {
    const version = checkedVersion(db, file);
    if (version === migrations.length) return db;
    throw new HistoryError('foreign', `${file}: written by an older Lamplighter: start the gateway once`);
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens the file, or begins it, and brings it to the present version.
 * Throws HistoryError `foreign` for a file that is not for this version; any other error is libsql's own.
 */
export function openDatabase(file: string): Database.Database {
  const db = new Database(file, { timeout: busySeconds });
  try {
    const version = checkedVersion(db, file);
    // A reading rewrites its page: small ones cost a card less. Takes effect in a new file only.
    db.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000');
    // 4 MB of log, then it is written to the file; a log that once grew larger gives its room back.
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304; PRAGMA cache_size = -4000');
    migrate(db, version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** 0 for an empty file. */
function checkedVersion(db: Database.Database, file: string): number {
  const version = pragma(db, 'user_version');
  const isEmpty = queryOne(db, 'SELECT 1 FROM sqlite_master LIMIT 1')() === undefined;
  if (!isEmpty && pragma(db, 'application_id') !== applicationId) {
    throw new HistoryError(
      'foreign',
      `${file}: a database of another program: choose another file with --data`,
    );
  }
  if (version > migrations.length) {
    throw new HistoryError(
      'foreign',
      `${file}: written by a newer Lamplighter (format ${version}, this one knows up to ${migrations.length}): ` +
        `update, or choose another file with --data`,
    );
  }
  return version;
}

function migrate(db: Database.Database, from: number): void {
  for (let version = from; version < migrations.length; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      if (version === 0) db.exec(`PRAGMA application_id = ${applicationId}`);
      db.exec(`${migrations[version]!}; PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      rollBack(db);
      throw error;
    }
  }
}

/** SQLite ends some failed transactions by itself, then there is nothing to roll back. */
export function rollBack(db: Database.Database): void {
  if (db.inTransaction) db.exec('ROLLBACK');
}

function pragma(db: Database.Database, name: string): number {
  return queryOne<[number]>(db, `PRAGMA ${name}`)()![0];
}
