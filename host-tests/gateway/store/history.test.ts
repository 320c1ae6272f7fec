import Database from 'libsql';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { History } from '../../../gateway/store/history';
import { retentionOf } from '../../../gateway/store/retention';
import type { Values } from '../../../shared/live';
import type { StoredReading } from '../../../gateway/store/store';
import { forSeeds } from '../../support/random';
import { useFolders } from './folder';
import { always, batchOf, day, hour, minute, noonMs, reading } from './rows';

const newFolder = useFolders();
const opened: History[] = [];
afterEach(() => {
  for (const history of opened.splice(0)) history.close();
});

function openHistory(file = join(newFolder(), 'history.db'), retentionDays = 30): History {
  const history = new History(file, retentionOf(retentionDays));
  opened.push(history);
  return history;
}

let writes = 0;
function write(history: History, readings: StoredReading[], receivedMs?: number): void {
  history.write(`write ${++writes}`, [batchOf(readings, receivedMs)], noonMs, false);
}

function temperatures(history: History, sensor: string): unknown[] {
  return history.readings(sensor, always, 100).map(({ values }) => values.temperature);
}

describe('readings', () => {
  test('come back as they were, newest last, the newest ones of the span', () => {
    const history = openHistory();
    const all = [1, 2, 3, 4].map((n) =>
      reading('kit_2', noonMs + n, { temperature: n, on: true, text: 'é"\n\0' }),
    );
    write(history, [...all, reading('kit_3', noonMs, { temperature: 9 }, 'udp')]);
    expect(history.readings('kit_2', { fromMs: noonMs, toMs: noonMs + 3 }, 2)).toEqual(
      [all[1]!, all[2]!].map((stored) => ({ ...stored, receivedMs: stored.atMs })),
    );
    expect(history.readings('kit_4', always, 5)).toEqual([]);
  });

  test('of the same millisecond are all kept, in their order', () => {
    const history = openHistory();
    const both = [1, 2].map((temperature) => reading('a', noonMs, { temperature }));
    write(history, both);
    write(history, [reading('a', noonMs + 1, { temperature: 4 }), reading('a', noonMs, { temperature: 3 })]);
    expect(temperatures(history, 'a')).toEqual([1, 2, 3, 4]);
  });

  test('that come late find their place, and keep when they came', () => {
    const history = openHistory();
    write(history, [reading('a', noonMs, { temperature: 2 })]);
    write(history, [reading('a', noonMs - hour, { temperature: 1 })], noonMs + 7);
    expect(history.readings('a', always, 2)).toMatchObject([
      { atMs: noonMs - hour, receivedMs: noonMs + 7, values: { temperature: 1 } },
      { atMs: noonMs, receivedMs: noonMs, values: { temperature: 2 } },
    ]);
  });

  test('more than fit into one call of the database are all stored', () => {
    const history = openHistory();
    const all = Array.from({ length: 1237 }, (_, n) => reading(`s${n % 7}`, noonMs + n, { n }));
    write(history, all);
    const counts = [0, 1, 2, 3, 4, 5, 6].map((n) => history.readings(`s${n}`, always, 5000).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1237);
  });
});

describe('a batch with a key', () => {
  const batch = batchOf([reading('kit_2', noonMs, { temperature: 1 })], noonMs, 'kit_2-7-1');

  test('counts once, also after a restart', () => {
    const file = join(newFolder(), 'history.db');
    const history = openHistory(file);
    expect(history.write('w', [batch, batch], noonMs, false)).toEqual(['stored', 'duplicate']);
    opened.splice(0);
    history.close();
    const again = openHistory(file);
    expect(again.write('w', [batch], noonMs, false)).toEqual(['duplicate']);
    expect(temperatures(again, 'kit_2')).toEqual([1]);
  });

  test('may be sent again after a week', () => {
    const history = openHistory();
    history.write('w', [batch], noonMs, false);
    history.tidy(noonMs + 7 * day - 1);
    expect(history.write('w', [batch], noonMs, false)).toEqual(['duplicate']);
    history.tidy(noonMs + 7 * day + 1);
    expect(history.write('w', [batch], noonMs, false)).toEqual(['stored']);
  });
});

