import { describe, expect, it } from 'vitest';
import { clip, columnsOf, pad, paint, printable } from '../../../cli/view/text';

describe('text on a terminal', () => {
  it.each<[string, number]>([
    ['abc °%…', 7],
    ['온도', 4],
    ['e\u0301', 1],
    ['日本', 4],
    ['💡', 2],
    ['⣿█▀', 3],
  ])('%s takes %i columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('shows what a terminal would obey instead of sending it there', () => {
    expect(printable('\x1b[2Jred\x07\x9b1m\u202etxt\t\n\x7f')).toBe(
      '\\x1b[2Jred\\x07\\x9b1m\\u202etxt\\t\\n\\x7f',
    );
  });

  it('drops characters without width, which would hide others', () => {
    expect(printable('US\u200bBLED\ufeff')).toBe('USBLED');
  });

  it('clips to the columns that are there and marks the cut', () => {
    expect(clipped('abcdef', 6)).toBe('abcdef');
    expect(clipped('abcdef', 5)).toBe('abcd…');
    expect(clipped('온도계', 5)).toBe('온도…');
    expect(clipped('온도계', 4)).toBe('온…');
    expect(clipped('abc', 0)).toBe('');
  });

  it('clips across spans', () => {
    expect(paint(clip([{ text: 'abc' }, { text: 'def' }], 6), false)).toBe('abcdef');
    expect(paint(clip([{ text: 'abc' }, { text: 'def' }], 5), false)).toBe('abcd…');
    expect(paint(clip([{ text: 'abc' }, { text: 'def' }], 3), false)).toBe('ab…');
  });

  it('pads to columns, not to characters', () => {
    expect(paint(pad([{ text: '온도' }], 6), false)).toBe('온도  ');
  });

  it('has no escape sequence when colours are off', () => {
    expect(paint([{ text: 'a', style: 'bold' }], true)).toBe('\x1b[1ma\x1b[22m');
    expect(paint([{ text: 'a', style: 'bold' }], false)).toBe('a');
  });

  function clipped(text: string, columns: number): string {
    return paint(clip([{ text }], columns), false);
  }
});
