import type { Plugin } from 'rollup';

const columnsPerGlyph = 5;

/**
 * Rollup plugin: `import { columns, glyphs } from './font.txt'`. A font is drawn by hand and read by people:
 *
 * ```
 * ; a comment
 * 'A'
 * .###.
 * #...#
 * ...        seven or eight rows of five
 * ```
 *
 * The name may be written `'\xB0'`, `'\''` or `'\\'`. It becomes functions that
 * return a string: their text stays in the board's flash, where a variable would live in its RAM.
 */
export function font(): Plugin {
  return {
    name: 'font',
    transform(text, file) {
      if (!file.endsWith('.txt')) return null;
      return { code: fontModule(text, file), map: null };
    },
  };
}

/** The module that a font becomes. */
export function fontModule(text: string, file: string): string {
  const { columns, glyphs } = parseFont(text, file);
  const base64 = Buffer.from(columns).toString('base64');
  return `export function columns() { return ${JSON.stringify(base64)}; }\nexport function glyphs() { return ${JSON.stringify(glyphs)}; }\n`;
}

/** Column bytes, bit 7 the top row, five bytes a glyph in the order of `glyphs`. Throws with file and line. */
export function parseFont(text: string, file: string): { columns: Uint8Array; glyphs: string } {
  const columns: number[] = [];
  let glyphs = '';
  let rows: string[] = [];

  const lines = text.split(/\r?\n/);
  const fail = (index: number, message: string) => {
    throw new Error(`${file}:${index + 1}: ${message}`);
  };
  const finishGlyph = (index: number) => {
    if (glyphs === '') return;
    if (rows.length !== 7 && rows.length !== 8) {
      fail(index, `glyph ${JSON.stringify(glyphs.slice(-1))}: expected 7 or 8 rows, got ${rows.length}`);
    }
    columns.push(...columnBytes(rows));
    rows = [];
  };

  lines.forEach((line, index) => {
    if (line === '' || line.startsWith(';')) return;
    if (line.startsWith("'")) {
      finishGlyph(index);
      const name = glyphName(line);
      if (name === undefined) {
        fail(index, `expected one character of one byte in quotes, such as 'A' or '\\xB0', got ${line}`);
      } else if (glyphs.includes(name)) {
        fail(index, `glyph ${line} is drawn twice`);
      } else {
        glyphs += name;
      }
    } else if (glyphs === '') {
      fail(index, `expected the name of a glyph in quotes before its rows, got ${line}`);
    } else if (!/^[.#]{5}$/.test(line)) {
      fail(index, `expected a row of five '.' or '#', got ${line}`);
    } else {
      rows.push(line);
    }
  });
  finishGlyph(lines.length - 1);
  if (glyphs === '') fail(0, 'expected at least one glyph, got none');
  return { columns: Uint8Array.from(columns), glyphs };
}

function columnBytes(rows: string[]): number[] {
  return Array.from({ length: columnsPerGlyph }, (_, column) =>
    rows.reduce((byte, row, y) => byte | (row[column] === '#' ? 128 >> y : 0), 0),
  );
}

/** The character between the quotes, or undefined when it is not one byte. */
function glyphName(line: string): string | undefined {
  const quoted = /^'(\\x([0-9A-Fa-f]{2})|\\(['\\])|.)'$/su.exec(line);
  if (!quoted) return undefined;
  const [, plain, hex, escaped] = quoted;
  const name = hex ? String.fromCharCode(parseInt(hex, 16)) : (escaped ?? plain!);
  return name <= '\xff' ? name : undefined;
}