test('two that write to one file store everything once', () => {
  const file = join(newFolder(), 'history.db');
  const [one, other] = [openHistory(file), openHistory(file)];
  for (let n = 0; n < 20; n++) write(n % 3 ? one : other, [reading('a', noonMs + n, { temperature: n })]);
  expect(temperatures(other, 'a')).toEqual(Array.from({ length: 20 }, (_, n) => n));
  write(one, [reading('a', noonMs + 20, { temperature: 20 })]);
  expect(temperatures(one, 'a')).toHaveLength(21);
  expect(one.sensors()).toEqual(other.sensors());
});

test('a write that was done, though nobody was told, is not done again', () => {
  const file = join(newFolder(), 'history.db');
  const history = openHistory(file);
  const batches = [batchOf([1, 2].map((n) => reading('a', noonMs + n, { n })))];
  history.write('first', batches, noonMs, false);
  expect(history.write('first', batches, noonMs, true)).toEqual(['stored']);
  // Also when it has left the journal, and by another process.
  expect(history.readings('a', always, 9)).toHaveLength(2);
  const again = openHistory(file);
  expect(again.write('first', batches, noonMs, true)).toEqual(['stored']);
  expect(again.readings('a', always, 9)).toHaveLength(2);
  again.write('second', batches, noonMs, true);
  expect(again.readings('a', always, 9)).toHaveLength(4);
});

describe('the newest values', () => {
  test('are the latest of each name, whatever came after them', () => {
    const history = openHistory();
    write(history, [
      reading('a', noonMs, { temperature: 1, light: 5 }),
      reading('a', noonMs + 1, { temperature: 2 }),
    ]);
    write(history, [reading('a', noonMs - day, { temperature: 9, humidity: 3 }, 'http')], noonMs + 8);
    const expected = { temperature: 2, light: 5, humidity: 3 };
    expect(history.sensors()).toEqual([{ id: 'a', transport: 'http', seenMs: noonMs + 8, values: expected }]);
  });

  test('are known again after a crash', () => {
    const file = join(newFolder(), 'history.db');
    const history = openHistory(file);
    write(history, [
      reading('a', noonMs, { temperature: 1, light: 5 }),
      reading('b', noonMs, { mode: 'eco' }),
    ]);
    write(history, [reading('a', noonMs + 1000, { temperature: 2 }, 'tcp')]);
    write(history, [reading('b', noonMs - day, { colour: 'red' }, 'http')], noonMs + 5000);
    // As after a crash: nobody has closed the other one.
    const other = openHistory(file);
    expect(other.sensors()).toEqual(history.sensors());
    expect(other.sensors()[0]).toEqual({
      ...{ id: 'a', transport: 'tcp', seenMs: noonMs + 1000 },
      values: { temperature: 2, light: 5 },
    });
    expect(other.sensors()[1]).toEqual({
      ...{ id: 'b', transport: 'http', seenMs: noonMs + 5000 },
      values: { mode: 'eco', colour: 'red' },
    });
  });

  test('are those of at most 32 names', () => {
    const history = openHistory();
    const all = Array.from({ length: 40 }, (_, n) => reading('a', noonMs + n, { [`name${n}`]: n }));
    write(history, all);
    const names = Object.keys(history.sensors()[0]!.values);
    expect(names).toHaveLength(32);
    expect(names).toContain('name39');
    expect(names).not.toContain('name7');
  });
});

