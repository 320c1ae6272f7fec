import type { KitView, SensorView, Value, Values } from '../../shared/live';
import { kitOf } from '../route';
import type { Language, Messages } from './language';
import { messagesOf } from './language';

/** Texts, numbers and times in one language. */
export interface Words {
  language: Language;
  text: Messages;
  /** `12.3`, at most `digits` decimals. */
  number(value: number, digits?: number): string;
  /** A time of the day, with the date when it was another day than `nowMs`. */
  time(atMs: number, nowMs: number): string;
  /** Date and time to the second. */
  fullTime(atMs: number): string;
  /** `3 min. ago`. */
  ago(atMs: number, nowMs: number): string;
  /** `2 h 5 min`. */
  duration(seconds: number): string;
  /** What a label of the x axis says, for a chart of so many hours. */
  axisTime(atMs: number, hours: number): string;
}

const locales: Record<Language, string> = { en: 'en-GB', ko: 'ko-KR' };

const dayMs = 86_400_000;

/** `timeZone` is the browser's unless a test hands one in. */
export function wordsOf(language: Language, timeZone?: string): Words {
  const locale = locales[language];
  const numbers = [0, 1, 2, 3].map(
    (digits) =>
      new Intl.NumberFormat(locale, {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits === 1 ? 1 : 0,
      }),
  );
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone, hourCycle: 'h23' });
  const clock = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const minutes = dates({ hour: '2-digit', minute: '2-digit' });
  const day = dates({ month: 'short', day: 'numeric' });
  const dayClock = dates({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  const full = dates({ dateStyle: 'medium', timeStyle: 'medium' });
  const dateOf = dates({ year: 'numeric', month: 'numeric', day: 'numeric' });
  const relative = new Intl.RelativeTimeFormat(language, { style: 'short' });
  const unit = (name: string) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: 0,
    });
  const units = { day: unit('day'), hour: unit('hour'), minute: unit('minute'), second: unit('second') };
  const text = messagesOf[language];

  return {
    language,
    text,
    number: (value, digits = 0) => numbers[digits]!.format(value),
    time: (atMs, nowMs) =>
      dateOf.format(atMs) === dateOf.format(nowMs) ? clock.format(atMs) : dayClock.format(atMs),
    fullTime: (atMs) => full.format(atMs),
    ago(atMs, nowMs) {
      const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
      if (seconds < 2) return text.justNow;
      if (seconds < 60) return relative.format(-seconds, 'second');
      if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
      if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
      return relative.format(-Math.floor((nowMs - atMs) / dayMs), 'day');
    },
    duration(seconds) {
      const parts: [number, Intl.NumberFormat][] = [
        [Math.floor(seconds / 86_400), units.day],
        [Math.floor(seconds / 3600) % 24, units.hour],
        [Math.floor(seconds / 60) % 60, units.minute],
        [Math.floor(seconds) % 60, units.second],
      ];
      const first = parts.findIndex(([count]) => count > 0);
      if (first < 0) return units.second.format(0);
      const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
      return shown.map(([count, format]) => format.format(count)).join(' ');
    },
    axisTime: (atMs, hours) => (hours <= 24 ? minutes : day).format(atMs),
  };
}

/** Decimals and unit by the name of the value. */
const kinds: Record<string, { digits: number; unit: string }> = {
  temperature: { digits: 1, unit: ' °C' },
  humidity: { digits: 1, unit: ' %' },
  light: { digits: 0, unit: '' },
  rssiDbm: { digits: 0, unit: ' dBm' },
};

/** A value as a person reads it, with its unit. `values` may hold the `unit` of `value`. */
export function valueText(words: Words, name: string, value: Value, values: Values = {}): string {
  if (typeof value === 'boolean') return value ? words.text.yes : words.text.no;
  if (typeof value === 'string') return value;
  if (name === 'uptimeS') return words.duration(value);
  const unit = name === 'value' && typeof values.unit === 'string' ? ` ${values.unit}` : '';
  const kind = Object.hasOwn(kinds, name) ? kinds[name]! : { digits: 3, unit };
  return `${words.number(value, kind.digits)}${kind.unit}`;
}

/** The name of a value in words where it is a known one, else as it came. */
export function valueName(words: Words, name: string): string {
  return Object.hasOwn(named, name) ? words.text[name as keyof typeof named] : name;
}

const named = {
  temperature: 0,
  humidity: 0,
  light: 0,
  motion_detected: 0,
  value: 0,
  rssiDbm: 0,
  uptimeS: 0,
  freeVars: 0,
  reconnects: 0,
  boot: 0,
  seq: 0,
};

export function sensorName(words: Words, id: string): string {
  const kit = kitOf(id);
  return kit === undefined ? id : words.text.kitName(String(kit));
}

/** Why the lamp last changed, in words. */
export function causeText(words: Words, kit: KitView): string {
  const { text } = words;
  switch (kit.cause) {
    case 'boot':
      return text.causeBoot;
    case 'command':
      return kit.lamp === 'ON' ? text.causeCommandOn : text.causeCommandOff;
    case 'dusk':
      return text.causeDusk;
    case 'hold-over':
      return text.causeHoldOver;
    default:
      return text.causeUnknown;
  }
}

/** Whether the value lies outside what a person has set for it. */
export function isOutside(sensor: SensorView, name: string): boolean {
  const value = sensor.values[name];
  const limits = sensor.config?.thresholds[name];
  if (typeof value !== 'number' || !limits) return false;
  return value < (limits.min ?? -Infinity) || value > (limits.max ?? Infinity);
}

/** A sensor that was silent for three of its intervals; nobody knows when one without configuration is late. */
export function isLate(sensor: SensorView, nowMs: number): boolean {
  return (
    sensor.config !== undefined && sensor.seenMs > 0 && nowMs - sensor.seenMs > 3000 * sensor.config.interval
  );
}

/** How the lamp is; `leftS` as `lampLeftS` tells. */
export function lampText(words: Words, kit: KitView, leftS: number): string {
  const { text } = words;
  if (kit.lamp === undefined) return text.unknown;
  if (kit.lamp === 'OFF') return text.off;
  if (leftS) return text.litFor(words.number(leftS));
  // The lamp goes off by itself, also when nobody hears of it.
  if (kit.status !== 'online') return text.litThen;
  return kit.lampEndsMs === undefined ? text.litUnknown : text.lit;
}

/** Whether the lamp is lit as far as anybody knows. */
export function isLit(kit: KitView, leftS: number): boolean {
  return kit.lamp === 'ON' && (kit.status === 'online' || leftS > 0);
}
