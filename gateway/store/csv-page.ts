import type Database from 'libsql';
import type { Transport, Values } from '../../shared/live';
import { csvLines } from './csv';
import type { CsvCursor } from './protocol';
import { queryAll, queryOne } from './statement';
import { hourMs } from './sums';
import type { Span } from './store';

/** Readings in one piece: some ten kilobytes of text, and a few milliseconds in which nothing else is written. */
const readingsPerPage = 500;

type Row = [atMs: number, n: number, id: number, sensor: string, transport: Transport, data: string];

/** Its lines with the time of the reading. */
export type CsvReading = [atMs: number, lines: string];

/**
 * One piece of an export. Readings of a sensor lie together, so those of all sensors are gathered one window of time
 * after the other, which widens or narrows as readings are few or many.
 */
export function csvPage(
  db: Database.Database,
  sensor: string | undefined,
  span: Span,
  from?: CsvCursor,
): { lines: CsvReading[]; next?: CsvCursor } {
  const cursor = from ?? { atMs: span.fromMs, sensor: 0, n: -1, windowMs: hourMs };
  const startMs = firstFrom(db, sensor, cursor.atMs);
  if (startMs === null || startMs > span.toMs) return { lines: [] };
  const endMs = Math.min(startMs + cursor.windowMs, span.toMs);
  const rows = read(db, sensor, cursor, startMs, endMs);
  const lines = rows.map(([atMs, , , name, transport, data]): CsvReading => {
    return [atMs, csvLines(atMs, name, transport, JSON.parse(data) as Values)];
  });
  const last = rows.at(-1);
  const isFull = rows.length === readingsPerPage;
  if (!isFull && endMs === span.toMs) return { lines };
  const next = isFull
    ? { atMs: last![0], sensor: last![2], n: last![1], windowMs: Math.max(1, last![0] - startMs) }
    : { atMs: endMs + 1, sensor: 0, n: -1, windowMs: 2 * cursor.windowMs };
  return { lines, next };
}

/** When the first reading at this time or later was measured; null when there is none. */
function firstFrom(db: Database.Database, sensor: string | undefined, atMs: number): number | null {
  const first = `(SELECT min(at_ms) FROM reading WHERE sensor = sensor.id AND at_ms >= ?)`;
  const which = sensor === undefined ? '' : 'WHERE name = ?';
  const query = queryOne<[number | null]>(db, `SELECT min(${first}) FROM sensor ${which}`);
  return query(atMs, ...(sensor === undefined ? [] : [sensor]))![0];
}

function read(
  db: Database.Database,
  sensor: string | undefined,
  { atMs, sensor: id, n }: CsvCursor,
  startMs: number,
  endMs: number,
): Row[] {
  const query = queryAll<Row>(
    db,
    `SELECT at_ms, n, sensor.id, name, reading.transport, data
     FROM sensor CROSS JOIN reading ON reading.sensor = sensor.id
     WHERE at_ms BETWEEN ? AND ? AND (at_ms, sensor.id, n) > (?, ?, ?) ${sensor === undefined ? '' : 'AND name = ?'}
     ORDER BY at_ms, sensor.id, n LIMIT ${readingsPerPage}`,
  );
  return query(startMs, endMs, atMs, id, n, ...(sensor === undefined ? [] : [sensor]));
}
