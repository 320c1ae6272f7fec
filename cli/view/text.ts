import { createColors } from 'picocolors';

/** Text as a terminal shows it: spans of one style, measured in columns. */
export interface Span {
  text: string;
  style?: Style;
}
export type Line = Span[];
export type Style = 'dim' | 'bold' | 'inverse' | 'good' | 'warning' | 'bad' | 'pixels';

/** Columns that a text takes: 2 for Korean, Chinese and Japanese characters and emoji, 0 for combining marks. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

function characterColumns(character: string): number {
  if (character < '\u0300') return 1;
  if (/^[\p{Mn}\p{Me}\u1160-\u11ff]$/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Unicode 15, EastAsianWidth W and F, as far as messages bring them. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u;

/**
 * The text without anything a terminal would obey: control bytes and direction marks, which any
 * publisher could send, become visible escapes; zero-width characters vanish.
 */
export function printable(text: string): string {
  return text
    .replace(/[\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f]/g, '')
    .replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
      if (character === '\t') return '\\t';
      if (character === '\n') return '\\n';
      const code = character.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
    });
}

/** At most `columns` wide; what is cut is marked with `…`. */
export function clip(line: Line, columns: number): Line {
  let left = columns;
  const clipped: Line = [];
  for (const [index, span] of line.entries()) {
    const width = columnsOf(span.text);
    const last = line.slice(index + 1).every((next) => next.text === '');
    if (width < left || (width === left && last)) {
      clipped.push(span);
      left -= width;
      continue;
    }
    let text = '';
    for (const character of span.text) {
      const room = characterColumns(character);
      if (room > left - 1) break;
      text += character;
      left -= room;
    }
    clipped.push({ ...span, text: left > 0 ? text + '…' : text });
    break;
  }
  return clipped;
}

export function widthOf(line: Line): number {
  return line.reduce((sum, span) => sum + columnsOf(span.text), 0);
}

/** Filled with blanks to `columns`. */
export function pad(line: Line, columns: number): Line {
  const missing = columns - widthOf(line);
  return missing > 0 ? [...line, { text: ' '.repeat(missing) }] : line;
}

/** With escape sequences for the styles, or bare. */
export function paint(line: Line, colour: boolean): string {
  const palette = colour ? coloured : bare;
  return line.map(({ text, style }) => (style ? palette[style](text) : text)).join('');
}

const coloured = paletteOf(true);
const bare = paletteOf(false);

function paletteOf(colour: boolean): Record<Style, (text: string) => string> {
  const colours = createColors(colour);
  return {
    dim: colours.dim,
    bold: colours.bold,
    inverse: colours.inverse,
    good: colours.green,
    warning: colours.yellow,
    bad: colours.red,
    pixels: colours.cyanBright,
  };
}
