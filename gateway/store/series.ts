import type Database from 'libsql';
import type { Chunks } from './chunks';
import { queryAll } from './statement';
import { asNumber, hourMs, minuteMs, startOf } from './sums';
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
  chunks: Chunks,
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
    const readings = readReadings(chunks, sensor, name, span, points * readingsPerPoint);
    if (readings && readings.length <= points) return readings;
    if (readings) return joined(readings, bucketsOf(span, points, 1));
    return readSums(db, 'minute', sensor, name, span, points);
  }
  return readSums(db, source, sensor, name, span, points);
}

function readReadings(
  chunks: Chunks,
  sensor: number,
  name: string,
  span: Span,
  limit: number,
): SeriesPoint[] | undefined {
  if (chunks.count(sensor, span) > limit) return undefined;
  return chunks.between(sensor, span).flatMap(({ atMs, values }) => {
    const value = asNumber(values[name]);
    return value === value ? [{ atMs, mean: value, min: value, max: value, count: 1 }] : [];
  });
}

function readSums(
  db: Database.Database,
  table: 'minute' | 'hour',
  sensor: number,
  name: string,
  span: Span,
  points: number,
): SeriesPoint[] {
  const unitMs = table === 'hour' ? hourMs : minuteMs;
  const { originMs, lengthMs } = bucketsOf(span, points, unitMs);
  const query = queryAll<[atMs: number, mean: number, min: number, max: number, count: number]>(
    db,
    `SELECT (at_ms - ${originMs}) / ${lengthMs} * ${lengthMs} + ${originMs}, sum(sum) / sum(count), min(min), max(max), sum(count)
     FROM ${table} WHERE sensor = ? AND at_ms BETWEEN ? AND ? AND name = ? GROUP BY 1 ORDER BY 1`,
  );
  const rows = query(sensor, startOf(span.fromMs, unitMs), span.toMs, name);
  return rows.map(([atMs, mean, min, max, count]) => ({ atMs, mean, min, max, count }));
}

interface Buckets {
  originMs: number;
  lengthMs: number;
}

/** As many as asked for at most, each as long as some units. */
function bucketsOf({ fromMs, toMs }: Span, points: number, unitMs: number): Buckets {
  const shortest = Math.ceil((toMs - fromMs + 1) / points / unitMs) * unitMs;
  const count = startOf(toMs, shortest) / shortest - startOf(fromMs, shortest) / shortest + 1;
  if (count <= points) return { originMs: 0, lengthMs: shortest };
  // The span begins and ends within a bucket.
  const lengthMs = Math.ceil((toMs - fromMs + unitMs) / Math.max(1, points - 1) / unitMs) * unitMs;
  return { originMs: points === 1 ? startOf(fromMs, unitMs) : 0, lengthMs };
}

function joined(readings: SeriesPoint[], { originMs, lengthMs }: Buckets): SeriesPoint[] {
  const sums = new Map<number, SeriesPoint & { sum: number }>();
  for (const { atMs, mean: value } of readings) {
    const startMs = originMs + startOf(atMs - originMs, lengthMs);
    const known = sums.get(startMs);
    if (!known) {
      sums.set(startMs, { atMs: startMs, mean: value, min: value, max: value, count: 1, sum: value });
      continue;
    }
    known.count++;
    known.sum += value;
    known.mean = known.sum / known.count;
    known.min = Math.min(known.min, value);
    known.max = Math.max(known.max, value);
  }
  return [...sums.values()].map(({ sum: _sum, ...point }) => point);
}
