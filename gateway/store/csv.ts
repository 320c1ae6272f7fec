import type { Transport, Value, Values } from '../../shared/live';

/** A line for each value of a reading; the order of the columns is part of what users build on. */
export const csvHeader = 'time,sensor,transport,name,value\r\n';

/** RFC 4180, times as `2026-01-31T12:00:00.000Z`. */
export function csvLines(atMs: number, sensor: string, transport: Transport, values: Values): string {
  const start = `${new Date(atMs).toISOString()},${csvField(sensor)},${transport},`;
  let lines = '';
  for (const name of Object.keys(values))
    lines += `${start}${csvField(name)},${valueField(values[name]!)}\r\n`;
  return lines;
}

function valueField(value: Value): string {
  return typeof value === 'string' ? csvField(value) : String(value);
}

/**
 * Text that a spreadsheet would take for a formula, also by the wide signs of East Asian keyboards, starts with an
 * apostrophe, as OWASP's "CSV Injection" asks for; what comes from a sensor is anybody's text.
 */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
