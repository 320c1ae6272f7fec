import Table from 'cli-table3';
import pc from 'picocolors';

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

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** One line each time, for what goes on until it is interrupted: a program reads it line by line. */
export function printJsonLine(value: unknown): void {
  print(JSON.stringify(value));
}

/** Columns without frames: they survive being copied into a mail. What is undefined is a dash; no rows, no head. */
export function printTable(head: string[], rows: (string | number | undefined)[][]): void {
  if (rows.length === 0) return;
  const table = new Table({
    head: head.map((text) => pc.bold(text)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(borders.map((name) => [name, ''])),
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === undefined ? '-' : visible(String(cell))))));
  print(table.toString().replace(/[ \t]+$/gm, ''));
}

/** What a stranger has chosen, such as the name of a network, must not steer the terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
];
