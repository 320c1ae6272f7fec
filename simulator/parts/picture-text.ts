export type TextPicture = 'half' | 'braille';

/** Dots of a braille character in the order of its bits, as column and row. Source: Unicode, block U+2800. */
const brailleDots = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

/** A picture of one-bit pixels as lines of characters. */
export function pictureText(pixels: Uint8Array, width: number, height: number, style: TextPicture): string {
  const [cellWidth, cellHeight] = style === 'half' ? [1, 2] : [2, 4];
  const lines: string[] = [];
  for (let y = 0; y < height; y += cellHeight) {
    let line = '';
    for (let x = 0; x < width; x += cellWidth) {
      const lit = (dx: number, dy: number): number => pixels[(y + dy) * width + x + dx]!;
      line += style === 'half' ? ' ▀▄█'[lit(0, 0) + 2 * lit(0, 1)]! : braille(lit);
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function braille(lit: (dx: number, dy: number) => number): string {
  const bits = brailleDots.reduce((sum, [dx, dy], bit) => sum | (lit(dx, dy) << bit), 0);
  return String.fromCharCode(0x2800 + bits);
}
