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

export const startOf = (atMs: number, lengthMs: number): number => Math.floor(atMs / lengthMs) * lengthMs;

/** A switch counts as 0 and 1, so that it can be charted; NaN for a text. */
export function asNumber(value: Value | undefined): number {
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN;
}

/** Adds every value that is a number. */
export function addValues(sums: Map<string, Sum>, values: Values): void {
  for (const name in values) {
    const number = asNumber(values[name]);
    if (number === number) addNumber(sums, name, number);
  }
}

function addNumber(sums: Map<string, Sum>, name: string, number: number): void {
  const known = sums.get(name);
  if (!known) {
    sums.set(name, { count: 1, sum: number, min: number, max: number });
    return;
  }
  known.count++;
  known.sum += number;
  if (number < known.min) known.min = number;
  if (number > known.max) known.max = number;
}

export function addSum(sums: Map<string, Sum>, name: string, sum: Sum): void {
  const known = sums.get(name);
  if (!known) {
    sums.set(name, { ...sum });
    return;
  }
  known.count += sum.count;
  known.sum += sum.sum;
  known.min = Math.min(known.min, sum.min);
  known.max = Math.max(known.max, sum.max);
}
