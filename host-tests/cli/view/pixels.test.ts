import { describe, expect, it } from 'vitest';
import { braille, halfBlocks } from '../../../cli/view/pixels';

/** Pixels from a drawing in which `#` is lit. */
function pixelsOf(...rows: string[]) {
  return {
    width: rows[0]!.length,
    height: rows.length,
    data: Uint8Array.from(rows.join(''), (character) => (character === '#' ? 1 : 0)),
  };
}

describe('pixels as characters', () => {
  it('shows two rows in one of half blocks', () => {
    expect(halfBlocks(pixelsOf('# #.', '##..', '....', '...#'))).toEqual(['█▄▀ ', '   ▄']);
  });

  it('shows each of the eight dots of a Braille pattern at its place', () => {
    const dots = Array.from({ length: 8 }, (_, dot) =>
      braille({ width: 2, height: 4, data: Uint8Array.from({ length: 8 }, (_, at) => (at === dot ? 1 : 0)) }),
    );
    // Left and right of each row: dots 1 4, 2 5, 3 6, 7 8 in the order of Unicode.
    expect(dots.flat()).toEqual(['⠁', '⠈', '⠂', '⠐', '⠄', '⠠', '⡀', '⢀']);
  });

  it('shows an empty pattern as a blank', () => {
    expect(braille(pixelsOf('..##', '..##', '..##', '..##'))).toEqual([' ⣿']);
  });
});
