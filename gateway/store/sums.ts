import type { Value, Values } from '../../shared/live';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;

/** What a stretch of time comes to, for one value. */
export interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** One minute or hour of one sensor, by the names of its values. */
export interface Bucket {
  /** Its beginning; -Infinity for none. */
  atMs: number;
  sums: Map<string, Sum>;
}

export const noBucket = (): Bucket => ({ atMs: -Infinity, sums: new Map() });

export const startOf = (atMs: number, lengthMs: number): number => Math.floor(atMs / lengthMs) * lengthMs;

/** A switch counts as 0 and 1, so that it can be charted; NaN for a text. */
export function asNumber(value: Value | undefined): number {
  return typeof value === 'string' || value === undefined ? NaN : Number(value);
}

/** Adds every value that is a number. */
export function addValues(sums: Map<string, Sum>, values: Values): void {
  for (const name in values) {
    const number = asNumber(values[name]);
    if (number === number) addSum(sums, name, { count: 1, sum: number, min: number, max: number });
  }
}

export function addSum(sums: Map<string, Sum>, name: string, { count, sum, min, max }: Sum): void {
  const known = sums.get(name);
  if (!known) {
    sums.set(name, { count, sum, min, max });
    return;
  }
  known.count += count;
  known.sum += sum;
  if (min < known.min) known.min = min;
  if (max > known.max) known.max = max;
}
