import type { KitSettings } from '../../shared/settings';

/** What a board keeps for its configuration, header apart: one slot, read as one string. */
export const kitJsonBytesMax = 2048;

/**
 * The body of kit.json in plain ASCII. The settings hold byte strings, and a byte of 0x80 or more is
 * written as an escape, which the board's JSON.parse makes one byte again; raw bytes would not survive
 * every way to a board (the Espruino command line tool expands them over TCP).
 */
export function kitJson(settings: KitSettings): string {
  return JSON.stringify(settings).replace(
    /[\x7f-\xff]/g,
    (byte) => '\\u' + byte.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
