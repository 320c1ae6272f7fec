import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

// A font of two characters from "A" on, three columns of five bits each: 10101 11111 00001, 11111 10001 11111.
const font = String.raw`\xaf\xc3\xf8\xfe`;
const setup = `var g=Graphics.createArrayBuffer(16,8,1,{vertical_byte:true,msb:false});g.setFontCustom("${font}",65,3,5);`;
const shown = 'new Uint8Array(g.buffer)';

describe('Graphics', () => {
  // The bytes were compared with the real interpreter's.
  test('draws text with a font of the program, upright bytes with the lowest bit uppermost', () => {
    const bare = bareBoard('esp8266', setup + 'g.drawString("AB",1,0)');
    expect(bare.value(shown)).toEqual([0, 21, 31, 16, 31, 17, 31, ...Array<number>(9).fill(0)]);
  });

  test('draws text larger, cuts it off at the edges, and breaks lines', () => {
    const bare = bareBoard('esp8266', setup);
    bare.board.evaluate(`g.setFontCustom("${font}",65,3,5+256*2).drawString("B",-2,0)`);
    expect((bare.value(shown) as number[]).slice(0, 5)).toEqual([3, 3, 255, 255, 0]);
    bare.board.evaluate(`g.clear().setFontCustom("${font}",65,3,5).drawString("A\\nA",0,-1)`);
    expect((bare.value(shown) as number[]).slice(0, 4)).toEqual([0b0101_1010, 0b1111_1111, 0b0000_1000, 0]);
  });

  test('leaves out a character that would begin in the last column', () => {
    const bare = bareBoard('esp8266', setup);
    bare.board.evaluate('g.drawString("B",15,0)');
    expect(bare.value(`[].slice.call(${shown}).filter(function(byte){return byte})`)).toEqual([]);
    bare.board.evaluate('g.drawString("B",14,0)');
    expect((bare.value(shown) as number[]).slice(13)).toEqual([0, 31, 17]);
  });

  test('fills, sets and reads pixels', () => {
    const bare = bareBoard('esp8266', setup);
    bare.board.evaluate('g.fillRect(3,5,1,2).setPixel(2,3,0).setColor(0).setPixel(1,2)');
    expect((bare.value(shown) as number[]).slice(0, 5)).toEqual([
      0, 0b0011_1000, 0b0011_0100, 0b0011_1100, 0,
    ]);
    expect(bare.value('[g.getPixel(2,2),g.getPixel(2,3),g.getPixel(99,0)]')).toEqual([1, 0, 0]);
  });

  test('says what it does not have', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'Graphics.createArrayBuffer(16,8,8)')).toBe(
      'Error: The virtual board has Graphics of 1 bpp with vertical_byte only',
    );
    expect(thrown(bare, 'Graphics.createArrayBuffer(16,8,1,{vertical_byte:true}).drawString("a",0,0)')).toBe(
      'Error: The virtual board has no built-in font: use setFontCustom',
    );
  });
});
