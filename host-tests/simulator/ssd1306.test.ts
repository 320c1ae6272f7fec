import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { Ssd1306, oledHeight, oledWidth } from '../../simulator';
import { forSeeds } from '../support/random';

const command = (...bytes: number[]): Uint8Array => Uint8Array.of(0x00, ...bytes);
const data = (...bytes: number[]): Uint8Array => Uint8Array.of(0x40, ...bytes);

/** Switched on as modules are usually mounted, with page addressing. */
function shining(): Ssd1306 {
  const oled = new Ssd1306(60);
  oled.powerOn();
  oled.write(command(0x8d, 0x14, 0xa1, 0xc8, 0xaf));
  return oled;
}

/** The pixels that shine, as "x,y". */
function lit(oled: Ssd1306): string[] {
  const pixels = oled.pixels;
  const found: string[] = [];
  for (let i = 0; i < pixels.length; i++)
    if (pixels[i]) found.push(`${i % oledWidth},${Math.floor(i / oledWidth)}`);
  return found;
}

describe('an SSD1306', () => {
  test('is dark until it is switched on and its charge pump as well', () => {
    const oled = new Ssd1306(60);
    oled.powerOn();
    oled.write(data(0xff));
    expect([oled.on, lit(oled).length]).toEqual([false, 0]);
    oled.write(command(0xaf));
    expect(oled.on).toBe(false);
    oled.write(command(0x8d, 0x14));
    expect([oled.on, lit(oled).length]).toEqual([true, 8]);
    oled.write(command(0xae));
    expect(lit(oled)).toEqual([]);
  });

  test('writes eight pixels a byte, the lowest bit uppermost, at page and column', () => {
    const oled = shining();
    oled.write(command(0xb3, 0x05, 0x12));
    oled.write(data(0b1000_0001));
    expect(lit(oled)).toEqual(['37,24', '37,31']);
  });

  test('goes on to the next column, and in page addressing wraps within the page', () => {
    const oled = shining();
    oled.write(command(0xb1, 0x0f, 0x17));
    oled.write(data(1, 1));
    expect(lit(oled)).toEqual(['0,8', '127,8']);
  });

  test('walks through a window of columns and pages in horizontal addressing', () => {
    const oled = shining();
    oled.write(command(0x20, 0x00, 0x21, 126, 127, 0x22, 6, 7));
    oled.write(data(1, 1, 1, 1, 0x80));
    // The fifth byte is back at the first place.
    expect(lit(oled)).toEqual(['127,48', '126,55', '126,56', '127,56']);
  });

  test('walks down first in vertical addressing', () => {
    const oled = shining();
    oled.write(command(0x20, 0x01, 0x21, 10, 11, 0x22, 0, 1));
    oled.write(data(1, 1, 2));
    expect(lit(oled)).toEqual(['10,0', '11,1', '10,8']);
    oled.write(data(0, 4));
    // After the last column and page of the window it begins again.
    expect(lit(oled)).toEqual(['11,1', '10,2', '10,8']);
  });

  test('stands on its head and mirrored without the two commands that turn it', () => {
    const oled = new Ssd1306(60);
    oled.powerOn();
    oled.write(command(0x8d, 0x14, 0xaf));
    oled.write(data(1));
    expect(lit(oled)).toEqual(['127,63']);
  });

  test('rolls with start line and offset, inverts, and lights everything', () => {
    const oled = shining();
    oled.write(data(1));
    oled.write(command(0x48));
    expect(lit(oled)).toEqual(['0,56']);
    oled.write(command(0x40, 0xd3, 4));
    expect(lit(oled)).toEqual(['0,60']);
    oled.write(command(0xd3, 0, 0xa7));
    expect(lit(oled).length).toBe(oledWidth * oledHeight - 1);
    oled.write(command(0xa6, 0xa5));
    expect(lit(oled).length).toBe(oledWidth * oledHeight);
    oled.write(command(0xa4));
    expect(lit(oled)).toEqual(['0,0']);
  });

  test('takes arguments of a command in another transfer, and control bytes with the continuation bit', () => {
    const oled = shining();
    oled.write(command(0x81));
    oled.write(command(0x33));
    expect(oled.contrast).toBe(0x33);
    oled.write(Uint8Array.of(0x80, 0xb2, 0x80, 0x00, 0x80, 0x10, 0x40, 0x01, 0x02));
    expect(lit(oled)).toEqual(['0,16', '1,17']);
  });

  test('swallows commands that do not concern the picture, with all their arguments', () => {
    const oled = shining();
    // Clock, multiplex, precharge, COM pins, VCOMH, horizontal scroll, vertical scroll, scroll area, stop, no operation.
    oled.write(command(0xd5, 0xaf, 0xa8, 0x3f, 0xd9, 0xae, 0xda, 0xae, 0xdb, 0xae));
    oled.write(
      command(
        0x26,
        0xae,
        0xae,
        0xae,
        0xae,
        0xae,
        0xae,
        0x29,
        0xae,
        0xae,
        0xae,
        0xae,
        0xae,
        0xa3,
        0xae,
        0xae,
        0x2e,
        0xe3,
      ),
    );
    oled.write(data(1));
    expect([oled.on, lit(oled)]).toEqual([true, ['0,0']]);
  });

  test('shows what was written over generated pages and columns', () => {
    forSeeds(40, (random) => {
      const oled = shining();
      const expected = new Uint8Array(oledWidth * oledHeight);
      for (let step = 0; step < 30; step++) {
        const page = random.int(0, 7);
        const column = random.int(0, 127);
        const bytes = Array.from({ length: random.int(1, 40) }, () => random.int(0, 255));
        oled.write(command(0xb0 + page, column & 15, 0x10 + (column >> 4)));
        oled.write(data(...bytes));
        bytes.forEach((byte, i) => {
          for (let bit = 0; bit < 8; bit++)
            expected[(page * 8 + bit) * oledWidth + ((column + i) & 127)] = (byte >> bit) & 1;
        });
      }
      expect(Buffer.from(oled.pixels).equals(Buffer.from(expected))).toBe(true);
    });
  });

  test('survives any bytes at all', () => {
    forSeeds(300, (random) => {
      const oled = new Ssd1306(60);
      for (let i = 0; i < 20; i++) oled.write(Buffer.from(random.bytes(random.int(0, 30)), 'latin1'));
      expect(oled.pixels.length).toBe(oledWidth * oledHeight);
    });
  });

  test('counts a frame, and says so, only when the picture has changed', () => {
    const oled = shining();
    let said = 0;
    oled.onChange = () => said++;
    const before = oled.frames;
    oled.write(data(1));
    oled.write(command(0xb0, 0x00, 0x10));
    oled.write(data(1));
    expect([oled.frames - before, said]).toEqual([1, 1]);
  });

  test('keeps its picture over a reset of the board, and loses it with the power', () => {
    const oled = shining();
    oled.write(data(1));
    oled.powerOn();
    expect([oled.on, lit(oled)]).toEqual([false, []]);
  });
});

