import Database from 'libsql';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations, openDatabase, openToRead } from '../../../gateway/store/schema';
import { useFolders } from './folder';

const newFolder = useFolders();
const newFile = (): string => join(newFolder(), 'history.db');

function change(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

const versionOf = (file: string): unknown => {
  const db = new Database(file);
  const row = db.prepare('PRAGMA user_version').raw().get();
  db.close();
  return row;
};

test('a new file gets every migration, and one that has them none', () => {
  const file = newFile();
  openDatabase(file).close();
  expect(versionOf(file)).toEqual([migrations.length]);
  change(file, `INSERT INTO config VALUES ('a', '{}')`);
  const db = openDatabase(file);
  expect(db.prepare('SELECT * FROM config').raw().all()).toEqual([['a', '{}']]);
  db.close();
});

test('a file of a newer version is refused, and left as it is', () => {
  const file = newFile();
  openDatabase(file).close();
  change(file, 'PRAGMA user_version = 99');
  const sentence = `${file}: written by a newer Lamplighter (format 99, this one knows up to 1): update, or choose another file with --data`;
  expect(() => openDatabase(file)).toThrow(sentence);
  expect(() => openToRead(file)).toThrow(sentence);
  expect(versionOf(file)).toEqual([99]);
});

test('a database of another program is refused', () => {
  const file = newFile();
  change(file, 'CREATE TABLE bookmarks (url TEXT)');
  expect(() => openDatabase(file)).toThrow(
    `${file}: a database of another program: choose another file with --data`,
  );
});

test('a migration that fails leaves nothing behind', () => {
  const file = newFile();
  // What the first migration is about to make is there already.
  change(file, `CREATE TABLE batch_key (key TEXT); PRAGMA application_id = 0x4c616d70`);
  expect(() => openDatabase(file)).toThrow('batch_key');
  const db = new Database(file);
  expect(db.prepare('SELECT name FROM sqlite_master').raw().all()).toEqual([['batch_key']]);
  db.close();
});

test('a file that cannot be read as a database is told by its code', () => {
  const file = newFile();
  writeFileSync(file, 'no database'.repeat(500));
  expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }));
});

test('reading needs no right to write, works beside a writer, and makes no file', () => {
  const file = join(newFolder(), 'a b#c?d%e.db');
  const writer = openDatabase(file);
  writer.exec(`INSERT INTO config VALUES ('a', '{}')`);
  const reader = openToRead(file);
  expect(reader.prepare('SELECT * FROM config').raw().all()).toEqual([['a', '{}']]);
  expect(() => reader.exec('DELETE FROM config')).toThrow('readonly');
  reader.close();
  writer.close();
  const absent = newFile();
  mkdirSync(`${absent}-folder`);
  expect(() => openToRead(absent)).toThrow('14');
});
