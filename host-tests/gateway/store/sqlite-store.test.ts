import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../../gateway/store/connection';
import { csvOfFile } from '../../../gateway/store/csv-file';
import { retentionOf } from '../../../gateway/store/retention';
import { SqliteStore, type SqliteStoreOptions } from '../../../gateway/store/sqlite-store';
import type { Writer } from '../../../gateway/store/writer';
import { useFolders } from './folder';
import { always, minute, noonMs, reading } from './rows';

const newFolder = useFolders();
const stores: SqliteStore[] = [];
const mounted: string[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
});

function newStore(file: string, options: Partial<SqliteStoreOptions> = {}) {
  const said: string[] = [];
  const clock = { nowMs: noonMs };
  const store = new SqliteStore({
    ...{ file, retentionDays: 30, now: () => clock.nowMs, say: (sentence) => said.push(sentence) },
    ...options,
  });
  stores.push(store);
  return { store, said, clock };
}

const fileIn = (folder: string): string => join(folder, 'data', 'history.db');
const batch = (key: string, n: number) => ({ key, readings: [reading('kit_2', noonMs + n, { n })] });

async function numbers(store: SqliteStore): Promise<unknown[]> {
  return (await store.readings('kit_2', always, 9999)).map(({ values }) => values.n);
}

test('makes file and folder, stores, and has everything after a restart', async () => {
  const file = fileIn(newFolder());
  const { store } = newStore(file);
  await store.start();
  store.append([reading('kit_2', noonMs, { n: 1 }), reading('kit_3', noonMs, { mode: 'eco' })]);
  expect(await store.appendOnce(batch('k', 2))).toBe('stored');
  await store.setConfig('kit_3', { interval: 7, thresholds: {} });
  store.append([reading('kit_2', noonMs + 3, { n: 3 })]);
  await store.stop();
  expect(store.counters).toEqual({ stored: 4, waiting: 0, dropped: 0, commits: 2 });

  const { store: again } = newStore(file);
  await again.start();
  expect(await again.appendOnce(batch('k', 2))).toBe('duplicate');
  expect(await numbers(again)).toEqual([1, 2, 3]);
  expect(await again.config('kit_3')).toEqual({ interval: 7, thresholds: {} });
  expect((await again.configs()).size).toBe(1);
  expect((await again.sensors()).map(({ id, values }) => [id, values])).toEqual([
    ['kit_2', { n: 3 }],
    ['kit_3', { mode: 'eco' }],
  ]);
  const span = { fromMs: noonMs, toMs: noonMs + minute };
  expect((await again.series('kit_2', 'n', span, 10)).map(({ mean }) => mean)).toEqual([1, 2, 3]);
  let csv = '';
  for await (const piece of again.csv('kit_3', always)) csv += piece;
  expect(csv).toBe('time,sensor,transport,name,value\r\n2026-08-01T12:00:00.000Z,kit_3,mqtt,mode,eco\r\n');
});

test('a key that is too long is refused', async () => {
  const { store } = newStore(fileIn(newFolder()));
  await store.start();
  await expect(store.appendOnce(batch('k'.repeat(256), 1))).rejects.toThrow(
    'at most 255 characters, got 256',
  );
});

test('a file that another store is using is refused with one sentence, and readers are not', async () => {
  const file = fileIn(newFolder());
  const { store } = newStore(file);
  await store.start();
  await store.appendOnce(batch('first', 1));
  const second = newStore(file).store;
  await expect(second.start()).rejects.toThrow(
    `${file}: process ${process.pid} keeps its history there: end that gateway, or choose another file with --data`,
  );
  await second.stop();
  // The first has not noticed, nobody else is let in after that either, and an export is not hindered.
  expect(await store.appendOnce(batch('second', 1))).toBe('stored');
  await expect(newStore(file).store.start()).rejects.toThrow('keeps its history there');
  expect([...csvOfFile(file, undefined, always)].join('').split('\r\n')).toHaveLength(4);
  await store.stop();
  await second.start();
  expect(await second.appendOnce(batch('second', 1))).toBe('duplicate');
});

describe('a file that cannot be used is one sentence:', () => {
  test('in a folder that cannot be', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'data'), 'a file, no folder');
    const { store } = newStore(fileIn(folder));
    await expect(store.start()).rejects.toThrow(
      `${fileIn(folder)}: cannot be written: choose a file in a folder that this user may write to`,
    );
  });

  test('in a folder that is read-only', async ({ skip }) => {
    const folder = newFolder();
    if (!mountSmall(folder)) skip('no right to mount, and root may write everywhere else');
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const { store } = newStore(join(folder, 'history.db'));
    await expect(store.start()).rejects.toThrow(/history\.db: cannot be written/);
  });

  test('of another program', async () => {
    const folder = newFolder();
    const { store } = newStore(fileIn(folder));
    await store.start();
    await store.stop();
    const damaged = readFileSync(fileIn(folder));
    // user_version, https://www.sqlite.org/fileformat.html#user_version_number
    damaged.writeUInt32BE(77, 60);
    writeFileSync(fileIn(folder), damaged);
    await expect(newStore(fileIn(folder)).store.start()).rejects.toThrow('newer Lamplighter (format 77');
    expect(readFileSync(fileIn(folder)).readUInt32BE(60)).toBe(77);
  });
});

