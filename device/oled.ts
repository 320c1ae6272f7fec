/**
 * SSD1306 OLED of 128x64 pixels on I2C, drawn row by row without a frame buffer: a row of text is a
 * string of column bytes, one page of the display. Source: Solomon Systech SSD1306 datasheet.
 */
import font, { glyphs } from './font.txt';

const widthPx = 128;
const pages = 8;

/** Throws when no display acknowledges the address. */
export function startOled(address: number): void {
  // Off, multiplex 64, offset 0, start line 0, charge pump, page addressing, segment and scan
  // direction for a display with its pins on top, COM pins, contrast, precharge, VCOMH, RAM, on.
  I2C1.writeTo(
    address,
    '\0\xae\xd5\x80\xa8\x3f\xd3\0\x40\x8d\x14\x20\x02\xa1\xc8\xda\x12\x81\xcf\xd9\xf1\xdb\x40\xa4\xa6\xaf',
  );
  for (let page = 0; page < pages; page++) writePage(address, page, '');
}

/** Writes text on one page, 21 characters of 6x8 pixels, or on two, 10 characters of 12x16. */
export function drawText(address: number, page: number, text: string, large: boolean): void {
  const columns = atob(font);
  // Each bit of four becomes two bits.
  const doubled = '\0\x03\x0c\x0f\x30\x33\x3c\x3f\xc0\xc3\xcc\xcf\xf0\xf3\xfc\xff';
  let upper = '';
  let lower = '';
  for (let i = 0; i < text.length; i++) {
    const glyph = columns.substr(glyphs.indexOf(text[i]) * 5, 5) + '\0';
    if (!large) upper += glyph;
    else
      for (let x = 0; x < 6; x++) {
        const column = glyph.charCodeAt(x);
        upper += doubled[column & 15].repeat(2);
        lower += doubled[column >> 4].repeat(2);
      }
  }
  writePage(address, page, upper);
  if (large) writePage(address, page + 1, lower);
}

function writePage(address: number, page: number, columns: string): void {
  I2C1.writeTo(address, '\0' + String.fromCharCode(0xb0 + page) + '\0\x10');
  I2C1.writeTo(address, '\x40' + columns.substr(0, widthPx).padEnd(widthPx, '\0'));
}
