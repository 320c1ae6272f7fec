import type Database from 'libsql';
import type { Values } from '../../shared/live';
import { queryAll } from './statement';
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
  const rows = queryAll<[atMs: number, data: string]>(
    db,
    `SELECT at_ms, data FROM reading WHERE sensor = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms, n LIMIT ?`,
  )(sensor, fromMs, toMs, limit + 1);
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
  const rows = queryAll<[number, number, number, number, number]>(
    db,
    `SELECT at_ms, sum / count, min, max, count FROM ${table}
       WHERE sensor = ? AND at_ms BETWEEN ? AND ? AND name = ? ORDER BY at_ms`,
  )(sensor, startOf(fromMs, unitMs), toMs, name);
  return rows.map(([atMs, mean, min, max, count]) => ({ atMs, mean, min, max, count }));
}

/** Joins points until there are at most so many. */
function buckets(all: SeriesPoint[], { fromMs, toMs }: Span, points: number, unitMs: number): SeriesPoint[] {
  const lengthMs = bucketLength(fromMs, toMs, points, unitMs);
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

function bucketLength(fromMs: number, toMs: number, points: number, unitMs: number): number {
  const shortest = Math.ceil((toMs - fromMs + 1) / points / unitMs) * unitMs;
  const count = startOf(toMs, shortest) / shortest - startOf(fromMs, shortest) / shortest + 1;
  if (count <= points) return shortest;
  // The span begins and ends within a bucket.
  return Math.ceil((toMs - fromMs + unitMs) / Math.max(1, points - 1) / unitMs) * unitMs;
}
