import type { Transport, Values } from '../../../shared/live';
import type { Batch } from '../../../gateway/store/protocol';
import { textOf } from '../../../gateway/store/queue';
import type { StoredReading } from '../../../gateway/store/store';

/** A Saturday, at the beginning of an hour. */
export const noonMs = Date.UTC(2026, 7, 1, 12);
export const always = { fromMs: 0, toMs: 8e14 };
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export function reading(
  sensor: string,
  atMs: number,
  values: Values,
  transport: Transport = 'mqtt',
): StoredReading {
  return { sensor, atMs, transport, values };
}

export function batchOf(readings: StoredReading[], receivedMs?: number, key?: string): Batch {
  const texts = readings.map((one) => textOf(one, receivedMs ?? one.atMs));
  return { key, text: texts.join(','), count: readings.length };
}