describe('a series', () => {
  const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

  test('is the readings themselves when they are few', () => {
    const history = openHistory();
    write(
      history,
      [1, 2, 3].map((n) => reading('a', noonMs + n * 1000, n === 2 ? { light: 1 } : { temperature: n })),
    );
    const point = (n: number) => ({ atMs: noonMs + n * 1000, mean: n, min: n, max: n, count: 1 });
    const points = history.series('a', 'temperature', span(noonMs, noonMs + hour), 100, noonMs);
    expect(points).toEqual([point(1), point(3)]);
  });

  test('shows a switch as 0 and 1, and no texts', () => {
    const history = openHistory();
    write(history, [
      reading('a', noonMs, { motion: true }),
      reading('a', noonMs + 1, { motion: false, note: '7' }),
    ]);
    const all = span(noonMs, noonMs + minute);
    expect(history.series('a', 'motion', all, 10, noonMs).map(({ mean }) => mean)).toEqual([1, 0]);
    expect(history.series('a', 'note', all, 10, noonMs)).toEqual([]);
    expect(history.series('b', 'note', all, 10, noonMs)).toEqual([]);
  });

  test('of a day is minutes, of a month hours, and never more points than asked for', () => {
    const history = openHistory();
    const cadence = 30_000;
    const count = (30 * day) / cadence;
    const all = Array.from({ length: count }, (_, n) =>
      reading('a', noonMs + n * cadence, { light: n % 100 }),
    );
    write(history, all);
    const endMs = noonMs + 30 * day - 1;
    const ofDay = history.series('a', 'light', span(endMs - day + 1, endMs), 1440, endMs);
    expect(ofDay).toHaveLength(1440);
    expect(ofDay.every((point) => point.count === 2)).toBe(true);
    const ofMonth = history.series('a', 'light', span(noonMs, endMs), 720, endMs);
    expect(ofMonth.length).toBeLessThanOrEqual(720);
    expect(ofMonth.reduce((sum, point) => sum + point.count, 0)).toBe(count);
    const mean = ofMonth.reduce((sum, point) => sum + point.count * point.mean, 0) / count;
    expect(mean).toBeCloseTo(49.5, 9);
    for (const points of [1, 2, 3, 7, 100, 719, 1441, 5000]) {
      for (const lengthMs of [1, 999, minute, hour + 1, day - 7, 11 * day]) {
        const from = endMs - lengthMs;
        const series = history.series('a', 'light', span(from, endMs), points, endMs);
        expect([points, lengthMs, series.length <= points]).toEqual([points, lengthMs, true]);
        expect(series.map(({ atMs }) => atMs)).toEqual(
          [...series.map(({ atMs }) => atMs)].sort((a, b) => a - b),
        );
      }
    }
  });

  test('of a busy hour is minutes: no more is read than fits', () => {
    const history = openHistory();
    write(
      history,
      Array.from({ length: 36_000 }, (_, n) => reading('a', noonMs + n * 100, { n: 1 })),
    );
    const points = history.series('a', 'n', span(noonMs, noonMs + hour - 1), 100, noonMs + hour);
    expect(points).toHaveLength(60);
    expect(points.every(({ count }) => count === 600)).toBe(true);
  });

  test('goes on with hours where readings and minutes are deleted', () => {
    const history = openHistory(undefined, 1);
    write(history, [
      reading('a', noonMs - 2 * day, { light: 3 }),
      reading('a', noonMs - 2 * day + 1, { light: 5 }),
    ]);
    while (history.tidy(noonMs));
    expect(history.readings('a', always, 5)).toEqual([]);
    const point = { atMs: noonMs - 2 * day, mean: 4, min: 3, max: 5, count: 2 };
    const near = span(noonMs - 2 * day - minute, noonMs - 2 * day + minute);
    expect(history.series('a', 'light', near, 500, noonMs)).toEqual([point]);
    while (history.tidy(noonMs + 5 * day));
    expect(history.series('a', 'light', near, 500, noonMs + 5 * day)).toEqual([point]);
  });
});

interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** What all readings come to, by sensor, beginning and name. */
function sumsOf(readings: StoredReading[], lengthMs: number, fromMs: number): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const { sensor, atMs, values } of readings) {
    for (const [name, value] of Object.entries(values)) {
      const startMs = Math.floor(atMs / lengthMs) * lengthMs;
      if (typeof value === 'string' || startMs < fromMs) continue;
      const key = `${sensor} ${startMs} ${name}`;
      const { count, sum, min, max } = sums.get(key) ?? { count: 0, sum: 0, min: Infinity, max: -Infinity };
      const number = Number(value);
      sums.set(key, {
        ...{ count: count + 1, sum: sum + number },
        ...{ min: Math.min(min, number), max: Math.max(max, number) },
      });
    }
  }
  return sums;
}

test('whatever comes in whatever order is found again, and minutes and hours are what it comes to, also after crashes', () => {
  forSeeds(30, (random, seed) => {
    const file = join(newFolder(), 'history.db');
    // Readings are kept for six hours.
    let history = openHistory(file, 0.25);
    let nowMs = noonMs;
    const all: StoredReading[] = [];
    for (let step = 0; step < 60; step++) {
      nowMs += random.pick([0, 1000, 10_000, minute, 20 * minute, 2 * hour]);
      const readings = Array.from({ length: random.int(1, 4) }, () => {
        const agoMs = random.oneIn(4) ? random.int(0, 3 * hour) : random.oneIn(15) ? -random.int(0, day) : 0;
        const values: Values = random.oneIn(6)
          ? { mode: 'eco' }
          : { t: random.int(-20, 50) / 2, on: random.oneIn(2) };
        return reading(random.pick(['a', 'b']), nowMs - agoMs, values);
      });
      write(history, readings, nowMs);
      all.push(...readings);
      if (random.oneIn(8)) history.series('a', 't', { fromMs: nowMs - hour, toMs: nowMs }, 100, nowMs);
      if (random.oneIn(4)) {
        const [one, other] = [random.int(-5 * hour, day), random.int(-5 * hour, day)];
        const span = { fromMs: nowMs + Math.min(one, other), toMs: nowMs + Math.max(one, other) };
        const limit = random.pick([1, 2, 5, 1000]);
        const inSpan = all.filter(
          ({ sensor, atMs }) => sensor === 'a' && atMs >= span.fromMs && atMs <= span.toMs,
        );
        const expected = inSpan.sort((a, b) => a.atMs - b.atMs).slice(-limit);
        const found = history.readings('a', span, limit).map(({ receivedMs: _receivedMs, ...rest }) => rest);
        expect(found).toEqual(expected);
      }
      for (let pieces = random.oneIn(5) ? random.int(1, 9) : 0; pieces > 0; pieces--) history.tidy(nowMs);
      // A crash: what was remembered is lost, what was committed is not.
      if (random.oneIn(8)) history = openHistory(file, 0.25);
    }
    const newest = JSON.stringify(history.sensors());
    // Since a crash nobody may have asked for one of them.
    for (const sensor of ['a', 'b']) history.series(sensor, 't', always, 100, nowMs);
    for (const one of opened.splice(0, opened.length - 1))
      (one as unknown as { db: Database.Database }).db.close();
    history.close();
    opened.splice(0);
    const db = new Database(file);
    const keptMs = Math.floor((nowMs - retentionOf(0.25).minutes) / hour) * hour;
    for (const [table, expected] of [
      ['minute', sumsOf(all, minute, keptMs)],
      ['hour', sumsOf(all, hour, 0)],
    ] as const) {
      const rows = db
        .prepare(
          `SELECT sensor.name || ' ' || at_ms || ' ' || ${table}.name, count, sum, min, max
           FROM ${table} JOIN sensor ON sensor.id = sensor WHERE at_ms >= ?`,
        )
        .raw()
        .all(table === 'minute' ? keptMs : 0) as [string, number, number, number, number][];
      const stored = new Map(rows.map(([key, count, sum, min, max]) => [key, { count, sum, min, max }]));
      expect([seed, table, stored]).toEqual([seed, table, expected]);
    }
    db.close();
    expect([seed, JSON.stringify(openHistory(file).sensors())]).toEqual([seed, newest]);
  });
});

