import type { SensorConfig } from '../../shared/live';
import { valueName, type Words } from '../i18n/format';

/** What stands in the fields of the form, as typed. */
export interface ConfigDraft {
  interval: string;
  limits: { [name: string]: { min: string; max: string } };
}

export function draftOf(config: SensorConfig | undefined, names: readonly string[]): ConfigDraft {
  const typed = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    interval: typed(config?.interval),
    limits: Object.fromEntries(
      names.map((name) => {
        const limits = config?.thresholds[name];
        return [name, { min: typed(limits?.min), max: typed(limits?.max) }];
      }),
    ),
  };
}

/** What the fields mean, or a sentence about the first one that means nothing. An empty limit is none. */
export function configOf(draft: ConfigDraft, words: Words): SensorConfig | string {
  const { text } = words;
  const interval = numberOf(draft.interval);
  if (interval === undefined || !(interval > 0)) return text.intervalWrong;
  const thresholds: SensorConfig['thresholds'] = {};
  for (const [name, typed] of Object.entries(draft.limits)) {
    const min = numberOf(typed.min);
    const max = numberOf(typed.max);
    if (Number.isNaN(min) || Number.isNaN(max)) return text.limitWrong(valueName(words, name));
    if (min !== undefined && max !== undefined && min > max)
      return text.limitsCrossed(valueName(words, name));
    if (min === undefined && max === undefined) continue;
    thresholds[name] = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  }
  return { interval, thresholds };
}

/** Undefined for an empty field, NaN for what is no number; a comma is a decimal point to half the world. */
function numberOf(typed: string): number | undefined {
  const plain = typed.trim().replace(',', '.');
  if (plain === '') return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : NaN;
}
