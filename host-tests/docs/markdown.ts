import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/root';

/** The parts of a Markdown page that can be compared with something. */
export interface Page {
  text: string;
  /** Fenced blocks, with the word behind the fence. */
  blocks: { language: string; lines: string[] }[];
  /** What stands between single backticks, outside of fenced blocks. */
  codes: string[];
  links: string[];
  /** `#`-names of the headings, as GitHub makes them. */
  anchors: string[];
  /** Tables as cells of text, the heading row first. */
  tables: string[][][];
}

export function readPage(file: string): Page {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
  const fence = /^```(\w*)\n(.*?)^```$/gms;
  const prose = text.replace(fence, '');
  return {
    text,
    blocks: [...text.matchAll(fence)].map(([, language, body]) => ({
      language: language!,
      lines: body!.replace(/\n$/, '').split('\n'),
    })),
    codes: [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code!.replace(/\s+/g, ' ')),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!),
    anchors: [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
    tables: [...prose.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) =>
      table
        .trimEnd()
        .split('\n')
        .filter((row) => !/^[| -]+$/.test(row) || /[^| -]/.test(row))
        .map((row) =>
          row
            .slice(1, -1)
            .split('|')
            .map((cell) => cell.trim()),
        ),
    ),
  };
}

/** The code in a table's cell: the first of them, without its backticks. */
export function codeOf(cell: string | undefined): string {
  return /`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
}

/** The table whose heading row begins so. */
export function tableOf(page: Page, ...heading: string[]): string[][] {
  const found = page.tables.filter((table) => heading.every((cell, column) => table[0]![column] === cell));
  if (found.length !== 1)
    throw new Error(`expected one table with the heading ${heading.join(' | ')}, got ${found.length}`);
  return found[0]!.slice(1);
}