describe('its picture', () => {
  test('reads as half blocks and as braille', () => {
    const oled = shining();
    oled.write(data(0b0000_0001, 0b0000_0010, 0b0000_0011, 0b1111_1111));
    const half = oled.toText().split('\n');
    expect([half.length, half[0]!.length, half[0]!.slice(0, 5)]).toEqual([32, 128, '▀▄██ ']);
    const braille = oled.toText('braille').split('\n');
    expect([braille.length, braille[0]!.length, braille[0]!.slice(0, 3)]).toEqual([16, 64, '⠑⢻⠀']);
  });

  test('is a PNG that others can read: black, amber above, blue below, scaled', () => {
    const oled = shining();
    oled.write(data(1));
    oled.write(command(0xb7, 0x0f, 0x17));
    oled.write(data(0x80));
    const png = PNG.sync.read(oled.toPng(3));
    expect([png.width, png.height]).toEqual([384, 192]);
    const colour = (x: number, y: number): number[] => [
      ...png.data.subarray((y * 384 + x) * 4, (y * 384 + x) * 4 + 3),
    ];
    expect([colour(2, 2), colour(3, 3), colour(383, 191)]).toEqual([
      [0xff, 0xb0, 0x20],
      [0, 0, 0],
      [0x40, 0xb8, 0xff],
    ]);
  });
});
