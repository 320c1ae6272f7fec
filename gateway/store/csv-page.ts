import type Database from 'libsql';
import { unpack, within } from './chunks';
import { csvLines } from './csv';
import type { CsvCursor } from './protocol';
import { queryAll, queryOne } from './statement';
import { hourMs } from './sums';
import type { Span } from './store';

/** Readings in one piece: some ten kilobytes of text, a few milliseconds in which nothing else is written. */
const readingsWanted = 500;
const readingsMax = 1000;

/** Its lines with the time of the reading. */
export type CsvReading = [atMs: number, lines: string];

/**
 * One piece of an export. Readings of a sensor lie together, so those of all sensors are gathered one window of time
 * after the other, which becomes longer or shorter as readings are few or many.
 */
export function csvPage(
  db: Database.Database,
  sensor: string | undefined,
  span: Span,
  from?: CsvCursor,
): { lines: CsvReading[]; next?: CsvCursor } {
  const { atMs, windowMs } = from ?? { atMs: span.fromMs, windowMs: 60_000 };
  const startMs = firstFrom(db, sensor, atMs);
  if (startMs === null || startMs > span.toMs) return { lines: [] };
  const endMs = Math.min(startMs + windowFrom(db, sensor, startMs, windowMs) - 1, span.toMs);
  const lines = read(db, sensor, startMs, endMs);
  if (endMs === span.toMs) return { lines };
  const windowUsedMs = endMs - startMs + 1;
  const isMuch = lines.length > readingsWanted;
  return {
    lines,
    next: {
      atMs: endMs + 1,
      windowMs: isMuch ? Math.max(1, Math.floor(windowUsedMs / 2)) : windowUsedMs * 2,
    },
  };
}

/** A moment before which there are no readings from this time on; null when there are none at all. */
function firstFrom(db: Database.Database, sensor: string | undefined, atMs: number): number | null {
  const first = `(SELECT min(from_ms) FROM chunk WHERE sensor = sensor.id AND from_ms > ? AND to_ms >= ?)`;
  const query = queryOne<[number | null]>(db, `SELECT min(${first}) FROM sensor ${named(sensor)}`);
  const [firstMs] = query(atMs - hourMs, atMs, ...names(sensor))!;
  return firstMs === null ? null : Math.max(atMs, firstMs);
}

/** As long as wanted, or shorter where readings are many. */
function windowFrom(
  db: Database.Database,
  sensor: string | undefined,
  startMs: number,
  wantedMs: number,
): number {
  const count = queryOne<[number | null]>(
    db,
    `SELECT sum(count) FROM sensor CROSS JOIN chunk ON chunk.sensor = sensor.id AND ${within} ${named(sensor)}`,
  );
  let windowMs = wantedMs;
  const countIn = (): number =>
    count(startMs - hourMs, startMs + windowMs - 1, startMs, ...names(sensor))![0] ?? 0;
  while (windowMs > 1 && countIn() > readingsMax) windowMs = Math.floor(windowMs / 4);
  return Math.max(1, windowMs);
}

function read(
  db: Database.Database,
  sensor: string | undefined,
  startMs: number,
  endMs: number,
): CsvReading[] {
  const query = queryAll<[name: string, text: string]>(
    db,
    `SELECT name, readings FROM sensor CROSS JOIN chunk ON chunk.sensor = sensor.id AND ${within} ${named(sensor)}
     ORDER BY chunk.id`,
  );
  const lines: CsvReading[] = [];
  for (const [name, text] of query(startMs - hourMs, endMs, startMs, ...names(sensor))) {
    for (const { atMs, transport, values } of unpack(text))
      if (atMs >= startMs && atMs <= endMs) lines.push([atMs, csvLines(atMs, name, transport, values)]);
  }
  return lines.sort(([one], [other]) => one - other);
}

const named = (sensor: string | undefined): string => (sensor === undefined ? '' : 'WHERE name = ?');
const names = (sensor: string | undefined): string[] => (sensor === undefined ? [] : [sensor]);
