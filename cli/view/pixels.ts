/** A frame buffer: one byte, 0 or 1, for each pixel, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Two pixels above each other in one character. */
export function halfBlocks(pixels: Pixels): string[] {
  return cells(pixels, 1, 2, (at) => ' ▀▄█'[at(0, 0) + 2 * at(0, 1)] as string);
}

/** Two by four pixels in one character: Unicode, Braille Patterns, U+2800. */
export function braille(pixels: Pixels): string[] {
  return cells(pixels, 2, 4, (at) => {
    const left = at(0, 0) | (at(0, 1) << 1) | (at(0, 2) << 2) | (at(0, 3) << 6);
    const right = (at(1, 0) << 3) | (at(1, 1) << 4) | (at(1, 2) << 5) | (at(1, 3) << 7);
    // Some fonts draw the empty pattern as eight rings.
    return left | right ? String.fromCharCode(0x2800 + left + right) : ' ';
  });
}

function cells(
  { width, height, data }: Pixels,
  cellWidth: number,
  cellHeight: number,
  character: (at: (x: number, y: number) => number) => string,
): string[] {
  const rows: string[] = [];
  for (let top = 0; top < height; top += cellHeight) {
    let row = '';
    for (let left = 0; left < width; left += cellWidth)
      row += character((x, y) => data[(top + y) * width + left + x] as number);
    rows.push(row);
  }
  return rows;
}
