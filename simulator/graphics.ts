import { bytesFromString } from './bytes';
import { BoardError } from './errors';
import type { Realm } from './realm';

/**
 * `Graphics` as far as text on a monochrome display needs it: buffers of one bit a pixel whose bytes stand upright, and fonts
 * of the program's own; the built-in fonts, lines and images are left out. Source: Espruino libs/graphics, release 2v29.
 */
export function createGraphics(realm: Realm): object {
  return realm.module({
    createArrayBuffer: (
      width: number,
      height: number,
      bpp: number,
      options?: { vertical_byte?: boolean; msb?: boolean },
    ) => {
      if (bpp !== 1 || options?.vertical_byte !== true) {
        throw new BoardError('The virtual board has Graphics of 1 bpp with vertical_byte only');
      }
      if (!(width > 0 && height > 0 && width <= 1023 && height <= 1023)) throw new BoardError('Invalid Size');
      if (height % 8 !== 0) throw new BoardError('height must be a multiple of 8 when using vertical_byte');
      return createCanvas(realm, width, height, options.msb !== false);
    },
  });
}

interface Font {
  /** Columns of bits from the top down, one character after the other without gaps. */
  bits: Uint8Array;
  firstChar: number;
  width: number;
  height: number;
  scale: number;
}

/** `msb`: the highest bit of a byte is its topmost pixel; the SSD1306 wants the lowest. */
function createCanvas(realm: Realm, width: number, height: number, msb: boolean): object {
  const bytes = realm.uint8Array(new Uint8Array((width * height) / 8));
  let font: Font | undefined;
  let colour = 1;

  const bitOf = (y: number): number => (msb ? 128 >> (y & 7) : 1 << (y & 7));
  const indexOf = (x: number, y: number): number => x + width * (y >> 3);

  function setPixel(x: number, y: number, value: number): void {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const bit = bitOf(y);
    if (value & 1) bytes[indexOf(x, y)]! |= bit;
    else bytes[indexOf(x, y)]! &= ~bit;
  }

  function fillRect(x1: number, y1: number, x2: number, y2: number, value = colour): void {
    for (let y = Math.min(y1, y2); y <= Math.max(y1, y2); y++) {
      for (let x = Math.min(x1, x2); x <= Math.max(x1, x2); x++) setPixel(x, y, value);
    }
  }

  function drawGlyph(
    { bits, firstChar, width, height, scale }: Font,
    code: number,
    left: number,
    top: number,
    solid: boolean,
  ): void {
    const start = (code - firstChar) * width * height;
    for (let bit = 0; bit < width * height; bit++) {
      const at = start + bit;
      const isSet = (((bits[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;
      if (!isSet && !solid) continue;
      const x = left + Math.floor(bit / height) * scale;
      const y = top + (bit % height) * scale;
      fillRect(x, y, x + scale - 1, y + scale - 1, isSet ? colour : 0);
    }
  }

  function drawString(text: string, left: number, top: number, solid: boolean): void {
    if (font === undefined) throw new BoardError('The virtual board has no built-in font: use setFontCustom');
    const step = font.width * font.scale;
    let [x, y] = [left, top];
    for (const char of text) {
      if (char === '\n') {
        [x, y] = [left, y + font.height * font.scale];
        continue;
      }
      const visible = x > -step && x < width - 1 && y > -font.height * font.scale && y < height;
      if (visible && char.charCodeAt(0) >= font.firstChar) drawGlyph(font, char.charCodeAt(0), x, y, solid);
      x += step;
    }
  }

  function setFontCustom(
    bitmap: unknown,
    firstChar: number,
    charWidth: unknown,
    heightAndScale: number,
  ): void {
    if (typeof bitmap !== 'string') throw new BoardError('Font bitmap must be a String');
    if (!(firstChar >= 0 && firstChar <= 255)) throw new BoardError('First character out of range');
    if (typeof charWidth === 'string')
      throw new BoardError('The virtual board has fonts of one width only: give a number');
    if (typeof charWidth !== 'number') throw new BoardError('Font width must be a String or an integer');
    const scale = Math.max(1, (heightAndScale >> 8) & 255);
    font = {
      bits: bytesFromString(bitmap),
      firstChar,
      width: charWidth,
      height: heightAndScale & 255,
      scale,
    };
  }

  const canvas = realm.module({ buffer: bytes.buffer });
  /** Drawing returns the canvas, so that calls can be chained. */
  const chained =
    <A extends unknown[]>(draw: (...args: A) => void) =>
    (...args: A): object => {
      draw(...args);
      return canvas;
    };
  const methods = realm.module({
    clear: chained((resetState: unknown) => {
      bytes.fill(0);
      if (resetState) [colour, font] = [1, undefined];
    }),
    setColor: chained((value: number) => {
      colour = value & 1;
    }),
    setFontCustom: chained(setFontCustom),
    drawString: chained((text: unknown, x: number, y: number, solid: unknown) =>
      drawString(String(text), x | 0, y | 0, Boolean(solid)),
    ),
    setPixel: chained((x: number, y: number, value: number = colour) => setPixel(x, y, value)),
    fillRect: chained((x1: number, y1: number, x2: number, y2: number) => fillRect(x1, y1, x2, y2)),
    getPixel: (x: number, y: number) => {
      if (x < 0 || y < 0 || x >= width || y >= height) return 0;
      return (bytes[indexOf(x, y)]! & bitOf(y)) === 0 ? 0 : 1;
    },
    stringWidth: (text: unknown) => String(text).length * (font?.width ?? 0) * (font?.scale ?? 1),
    getWidth: () => width,
    getHeight: () => height,
  });
  return Object.assign(canvas, methods);
}
