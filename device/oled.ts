/**
 * SSD1306 OLED of 128x64 pixels on I2C, drawn one text at a time without a frame buffer: each is
 * rendered by Espruino's Graphics into a small one of its own, which is gone afterwards.
 * Source: Solomon Systech SSD1306 datasheet.
 */
import { chr } from '../shared/packets';
import { columns, glyphs } from './font.txt';

const widthPx = 128;
const pages = 8;
const fontFile = 'font1';
const firstChar = 32;
const lastChar = 122;

/** The characters from the blank on, six columns each; from Storage it costs one variable. */
let font: string;

/** I2C address. */
let address: number;

/** Clears the display but for what stands there always. Throws when none acknowledges the address. */
export function startOled(at: number): void {
  address = at;
  // Off, clock, multiplex 64, offset 0, start line 0, charge pump, page addressing, segment and
  // scan direction for pins on top, COM pins, contrast, precharge, VCOMH, show RAM, on.
  I2C1.writeTo(
    address,
    '\0\xae\xd5\x80\xa8\x3f\xd3\0\x40\x8d\x14\x20\x02\xa1\xc8\xda\x12\x81\xcf\xd9\xf1\xdb\x40\xa4\xa6\xaf',
  );
  font = loadFont();
  for (let page = 0; page < pages; page++)
    drawText(page, page ? (page === 4 ? 'Humidity:' : '') : 'Temperature:', 1);
}

/** Writes text from `page` on: 21 characters of 6x8 pixels, or at scale 2 ten of 12x16 on two pages, one after the other. */
export function drawText(page: number, text: string, scale: number): void {
  for (let i = 0; i < scale; i++) {
    const graphics = Graphics.createArrayBuffer(widthPx, 8, 1, { vertical_byte: true, msb: false });
    graphics.setFontCustom(font, firstChar, 6, 8 + 256 * scale);
    graphics.drawString(text, 0, -8 * i);
    I2C1.writeTo(address, 0, 0xb0 + page + i, 0, 0x10);
    I2C1.writeTo(address, 0x40, graphics.buffer);
  }
}

/** Written at the first start, one character after the other; Graphics reads it in place. */
function loadFont(): string {
  const storage = require('Storage');
  const length = (lastChar - firstChar + 1) * 6;
  const stored = storage.read(fontFile);
  // A font whose last byte is missing was cut off by the power.
  if (stored && stored[length - 1] === '\0') return stored;
  const packed = atob(columns());
  const order = glyphs();
  for (let code = firstChar; code <= lastChar; code++) {
    const at = order.indexOf(chr(code)) * 5;
    const glyph = at < 0 ? '\0\0\0\0\0' : packed.substr(at, 5);
    storage.write(fontFile, glyph + '\0', (code - firstChar) * 6, length);
  }
  return storage.read(fontFile)!;
}
