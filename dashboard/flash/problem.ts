import { FlashError, type FlashFailure } from '../../flashing';
import { BoardError, type BoardFailure } from '../../flashing/console';
import { BrowserError, type BrowserFailure } from './serial/browser-error';

export type ProblemKind = BrowserFailure | BoardFailure | FlashFailure | 'bug';

/**
 * What a board holds after a failure: nothing was written, it boots what it booted before, that or the new, it was erased
 * first and not written anew, or it was flashed and only its start is in question.
 */
export type After = 'untouched' | 'as-before' | 'either' | 'erased' | 'started';

export interface Problem {
  kind: ProblemKind;
  after: After;
  /** For who looks closer, in English; holds no password. */
  detail: string;
}

export function problemOf(error: unknown, after: After): Problem {
  const known = error instanceof BrowserError || error instanceof BoardError || error instanceof FlashError;
  return known
    ? { kind: error.kind, after, detail: error.message }
    : { kind: 'bug', after, detail: String(error) };
}
