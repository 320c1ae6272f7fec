import { durationText } from '../../network/wifi/monitor';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const dayMs = 86_400_000;

/** `30s`, `5m`, `1h`, `500ms` or plain seconds, as milliseconds from `minMs` to a day. Throws a sentence. */
export function duration(option: string, text: string, minMs: number): number {
  const [, number, unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * unitMs[unit]!;
  if (ms >= minMs && ms <= dayMs) return ms;
  throw new Error(
    `${option}: expected ${durationText(minMs)} to a day as 30s, 5m or 1h, got ${JSON.stringify(text)}`,
  );
}
