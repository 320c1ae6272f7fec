import type { Transport, Value, Values } from '../shared/live';

/** What one sensor has measured at one moment, on whatever transport it came. */
export interface Reading {
  /** `sensor_id`: 1 to 64 letters, digits and `_ - . :`; `kit_<kit>` for a kit. */
  sensor: string;
  /** When it was measured, in milliseconds since 1970. */
  atMs: number;
  /** At least one. */
  values: Values;
}

/** Where a reading came from. */
export interface Source {
  transport: Transport;
  /** Absent on MQTT, where the broker knows it. */
  address?: string;
}

/** What is wrong with a reading, in one sentence that begins with the name of the field. */
export class ReadingError extends Error {
  override readonly name = 'ReadingError';
}

/** Values that one reading may have. */
export const valuesMax = 16;

const sensorPattern = /^[A-Za-z0-9_.:-]{1,64}$/;
/** Letters of any script: a value may be called `온도`. */
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_ .:%/()-]{0,31}$/u;
/** Names that were found to be right: sensors repeat theirs, and the pattern is what costs most about a reading. */
const knownNames = new Set<string>();
const knownNamesMax = 1000;
const textMax = 64;

/** A name means the same on every transport, so that a kit that changes its transport keeps its history. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['temperatureC', 'temperature'],
  ['humidityPct', 'humidity'],
]);

/** What nothing but this type can mean; any other name may hold a number, `true`, `false` or a short text. */
const typed: ReadonlyMap<string, 'number' | 'string'> = new Map([
  ['temperature', 'number'],
  ['humidity', 'number'],
  ['light', 'number'],
  ['unit', 'string'],
]);

/** A clock that was never set counts from 1970; what is a day ahead has no better one. */
const earliestMs = Date.UTC(2000, 0, 1);
const aheadMsMax = 86_400_000;

export function isSensorId(id: string): boolean {
  return sensorPattern.test(id);
}

/**
 * A reading from JSON as a sensor sends it: `sensor_id`, `timestamp` (seconds since 1970) or `ageMs` (milliseconds before
 * now), and values; one that is `null` could not be read and is left out. `sensor` is who sent it when the transport
 * tells, and then `sensor_id` may be missing. Throws a `ReadingError`.
 */
export function parseReading(json: unknown, nowMs: number, sensor?: string): Reading {
  const reading = readingOrProblem(json, nowMs, sensor);
  if (typeof reading === 'string') throw new ReadingError(reading);
  return reading;
}

/** The same for who counts problems by the thousand: the sentence is returned, since an error costs its stack. */
export function readingOrProblem(json: unknown, nowMs: number, sensor?: string): Reading | string {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return `expected a JSON object, got ${shown(json)}`;
  const fields = json as Record<string, unknown>;
  const id = fields.sensor_id;
  if (id === undefined ? sensor === undefined : typeof id !== 'string' || !sensorPattern.test(id))
    return `sensor_id: expected 1 to 64 letters, digits or _ - . :, got ${shown(id)}`;
  if (sensor !== undefined && id !== undefined && id !== sensor)
    return `sensor_id: expected ${sensor}, which sends it, got ${shown(id)}`;
  const atMs = measuredAt(fields, nowMs);
  if (typeof atMs === 'string') return atMs;
  const values: Values = {};
  let count = 0;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (key === 'sensor_id' || key === 'timestamp' || key === 'ageMs' || value === null) continue;
    const name = renamed.get(key) ?? key;
    const problem = problemOf(name, key, value);
    if (problem) return problem;
    if (++count > valuesMax) return `${key}: expected at most ${valuesMax} values in a reading`;
    values[name] = value as Value;
  }
  if (count === 0) return 'expected at least one value beside sensor_id, such as "temperature": 21.5';
  return { sensor: sensor ?? (id as string), atMs, values };
}

function measuredAt({ timestamp, ageMs }: Record<string, unknown>, nowMs: number): number | string {
  if (timestamp != null) {
    if (typeof timestamp !== 'number')
      return `timestamp: expected seconds since 1970, got ${shown(timestamp)}`;
    const atMs = Math.round(timestamp * 1000);
    if (atMs >= earliestMs && atMs <= nowMs + aheadMsMax) return atMs;
    return `timestamp: expected seconds since 1970, from the year 2000 to at most a day ahead, got ${timestamp}`;
  }
  if (ageMs == null) return nowMs;
  if (typeof ageMs === 'number' && ageMs >= 0 && nowMs - ageMs >= earliestMs)
    return Math.round(nowMs - ageMs);
  return `ageMs: expected the milliseconds since it was measured, got ${shown(ageMs)}`;
}

function problemOf(name: string, key: string, value: unknown): string | undefined {
  if (!isName(name))
    return `${shown(key)}: expected a name of 1 to 32 letters, digits or _ . : % / ( ) -, the first a letter, a digit or _`;
  const type = typed.get(name);
  if (type !== undefined && typeof value !== type)
    return `${key}: expected a ${type === 'string' ? 'text' : type}, got ${shown(value)}`;
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${key}: expected a finite number, got ${value}`;
    case 'string':
      return value.length <= textMax
        ? undefined
        : `${key}: expected at most ${textMax} characters, got ${value.length}`;
    default:
      return `${key}: expected a number, true, false or a text, got ${shown(value)}`;
  }
}

function isName(name: string): boolean {
  if (knownNames.has(name)) return true;
  // Assigned to, `__proto__` would be the prototype of the values.
  if (name === '__proto__' || !namePattern.test(name)) return false;
  if (knownNames.size >= knownNamesMax) knownNames.clear();
  knownNames.add(name);
  return true;
}

/** A value as it may stand in a sentence, however long it was. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length <= 32 ? value : `${value.slice(0, 32)}...`);
}
