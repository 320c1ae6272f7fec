import { FlashError, type FlashFailure } from '../../flashing';
import { BoardError, exitCodeOf } from '../board-console';
import { ConfigError } from '../kit-config';

/** The table stands in docs/flashing.md. */
export function flashExitCode(failure: FlashFailure): number {
  switch (failure) {
    case 'which-kit':
      return 2;
    case 'no-room':
      return 10;
    case 'upload-failed':
      return 11;
    case 'not-verified':
      return 12;
    case 'not-online':
      return 13;
    case 'wrong-board':
      return 14;
    case 'no-runtime':
      return 15;
    case 'interrupted':
      return 130;
  }
}

/** Prints the sentence of a failure and returns its exit code; what is no failure of the user's or the board's is thrown. */
export function told(error: unknown, printError: (line: string) => void): number {
  const code = codeOf(error);
  if (code === undefined) throw error;
  printError((error as Error).message);
  return code;
}

function codeOf(error: unknown): number | undefined {
  if (error instanceof BoardError) return exitCodeOf(error.kind);
  if (error instanceof FlashError) return flashExitCode(error.kind);
  // kit.config.ts or .env.
  if (error instanceof ConfigError) return 9;
  return undefined;
}
