import pc from 'picocolors';
import { columnsOf, printable } from '../view/text';

export function print(line: string): void {
  process.stdout.write(line + '\n');
}

/** For people while results go to standard output: progress, warnings. */
export function tell(line: string): void {
  process.stderr.write(line + '\n');
}

/** The same over a line that is alive, which comes back by itself. */
export function note(line: string): void {
  tell(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${line}`);
}

/** `1 report`, `2 reports` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

export function printJson(value: unknown): void {
  print(jsonText(value, 2));
}

/** One line each time, for what goes on until it is interrupted: a program reads it line by line. */
export function printJsonLine(value: unknown): void {
  print(jsonText(value));
}

/** Means the same as any JSON of it, and steers no terminal either: JSON itself leaves all above U+007E as it is. */
function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(steering, (char) =>
    char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As in `printable`. */
const steering = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Columns without frames: they survive being copied into a mail. What is undefined is a dash; no rows, no head. On a terminal that is
 * too narrow, `spare` at the end of the columns are left out.
 */
export function printTable(head: string[], rows: (string | number | undefined)[][], spare = 0): void {
  if (rows.length === 0) return;
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? '-'))));
  for (const line of tableLines(head, cells, process.stdout.columns ?? Infinity, spare)) print(line);
}

/** The lines of `printTable`. `head` may be empty; the cells hold no control characters. */
export function tableLines(head: string[], rows: string[][], columns: number, spare: number): string[] {
  const all = head.length > 0 ? [head, ...rows] : rows;
  const widths = rows[0]!.map((_, column) =>
    all.reduce((width, row) => Math.max(width, columnsOf(row[column]!)), 0),
  );
  const isTooWide = widths.reduce((sum, width) => sum + width + gap, -gap) > columns;
  const shown = widths.slice(0, isTooWide ? widths.length - spare : widths.length);
  const lineOf = (row: string[]) =>
    shown
      .map((width, column) => row[column]! + ' '.repeat(width + gap - columnsOf(row[column]!)))
      .join('')
      .trimEnd();
  const lines = all.map(lineOf);
  return head.length > 0 ? [pc.bold(lines[0]!), ...lines.slice(1)] : lines;
}

const gap = 2;
