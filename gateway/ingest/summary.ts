import type { SensorView, Value, Values } from '../../shared/live';

/** How often the log says how each sensor is. */
export const summaryMs = 30_000;
const linesMax = 50;
const valuesMax = 8;

/**
 * One line for each sensor that has reported since the start, the one heard of last first: its latest values, how old
 * they are and how many readings came. Sensors beyond the bound are one line together.
 */
export function summaryLines(views: readonly SensorView[], nowMs: number): string[] {
  const reporting = views.filter(({ count }) => count > 0).sort((a, b) => b.seenMs - a.seenMs);
  const lines = reporting.slice(0, linesMax).map((view) => lineOf(view, nowMs));
  const others = reporting.length - lines.length;
  return others > 0 ? [...lines, `and ${others} more sensors`] : lines;
}

function lineOf({ id, values, seenMs, count }: SensorView, nowMs: number): string {
  const names = Object.keys(values).filter((name) => name !== 'unit' || values.value === undefined);
  const shown = names
    .slice(0, valuesMax)
    .map((name) => `${name} ${text(values[name]!)}${unitOf(name, values)}`);
  if (names.length > valuesMax) shown.push(`${names.length - valuesMax} more`);
  const ageS = Math.max(0, Math.round((nowMs - seenMs) / 1000));
  return `${id}: ${shown.join(', ')}; ${ageS} s ago; ${count} ${count === 1 ? 'reading' : 'readings'}`;
}

function unitOf(name: string, { unit }: Values): string {
  return name === 'value' && unit !== undefined ? ` ${text(unit)}` : '';
}

/** A text could hold what would be another line, or colours a terminal. */
function text(value: Value): string {
  return typeof value === 'string' && /[^\p{L}\p{N}\p{P}\p{S} ]/u.test(value)
    ? JSON.stringify(value)
    : String(value);
}