describe('what is too old', () => {
  test('is deleted in small pieces, readings first, and a silent sensor at last', () => {
    const history = openHistory(undefined, 1);
    const old = Array.from({ length: 10_000 }, (_, n) => reading('a', noonMs - 3 * day + n, { n }));
    write(history, [...old, reading('a', noonMs, { n: 1 }), reading('b', noonMs - 3 * day, { n: 1 })]);
    const left: number[] = [];
    while (history.tidy(noonMs)) left.push(history.readings('a', always, 99_999).length);
    expect(left.slice(0, 3)).toEqual([6001, 2001, 1]);
    expect(history.sensors().map(({ id }) => id)).toEqual(['a', 'b']);
    while (history.tidy(noonMs + 38 * day));
    expect(history.sensors().map(({ id }) => id)).toEqual(['a']);
  });

  test('stays when a sensor is configured, so that it is known', () => {
    const history = openHistory(undefined, 1);
    write(history, [reading('a', noonMs, { n: 1 })]);
    history.setConfig('a', { interval: 10, thresholds: {} });
    while (history.tidy(noonMs + 100 * day));
    expect(history.sensors().map(({ id }) => id)).toEqual(['a']);
    expect(history.readings('a', always, 9)).toEqual([]);
  });

  test('of one moment goes at once, however much it is', () => {
    const history = openHistory(undefined, 1);
    write(
      history,
      Array.from({ length: 1200 }, () => reading('a', noonMs - 3 * day, { n: 1 })),
    );
    history.tidy(noonMs);
    expect(history.readings('a', always, 9)).toEqual([]);
  });

  test('is nothing when all is to be kept', () => {
    const history = openHistory(undefined, 0);
    write(history, [reading('a', 1000, { n: 1 })]);
    expect(history.tidy(noonMs)).toBe(false);
    expect(history.readings('a', always, 9)).toHaveLength(1);
  });
});

describe('configurations', () => {
  test('are kept', () => {
    const file = join(newFolder(), 'history.db');
    const config = { interval: 30, thresholds: { temperature: { min: -5, max: 30 } } };
    const history = openHistory(file);
    history.setConfig('a', { interval: 1, thresholds: {} });
    history.setConfig('a', config);
    history.setConfig('b', config);
    opened.splice(0);
    history.close();
    const again = openHistory(file);
    expect(again.config('a')).toEqual(config);
    expect(again.config('c')).toBeUndefined();
    expect(again.configs().map(([sensor]) => sensor)).toEqual(['a', 'b']);
  });
});

test('a write that does not fit leaves everything as it was, and succeeds when there is room', () => {
  const history = openHistory();
  write(history, [reading('a', noonMs, { light: 1 })]);
  const { db } = history as unknown as { db: Database.Database };
  const [pages] = db.prepare('PRAGMA page_count').raw().get() as [number];
  db.exec(`PRAGMA max_page_count = ${pages}`);
  const many = Array.from({ length: 3000 }, (_, n) => reading('a', noonMs + 1 + n * 1000, { light: 3 }));
  expect(() => write(history, many)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
  expect(history.readings('a', always, 9)).toHaveLength(1);
  expect(history.sensors()[0]!.values).toEqual({ light: 1 });
  db.exec('PRAGMA max_page_count = 100000');
  write(history, many);
  const hours = history.series('a', 'light', { fromMs: noonMs, toMs: noonMs + day }, 24, noonMs);
  expect(hours.map(({ count }) => count)).toEqual([3001]);
  expect(hours[0]!.mean).toBeCloseTo(9001 / 3001, 9);
});
