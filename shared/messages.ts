/** The texts and JSON documents that a kit publishes; docs/protocol.md lists them all. */
import type { KitState } from './kit';

/**
 * A number of tenths with its decimal point: 255 -> `25.5`, with a following `0` where two decimals
 * are the fixed format. Written from whole numbers since Espruino's `toFixed` loses a carry
 * (99.96 -> 99.9) and prints noise. `nan` for a value that could not be read.
 */
export function tenths(value: number, zero: string): string {
  if (isNaN(value)) return 'nan';
  const size = Math.abs(value);
  return (value < 0 ? '-' : '') + ((size / 10) | 0) + '.' + (size % 10) + zero;
}

/** What a kit says on `iot/<kit>` when it is connected, and then its number. */
export const greeting = 'Connection has established with nodeMCU_Kit Number ';

/** Periodic text on `iot/<kit>/message`; light 0..1023, values in tenths. Tabs and blanks are fixed. */
export function messageText(light: number, temperature: number, humidity: number): string {
  return (
    'Light intensity: ' +
    light +
    '\t Temperature: ' +
    tenths(temperature, '0') +
    '\tHumidity: ' +
    tenths(humidity, '0')
  );
}

/**
 * The first 32 bytes of a payload, fit to stand in a JSON string: only `"`, `\` and control bytes
 * are escaped, and a UTF-8 character is not cut in two.
 */
export function echo(payload: string): string {
  let end = Math.min(payload.length, 32);
  // 10xxxxxx continues a character: the cut moves to before its first byte.
  while (end < payload.length && end > 28 && (payload.charCodeAt(end) & 0xc0) === 0x80) end--;
  let text = '';
  for (let i = 0; i < end; i++) {
    const code = payload.charCodeAt(i);
    if (code < 32 || code === 127) text += '\\u00' + (code < 16 ? '0' : '') + code.toString(16);
    else text += (code === 34 || code === 92 ? '\\' : '') + payload[i];
  }
  return text;
}

/** What telemetry says beside the readings. */
export interface Health {
  /** Left out when WiFi does not tell. */
  rssiDbm: number | undefined;
  uptimeS: number;
  freeVars: number;
  reconnects: number;
  boot: number;
  sequence: number;
}

/** The JSON document on `iot/<kit>/telemetry`; a reading that failed is left out. */
export function telemetryJson(state: KitState, health: Health): string {
  return (
    '{' +
    (isNaN(state.temperature)
      ? ''
      : '"temperatureC":' +
        tenths(state.temperature, '') +
        ',"humidityPct":' +
        tenths(state.humidity, '') +
        ',') +
    '"light":' +
    state.light +
    (health.rssiDbm ? ',"rssiDbm":' + health.rssiDbm : '') +
    ',"uptimeS":' +
    health.uptimeS +
    ',"freeVars":' +
    health.freeVars +
    ',"reconnects":' +
    health.reconnects +
    ',"boot":' +
    health.boot +
    ',"seq":' +
    health.sequence +
    '}'
  );
}