describe('a damaged file is put aside, said, and a new one begun', () => {
  test('when it is no database at all', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data'));
    writeFileSync(fileIn(folder), 'no database '.repeat(1000));
    const { store, said } = newStore(fileIn(folder));
    await store.start();
    const aside = `${fileIn(folder)}.damaged-2026-08-01T12-00-00.000Z`;
    expect(said).toEqual([
      `${fileIn(folder)}: not a database, or a damaged one (file is not a database); it is now ${aside}, and a new one was begun`,
    ]);
    expect(existsSync(aside)).toBe(true);
    expect(await store.appendOnce(batch('k', 1))).toBe('stored');
    expect(store.trouble).toBeUndefined();
  });

  test('when a part of it is overwritten while it is in use', async () => {
    const folder = newFolder();
    const first = newStore(fileIn(folder));
    await first.store.start();
    first.store.append(Array.from({ length: 3000 }, (_, n) => reading('kit_2', noonMs + n * 1000, { n })));
    await first.store.stop();
    const bytes = readFileSync(fileIn(folder));
    bytes.fill(0xa5, 4096 * 2);
    writeFileSync(fileIn(folder), bytes);
    const { store, said } = newStore(fileIn(folder));
    await store.start();
    store.append([reading('kit_2', noonMs, { n: 9 })]);
    await store.appendOnce(batch('k', 10)).catch(() => undefined);
    // The readings without a key are tried again; the new file takes them.
    await store.stop();
    expect(said[0]).toMatch(/damaged.*a new one was begun$/);
    expect(readdirSync(join(folder, 'data')).some((name) => name.includes('.damaged-'))).toBe(true);
    const again = newStore(fileIn(folder)).store;
    await again.start();
    expect(await numbers(again)).toContain(9);
  });
});

interface Inside {
  connection: { thread: Promise<{ worker: Worker }> };
  writer: Writer;
}

test('a thread that has ended is started anew, and nothing is stored twice or lost', async () => {
  const { store, said, clock } = newStore(fileIn(newFolder()));
  await store.start();
  for (let n = 0; n < 5; n++) {
    store.append([reading('kit_2', noonMs + n, { n })]);
    const { connection, writer } = store as unknown as Inside;
    const { worker } = await connection.thread;
    // Sometimes before the write is done, sometimes after, never with an answer.
    const pending = store.appendOnce(batch(`k${n}`, 100 + n)).catch(() => undefined);
    await worker.terminate();
    await pending;
    clock.nowMs += 60_000;
    await writer.drain();
  }
  await store.stop();
  expect(said.some((sentence) => sentence.includes('the thread of the history has ended'))).toBe(true);
  const { store: again } = newStore((store as unknown as { options: SqliteStoreOptions }).options.file);
  await again.start();
  const plain = (await numbers(again)).filter((n) => (n as number) < 100);
  expect(plain).toEqual([0, 1, 2, 3, 4]);
});

describe('a full disk', () => {
  test('is said, readings wait in memory, and are written when there is room again', async ({ skip }) => {
    const folder = newFolder();
    if (!mountSmall(folder)) skip('no right to mount a small disk');
    const { store, said } = newStore(fileIn(folder));
    await store.start();
    await store.appendOnce(batch('first', -1));
    const filler = join(folder, 'filler');
    fill(filler);
    let count = 0;
    const more = (): void => {
      const readings = Array.from({ length: 200 }, () => reading('kit_2', noonMs + count, { n: count++ }));
      store.append(readings);
    };
    // Until the log has no room either.
    while (!store.trouble) {
      more();
      await store.appendOnce(batch(`k${count}`, -1)).catch(() => undefined);
    }
    expect(store.trouble).toMatch(/history\.db: the disk is full: make room$/);
    const keyed = store.counters.stored;
    more();
    expect(store.counters.waiting).toBeGreaterThanOrEqual(200);
    expect(await store.readings('kit_2', always, 1)).toHaveLength(1);
    expect(await store.series('kit_2', 'n', { fromMs: noonMs - 1, toMs: noonMs }, 10)).not.toEqual([]);
    rmSync(filler);
    await store.stop();
    expect(store.counters.waiting).toBe(0);
    expect(store.counters.stored).toBeGreaterThan(keyed);
    expect(said.at(-1)).toMatch(/readings are written again; \d+ wait, 0 were given up$/);
    const { store: again } = newStore(fileIn(folder));
    await again.start();
    const stored = (await numbers(again)).filter((n) => (n as number) >= 0);
    expect(stored).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  test('at the start is said, and waited for', async ({ skip }) => {
    const folder = newFolder();
    if (!mountSmall(folder)) skip('no right to mount a small disk');
    const filler = join(folder, 'filler');
    fill(filler);
    const { store, said, clock } = newStore(join(folder, 'history.db'));
    await store.start();
    expect(store.trouble).toMatch(/disk/);
    store.append([reading('kit_2', noonMs, { n: 1 })]);
    rmSync(filler);
    clock.nowMs += 60_000;
    await store.stop();
    expect(said[0]).toMatch(/history\.db: .*; readings are kept in memory/);
    expect(store.counters).toMatchObject({ stored: 1, waiting: 0 });
  });
});

/** A disk of 1 MB, until the test is over. False where that is not allowed. */
function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  mounted.push(folder);
  return true;
}

/** Takes all the room there is. */
function fill(file: string): void {
  const piece = Buffer.alloc(4096);
  try {
    for (;;) writeFileSync(file, piece, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

test('what still waited for the disk when the store ended does not open the file again', async () => {
  const folder = newFolder();
  const connection = new Connection({
    ...{ file: fileIn(folder), retention: retentionOf(30), now: () => noonMs },
    say: () => undefined,
  });
  await connection.call('sync');
  await connection.end();
  rmSync(fileIn(folder));
  await expect(connection.call('close')).rejects.toThrow('the history is closed');
  expect(existsSync(fileIn(folder))).toBe(false);
});
