import { printTable } from '../../../cli/network/print';

/** One line of what is printed. */
export interface Row {
  what: string;
  measured: string;
  /** The plain yardstick of the same run. */
  beside?: string;
  goal?: string;
  /** Undefined where nothing was asked for. */
  isMet?: boolean;
  /** What limits it. */
  limit?: string;
}

export function print(rows: Row[]): void {
  printTable(
    ['', 'measured', 'beside', 'goal', ''],
    rows.map(({ what, measured, beside = '', goal = '', isMet }) => [
      ...[what, measured, beside, goal],
      isMet === undefined ? '' : isMet ? 'met' : 'missed',
    ]),
  );
  for (const { what, limit } of rows) if (limit) console.log(`${what}: ${limit}`);
}

export const median = (numbers: number[]): number =>
  [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? NaN;

export const at = (part: number, numbers: number[]): number => {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(part * (sorted.length - 1))] ?? NaN;
};
