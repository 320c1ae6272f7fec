import { readFileSync } from 'node:fs';
import { parseFont } from '../../build/font';

const widthPx = 128;
const fontFile = new URL('../../device/font.txt', import.meta.url);
const { columns, glyphs } = parseFont(readFileSync(fontFile, 'utf8'), 'device/font.txt');
const characterOf = new Map<string, string>();
// A blank column follows each glyph; a blank and a glyph without a drawing look the same.
for (let i = glyphs.length - 1; i >= 0; i--) {
  characterOf.set([...columns.slice(i * 5, i * 5 + 5), 0].join(), glyphs[i]!);
}

/** What a person reads on the display, by the row of pixels at which each text starts; blanks at the end left out. */
export function screenText(pixels: Uint8Array): Record<0 | 8 | 24 | 32 | 40 | 56, string> {
  return {
    0: textAt(pixels, 0, 1),
    8: textAt(pixels, 8, 2).replace('^', '°'),
    24: textAt(pixels, 24, 1),
    32: textAt(pixels, 32, 1),
    40: textAt(pixels, 40, 2),
    56: textAt(pixels, 56, 1),
  };
}

/** Text of 6x8 pixels a character, or twice that; `¿` where the pixels are no character of the font. */
function textAt(pixels: Uint8Array, y: number, scale: 1 | 2): string {
  let text = '';
  for (let x = 0; x + 6 * scale <= widthPx; x += 6 * scale) {
    const bytes = Array.from({ length: 6 }, (_, column) => columnByte(pixels, x + column * scale, y, scale));
    text += characterOf.get(bytes.join()) ?? '¿';
  }
  return text.trimEnd();
}

/** Eight rows of one column, the top one in bit 7; NaN when a doubled pixel is not the same in all its four. */
function columnByte(pixels: Uint8Array, x: number, y: number, scale: 1 | 2): number {
  let byte = 0;
  for (let row = 0; row < 8; row++) {
    const at = (dx: number, dy: number): number => pixels[(y + row * scale + dy) * widthPx + x + dx]!;
    const lit = at(0, 0);
    if (scale === 2 && [at(1, 0), at(0, 1), at(1, 1)].some((pixel) => pixel !== lit)) return NaN;
    byte = byte * 2 + lit;
  }
  return byte;
}
