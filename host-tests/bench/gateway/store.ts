/** What the history takes and how fast it answers, on the disk that the temporary folder is on. */
import Database from 'libsql';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { History } from '../../../gateway/store/history';
import { retentionOf } from '../../../gateway/store/retention';
import { SqliteStore } from '../../../gateway/store/sqlite-store';
import type { Batch } from '../../../gateway/store/protocol';
import { textOf } from '../../../gateway/store/queue';
import { median, print, type Row } from './row';

const timesMin = 8;
const sensors = 30;
const cadenceMs = 10_000;
const dayMs = 86_400_000;
const beginMs = Date.UTC(2026, 0, 1);

/** The reading of a number, as 30 kits take turns to report. */
function values(n: number): { temperature: number; humidity: number; light: number } {
  return { temperature: 20 + (n % 97) / 10, humidity: 40 + (n % 31) / 2, light: n % 1024 };
}

const sensorOf = (n: number): string => `kit_${n % sensors}`;
const timeOf = (n: number): number => beginMs + Math.floor(n / sensors) * cadenceMs + (n % sensors) * 300;

function batch(from: number, count: number): Batch {
  const texts = Array.from({ length: count }, (_, index) => {
    const [sensor, atMs] = [sensorOf(from + index), timeOf(from + index)];
    return textOf({ sensor, atMs, transport: 'mqtt', values: values(from + index) }, atMs);
  });
  return { text: texts.join(','), count };
}

export async function measureStore(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  try {
    const written = await measureWriting(folder, quick ? 5 : 15);
    const queries = measureQueries(folder, quick ? 8 : 31);
    return [...written, ...queries];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The store as the gateway has it, beside what a program does that stores each reading as it comes. */
async function measureWriting(folder: string, rounds: number): Promise<Row[]> {
  const store = new SqliteStore({
    ...{ file: join(folder, 'store.db'), retentionDays: 0, now: Date.now, waitingMax: 100_000 },
    say: (sentence) => console.error(sentence),
  });
  await store.start();
  const defaults = plainTable(join(folder, 'defaults.db'), '');
  const sameSettings = plainTable(
    join(folder, 'same.db'),
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
  );
  const rates: number[][] = [[], [], []];
  const perRound = 20_000;
  for (let round = 0; round < rounds; round++) {
    rates[0]!.push(await rateOfStore(store, round * perRound, perRound));
    rates[1]!.push(rateOf(defaults, 100));
    rates[2]!.push(rateOf(sameSettings, 2000));
  }
  await store.stop();
  for (const { db } of [defaults, sameSettings]) db.close();
  const [batched, one, unsynced] = rates.map(median) as [number, number, number];
  const text = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
  const part = (rate: number): string => (batched / rate).toFixed(1);
  return [
    {
      what: 'readings stored, with minutes, hours and newest values',
      measured: `${text(batched)}; ${part(one)} times`,
      beside: `a plain row and a transaction for each: ${text(one)}`,
      goal: `>= ${timesMin} times`,
      isMet: batched >= timesMin * one,
    },
    {
      what: 'the same beside a transaction that is not brought to the disk',
      measured: `${text(batched)}; ${part(unsynced)} times`,
      beside: `plain row, same settings (WAL, NORMAL): ${text(unsynced)}`,
      limit: 'JSON and sums of each reading, some 4 us of CPU; a commit without the disk costs 10 to 20',
    },
  ];
}

function plainTable(file: string, settings: string): { db: Database.Database; insert: (n: number) => void } {
  const db = new Database(file);
  db.exec(
    `${settings}; CREATE TABLE reading (id INTEGER PRIMARY KEY, sensor TEXT, at_ms INTEGER, data TEXT)`,
  );
  const statement = db.prepare('INSERT INTO reading (sensor, at_ms, data) VALUES (?, ?, ?)');
  return { db, insert: (n) => void statement.run(sensorOf(n), timeOf(n), JSON.stringify(values(n))) };
}

function rateOf({ insert }: { insert: (n: number) => void }, count: number): number {
  const beganMs = performance.now();
  for (let n = 0; n < count; n++) insert(n);
  return (count * 1000) / (performance.now() - beganMs);
}

async function rateOfStore(store: SqliteStore, from: number, count: number): Promise<number> {
  const beganMs = performance.now();
  for (let n = from; n < from + count - 1; n++)
    store.append([{ sensor: sensorOf(n), atMs: timeOf(n), transport: 'mqtt', values: values(n) }]);
  const last = from + count - 1;
  // Answered when it is on the disk, and all before it.
  const reading = {
    sensor: sensorOf(last),
    atMs: timeOf(last),
    transport: 'mqtt' as const,
    values: values(last),
  };
  await store.appendOnce({ key: String(last), readings: [reading] });
  return (count * 1000) / (performance.now() - beganMs);
}

function measureQueries(folder: string, days: number): Row[] {
  const file = join(folder, 'queries.db');
  const filling = new History(file, retentionOf(0));
  const count = (days * dayMs * sensors) / cadenceMs;
  for (let n = 0; n < count; n += 5000) {
    filling.write(String(n), [batch(n, Math.min(5000, count - n))], 0, false);
    filling.packIfDue();
  }
  filling.close();
  const megabytes = Math.round(statSync(file).size / 1e6);
  const endMs = timeOf(count - 1);
  const held = `${days} days of ${sensors} sensors, ${megabytes} MB`;
  const beganMs = performance.now();
  const history = new History(file, retentionOf(0));
  const known = history.sensors().length;
  const startMs = performance.now() - beganMs;
  const times = (ask: () => unknown): string => {
    const first = timed(ask);
    const others = Array.from({ length: 9 }, () => timed(ask));
    return `${median(others).toFixed(1)} ms, at first ${first.toFixed(1)} ms`;
  };
  const spans = { hour: 3_600_000, day: dayMs, week: 7 * dayMs, month: 30 * dayMs };
  const series = Object.entries(spans).map(([name, lengthMs]): Row => {
    const span = { fromMs: endMs - Math.min(lengthMs, days * dayMs) + 1, toMs: endMs };
    const points = history.series('kit_7', 'temperature', span, 500, endMs).length;
    return {
      what: `chart of a ${name}, ${points} points, from ${held}`,
      measured: times(() => history.series('kit_7', 'temperature', span, 500, endMs)),
    };
  });
  const all = { fromMs: 0, toMs: endMs };
  const newest = times(() => history.readings('kit_7', all, 100));
  const csv = timed(() => {
    let cursor;
    for (let page = 0; page < 100; page++) cursor = history.csv(undefined, all, cursor).next;
  });
  history.close();
  return [
    ...series,
    { what: `newest 100 readings, from ${held}`, measured: newest },
    {
      what: `file opened, and ${known} sensors with their newest values`,
      measured: `${startMs.toFixed(1)} ms`,
    },
    { what: 'CSV', measured: `${Math.round(50_000_000 / csv).toLocaleString('en')} readings/s` },
  ];
}

function timed(work: () => unknown): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href)
  print(await measureStore(process.argv.includes('--quick')));
