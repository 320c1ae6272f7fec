/**
 * Why the database did not do what it was asked; errors of libsql carry more than a thread can hand over.
 */
export type HistoryProblem =
  /** No room for what is to be written. */
  | 'full'
  /** Cannot be written, be it by rights, by a read-only card or by its path. */
  | 'readonly'
  /** The card or disk has refused. */
  | 'io'
  /** Another program is writing, longer than was waited for. */
  | 'busy'
  /** No database, or a damaged one. */
  | 'corrupt'
  /** A database that must be left alone: of a newer version, or of another program. */
  | 'foreign'
  /** Another gateway is at work on it. */
  | 'taken'
  /** Not open, as its thread is starting anew. */
  | 'closed'
  | 'other';

export class HistoryError extends Error {
  constructor(
    readonly problem: HistoryProblem,
    message: string,
  ) {
    super(message);
    this.name = 'HistoryError';
  }
}

/** By SQLite's primary result code, https://www.sqlite.org/rescode.html. */
const problems: Record<number, HistoryProblem> = {
  3: 'readonly',
  5: 'busy',
  6: 'busy',
  8: 'readonly',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'readonly',
  26: 'corrupt',
};

/** What another program's error means here; one of ours stays as it is. */
export function historyError(error: unknown, file: string): HistoryError {
  if (error instanceof HistoryError) return error;
  const { message } = error as Error;
  const problem = historyProblem(error);
  return new HistoryError(problem, sentence(problem, file, message));
}

/** What kind of error one of libsql is. */
export function historyProblem(error: unknown): HistoryProblem {
  const { message, rawCode } = error as { message: string; rawCode?: number };
  // When a file cannot be opened libsql gives the code in the text only: `...Unable to open ...: 14`.
  const code = rawCode ?? Number(/: (\d+)"?\)?$/.exec(message)?.[1] ?? NaN);
  return problems[code & 0xff] ?? 'other';
}

function sentence(problem: HistoryProblem, file: string, message: string): string {
  switch (problem) {
    case 'full':
      return `${file}: the disk is full: make room`;
    case 'readonly':
      return `${file}: cannot be written: choose a file in a folder that this user may write to`;
    case 'io':
      return `${file}: the disk or card refuses (${message}): look at it with dmesg, and keep a copy`;
    case 'busy':
      return `${file}: another program has been writing to it for more than two seconds: end that one`;
    case 'corrupt':
      return `${file}: not a database, or a damaged one (${message})`;
    default:
      return `${file}: ${message}`;
  }
}

/** It may be gone by itself, or when somebody makes room. */
export const isPassing = ({ problem }: HistoryError): boolean =>
  ['full', 'io', 'busy', 'closed'].includes(problem);
