import { bytesFromData } from './bytes';
import { BoardError } from './errors';
import type { Realm } from './realm';

/**
 * Espruino's Graphics as far as text on a monochrome display of the SSD1306's kind needs it: a
 * buffer of one bit a pixel whose bytes stand upright, and fonts of the program's own.
 * Source: Espruino libs/graphics (setFontCustom: columns of `height` bits, one after the other).
 */
export function createGraphics(realm: Realm): object {
  return realm.module({
    createArrayBuffer: (
      width: number,
      height: number,
      bpp: number,
      options?: { vertical_byte?: boolean; msb?: boolean },
    ) => {
      if (bpp !== 1 || !options?.vertical_byte)
        throw new BoardError('The virtual board draws 1 bpp with vertical_byte only');
      if (!(width > 0 && height > 0 && width <= 1023 && height <= 1023)) throw new BoardError('Invalid Size');
      return graphics(realm, width, height, options.msb !== false);
    },
  });
}

interface Font {
  columns: Uint8Array;
  firstChar: number;
  width: number;
  height: number;
  scale: number;
}

/** `msb`: the highest bit of a byte is its topmost pixel, as by default; the SSD1306 wants the lowest. */
function graphics(realm: Realm, width: number, height: number, msb: boolean): object {
  const bytes = realm.uint8Array(new Uint8Array(width * Math.ceil(height / 8)));
  let font: Font | undefined;
  let colour = 1;

  const bitOf = (y: number): number => (msb ? 128 >> (y & 7) : 1 << (y & 7));
  const setPixel = (x: number, y: number, value: number): void => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = x + width * (y >> 3);
    const bit = bitOf(y);
    bytes[at] = value ? bytes[at] | bit : bytes[at] & ~bit;
  };
  const fillRect = (x1: number, y1: number, x2: number, y2: number): void => {
    for (let y = y1; y <= y2; y++) for (let x = x1; x <= x2; x++) setPixel(x, y, colour);
  };
  const drawGlyph = (
    { columns, firstChar, width, height, scale }: Font,
    code: number,
    left: number,
    top: number,
  ): void => {
    for (let bit = 0; bit < width * height; bit++) {
      const at = (code - firstChar) * width * height + bit;
      if (code < firstChar || !((columns[at >> 3] >> (7 - (at & 7))) & 1)) continue;
      const x = left + Math.floor(bit / height) * scale;
      const y = top + (bit % height) * scale;
      fillRect(x, y, x + scale - 1, y + scale - 1);
    }
  };

  const self: object = realm.module({
    buffer: bytes.buffer,
    clear: () => {
      bytes.fill(0);
      colour = 1;
      return self;
    },
    setColor: (value: number) => {
      colour = value ? 1 : 0;
      return self;
    },
    setFontCustom: (bitmap: unknown, firstChar: number, width: number, heightAndScale: number) => {
      const columns = bytesFromData(bitmap);
      if (columns === undefined) throw new BoardError('Font bitmap must be a String');
      const [fontHeight, scale] = [heightAndScale & 255, heightAndScale >> 8 || 1];
      font = { columns, firstChar, width, height: fontHeight, scale };
      return self;
    },
    drawString: (text: string, x: number, y: number) => {
      if (!font) throw new BoardError('The virtual board has no font of its own: use setFontCustom');
      for (let i = 0; i < text.length; i++)
        drawGlyph(font, text.charCodeAt(i), x + i * font.width * font.scale, y);
      return self;
    },
    setPixel: (x: number, y: number, value = colour) => setPixel(x, y, value),
    getPixel: (x: number, y: number) => (bytes[x + width * (y >> 3)] & bitOf(y) ? 1 : 0),
    fillRect: (x1: number, y1: number, x2: number, y2: number) => {
      fillRect(x1, y1, x2, y2);
      return self;
    },
    getWidth: () => width,
    getHeight: () => height,
  });
  return self;
}
