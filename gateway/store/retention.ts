import type { Retention } from './protocol';

export const dayMs = 86_400_000;

/**
 * Minutes are kept twice as long as readings, hours forty times: with the usual 90 days half a year, and ten years.
 * 30 kits that report every 10 s come to some 28 MB of readings a day, 6 MB of minutes, 0.1 MB of hours.
 */
export function retentionOf(days: number): Retention {
  const readings = days === 0 ? Infinity : days * dayMs;
  // A kit that has been out of reach for longer has lost its queue, and with it the keys that it could resend.
  return { readings, minutes: 2 * readings, hours: 40 * readings, keys: 7 * dayMs };
}
