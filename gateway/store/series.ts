import type Database from 'libsql';
import type { Values } from '../../shared/live';
import { addSum, asNumber, hourMs, minuteMs, startOf, type Sum } from './sums';
import type { SeriesPoint, Span } from './store';

/** Readings are read, at most, for each point that is asked for; with more of them, minutes are. */
const readingsPerPoint = 20;

/** From when on there are readings and minutes; before, there are hours only. */
export interface Kept {
  readingsMs: number;
  minutesMs: number;
}

/**
 * At most `points` points: readings as they are if they are so few, else buckets of equal length, added up from
 * readings, minutes or hours, whichever are the longest that fit into a bucket and go back far enough. A bucket
 * begins at a multiple of its length; the first and the last one may reach beyond the span.
 */
export function series(
  db: Database.Database,
  sensor: number,
  name: string,
  span: Span,
  points: number,
  kept: Kept,
): SeriesPoint[] {
  const widthMs = (span.toMs - span.fromMs + 1) / points;
  const source =
    widthMs >= hourMs || span.fromMs < kept.minutesMs
      ? 'hour'
      : widthMs >= minuteMs || span.fromMs < kept.readingsMs
        ? 'minute'
        : 'reading';
  if (source === 'reading') {
    const readings = readReadings(db, sensor, name, span, points * readingsPerPoint);
    if (readings && readings.length <= points) return readings;
    if (readings) return buckets(readings, span, points, 1);
    return buckets(readSums(db, 'minute', sensor, name, span, minuteMs), span, points, minuteMs);
  }
  const unitMs = source === 'hour' ? hourMs : minuteMs;
  return buckets(readSums(db, source, sensor, name, span, unitMs), span, points, unitMs);
}

function readReadings(
  db: Database.Database,
  sensor: number,
  name: string,
  { fromMs, toMs }: Span,
  limit: number,
): SeriesPoint[] | undefined {
  const rows = db
    .prepare(
      `SELECT at_ms, data FROM reading WHERE sensor = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms, n LIMIT ?`,
    )
    .raw()
    .all(sensor, fromMs, toMs, limit + 1) as [atMs: number, data: string][];
  if (rows.length > limit) return undefined;
  return rows.flatMap(([atMs, data]) => {
    const value = asNumber((JSON.parse(data) as Values)[name]);
    return value === value ? [{ atMs, mean: value, min: value, max: value, count: 1 }] : [];
  });
}

function readSums(
  db: Database.Database,
  table: 'minute' | 'hour',
  sensor: number,
  name: string,
  { fromMs, toMs }: Span,
  unitMs: number,
): SeriesPoint[] {
  const rows = db
    .prepare(
      `SELECT at_ms, sum / count, min, max, count FROM ${table}
       WHERE sensor = ? AND at_ms BETWEEN ? AND ? AND name = ? ORDER BY at_ms`,
    )
    .raw()
    .all(sensor, startOf(fromMs, unitMs), toMs, name) as [number, number, number, number, number][];
  return rows.map(([atMs, mean, min, max, count]) => ({ atMs, mean, min, max, count }));
}

/** Joins points until there are at most so many. */
function buckets(all: SeriesPoint[], { fromMs, toMs }: Span, points: number, unitMs: number): SeriesPoint[] {
  // One less than asked for: the span may begin and end within a bucket.
  const lengthMs = Math.ceil((toMs - fromMs + unitMs) / Math.max(1, points - 1) / unitMs) * unitMs;
  const originMs = points === 1 ? startOf(fromMs, unitMs) : 0;
  if (lengthMs === unitMs && unitMs > 1) return all;
  const sums = new Map<string, Sum>();
  for (const { atMs, mean, ...rest } of all)
    addSum(sums, String(originMs + startOf(atMs - originMs, lengthMs)), { ...rest, sum: mean * rest.count });
  return [...sums].map(([at, { count, sum, min, max }]) => ({
    atMs: Number(at),
    mean: sum / count,
    min,
    max,
    count,
  }));
}
