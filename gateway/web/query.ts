import type { Span } from '../store/store';
import { badField, Problem } from './problem';

const dayMs = 86_400_000;
/** As seconds this is the year 5138, as milliseconds 1973. */
const leastMs = 1e11;

/** The parameters of an address; one that is not in `known` is an error, for a mistyped `form=` would be ignored. */
export function queryOf(
  parameters: Record<string, string>,
  known: readonly string[],
): Record<string, string> {
  const stranger = Object.keys(parameters).find((name) => !known.includes(name));
  if (stranger === undefined) return parameters;
  throw new Problem(400, `${stranger}: not a parameter; expected ${known.join(', ') || 'none'}`, stranger);
}

/**
 * A moment in milliseconds since 1970 from ISO 8601 (`2026-05-01`, `2026-05-01T12:30:00+09:00`; without an offset it is
 * UTC) or from a number since 1970: of seconds, or of milliseconds as they stand in every answer (from 1e11 on).
 */
export function moment(field: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return number >= leastMs ? number : number * 1000;
  }
  // A plus sign that was not escaped arrives as a blank.
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+ -]\d\d:?\d\d)?)?$/.exec(text);
  const offset = match?.[3]?.replace(' ', '+').replace(/(\d\d)(\d\d)$/, '$1:$2') ?? 'Z';
  const ms = match ? Date.parse(match[2] ? `${match[1]}T${match[2]}${offset}` : match[1]!) : NaN;
  if (Number.isNaN(ms)) throw badField(field, 'ISO 8601 (2026-05-01T12:30:00Z) or seconds since 1970', text);
  return ms;
}

/** From and to, both included. Readings may be dated up to a day ahead, so that is where an open span ends. */
export function spanOf(
  query: Record<string, string>,
  nowMs: number,
  openMs: number = Number.POSITIVE_INFINITY,
): Span {
  const toMs = query.to === undefined ? nowMs + dayMs : moment('to', query.to);
  const fromMs =
    query.from === undefined ? Math.max(0, Math.min(toMs, nowMs) - openMs) : moment('from', query.from);
  if (fromMs > toMs) throw new Problem(400, `from: expected a moment before to, got ${query.from}`, 'from');
  return { fromMs, toMs };
}

/** A whole number within its limits, or `otherwise` when it is not there. */
export function wholeNumber(
  query: Record<string, string>,
  field: string,
  min: number,
  max: number,
  otherwise: number,
): number {
  const text = query[field];
  if (text === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw badField(field, `a whole number from ${min} to ${max}`, text);
}
