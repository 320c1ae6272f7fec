import type { SensorConfig } from '../../shared/live';
import { badField, Problem } from './problem';

/** Of a sensor that nobody has configured: kits report every 10 s. */
export const defaultConfig: SensorConfig = { interval: 10, thresholds: {} };

const intervalMax = 86_400;
const thresholdsMax = 16;
const nameLengthMax = 32;

/** What a person sets for a sensor, checked; what is left out is as by default. Throws a Problem naming the field. */
export function parseConfig(json: unknown): SensorConfig {
  const config = record('config', json, ['interval', 'thresholds']);
  const { interval = defaultConfig.interval, thresholds = {} } = config;
  if (typeof interval !== 'number' || !(interval >= 1 && interval <= intervalMax))
    throw badField('interval', `seconds from 1 to ${intervalMax}`, interval);
  const limits = Object.entries(record('thresholds', thresholds));
  if (limits.length > thresholdsMax)
    throw badField('thresholds', `at most ${thresholdsMax} values`, limits.length);
  return {
    interval,
    thresholds: Object.fromEntries(limits.map(([name, json]) => [name, limit(name, json)])),
  };
}

function limit(name: string, json: unknown): { min?: number; max?: number } {
  const field = `thresholds.${name}`;
  if (name === '' || name.length > nameLengthMax || name === '__proto__')
    throw badField('thresholds', `names of values with 1 to ${nameLengthMax} characters`, name);
  const { min, max } = record(field, json, ['min', 'max']);
  if (min === undefined && max === undefined)
    throw badField(field, '{"min":..,"max":..} or one of them', json);
  return { ...bound(field, 'min', min), ...bound(field, 'max', max, min) };
}

function bound(field: string, name: 'min' | 'max', value: unknown, least?: unknown): object {
  if (value === undefined) return {};
  // JSON knows 1e400, which is no number that could be told again.
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw badField(`${field}.${name}`, 'a number', value);
  if (typeof least === 'number' && value < least)
    throw badField(`${field}.${name}`, `at least min, which is ${least}`, value);
  return { [name]: value };
}

function record(field: string, json: unknown, names?: readonly string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badField(field, 'a JSON object', json);
  const stranger = names && Object.keys(json).find((name) => !names.includes(name));
  if (stranger === undefined) return json as Record<string, unknown>;
  throw new Problem(400, `${stranger}: not known; expected ${names!.join(' and ')}`, stranger);
}
