import { expect, test } from 'vitest';
import { parseFont } from '../../build/font';

const letter = ['.###.', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'];
const glyph = (name: string, rows = letter) => [name, ...rows, ''].join('\n');

test('a column is a byte whose highest bit is the top row', () => {
  const { columns } = parseFont(glyph("'A'"), 'font.txt');
  expect([...columns]).toEqual([0x7e, 0x90, 0x90, 0x90, 0x7e]);
});

test('an eighth row is the lowest bit', () => {
  const { columns } = parseFont(glyph("'_'", [...Array<string>(7).fill('.....'), '#####']), 'font.txt');
  expect([...columns]).toEqual(Array(5).fill(0x01));
});

test('glyphs stand in the order of the file, five bytes each', () => {
  const { columns, glyphs } = parseFont(`; drawn by hand\r\n${glyph("'B'")}${glyph("'A'")}`, 'font.txt');
  expect([glyphs, columns.length]).toEqual(['BA', 10]);
});

test.each([
  ["'\\xB0'", '\xb0'],
  ["'\xb0'", '\xb0'],
  ["'\\''", "'"],
  ["'''", "'"],
  ["'\\\\'", '\\'],
  ["' '", ' '],
  ["';'", ';'],
])('the glyph %s has one byte', (name, byte) => {
  expect(parseFont(glyph(name), 'font.txt').glyphs).toBe(byte);
});

test.each([
  [
    glyph("'AB'"),
    "font.txt:1: expected one character of one byte in quotes, such as 'A' or '\\xB0', got 'AB'",
  ],
  [
    glyph("'\u20ac'"),
    "font.txt:1: expected one character of one byte in quotes, such as 'A' or '\\xB0', got '\u20ac'",
  ],
  [glyph("'A'", letter.slice(1)), 'font.txt:8: glyph "A": expected 7 or 8 rows, got 6'],
  [
    glyph("'A'", [...letter, ...letter]) + glyph("'B'"),
    'font.txt:16: glyph "A": expected 7 or 8 rows, got 14',
  ],
  [glyph("'A'") + glyph("'A'"), "font.txt:9: glyph 'A' is drawn twice"],
  [glyph("'A'", ['.##.', ...letter.slice(1)]), "font.txt:2: expected a row of five '.' or '#', got .##."],
  ['.###.', 'font.txt:1: expected the name of a glyph in quotes before its rows, got .###.'],
  ['; nothing', 'font.txt:1: expected at least one glyph, got none'],
])('%j is refused with its line', (text, message) => {
  expect(() => parseFont(text, 'font.txt')).toThrow(message);
});
