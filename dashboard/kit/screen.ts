import type { KitView, Values } from '../../shared/live';
import { tenths } from '../../shared/messages';

/**
 * The kit's OLED, drawn from what the kit has told: the same pixels as device/screen.ts and device/oled.ts bring onto
 * the display, as a test shows.
 */
export const widthPx = 128;
export const heightPx = 64;

export interface Font {
  /** Five bytes a glyph in the order of `glyphs`, bit 7 the top row. */
  columns: Uint8Array;
  glyphs: string;
}

/** What stands on the display: the page of eight rows that a text begins on, and its size. */
interface Line {
  page: number;
  scale: 1 | 2;
  text: string;
}

/** The texts; `nowMs` by the gateway's clock. */
export function screenLines(kit: KitView, values: Values, nowMs: number): Line[] {
  // Nothing is measured in safe mode, and the board has started anew.
  const readable = kit.status === 'safe-mode' ? {} : values;
  return [
    { page: 0, scale: 1, text: 'Temperature:' },
    { page: 1, scale: 2, text: `${inTenths(readable.temperature)}^C` },
    { page: 4, scale: 1, text: 'Humidity:' },
    { page: 5, scale: 2, text: `${inTenths(readable.humidity)}%` },
    { page: 7, scale: 1, text: statusLine(kit, nowMs) },
  ];
}

/** Which phase an offline kit's link is in, nobody but itself knows: the place is left empty. */
function statusLine(kit: KitView, nowMs: number): string {
  if (kit.status === 'safe-mode') return 'safe mode';
  const phase = kit.status === 'online' ? 'online' : '';
  const leftS = lampLeftS(kit, nowMs);
  return phase.padEnd(12) + (leftS ? `lamp ${leftS} s` : '');
}

/** Seconds that the lamp stays lit, rounded up; 0 when it is off, or nobody knows how long. */
export function lampLeftS(kit: KitView, nowMs: number): number {
  if (kit.lamp !== 'ON' || kit.lampEndsMs === undefined) return 0;
  return Math.max(0, Math.ceil((kit.lampEndsMs - nowMs) / 1000));
}

function inTenths(value: Values[string] | undefined): string {
  return tenths(typeof value === 'number' ? Math.round(value * 10) : NaN, '');
}

/** 128x64, row by row, 1 where it shines. */
export function screenPixels(lines: readonly Line[], font: Font): Uint8Array {
  const pixels = new Uint8Array(widthPx * heightPx);
  for (const { page, scale, text } of lines) {
    [...text].forEach((character, index) => {
      const at = font.glyphs.indexOf(character) * 5;
      for (let bit = 0; at >= 0 && bit < 40; bit++) {
        const column = bit >> 3;
        if (!(font.columns[at + column]! & (128 >> (bit & 7)))) continue;
        fill(pixels, (index * 6 + column) * scale, page * 8 + (bit & 7) * scale, scale);
      }
    });
  }
  return pixels;
}

function fill(pixels: Uint8Array, left: number, top: number, scale: number): void {
  for (let y = top; y < Math.min(top + scale, heightPx); y++) {
    for (let x = left; x < Math.min(left + scale, widthPx); x++) pixels[y * widthPx + x] = 1;
  }
}
