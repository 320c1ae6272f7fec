/** Why a board was not flashed, beside what its console may fail with. */
export type FlashFailure =
  | 'which-kit'
  | 'no-room'
  | 'upload-failed'
  | 'not-verified'
  | 'not-online'
  | 'wrong-board'
  | 'no-runtime'
  | 'interrupted';

/** The message is the sentence for the user, and never holds a password. */
export class FlashError extends Error {
  override name = 'FlashError';

  constructor(
    readonly kind: FlashFailure,
    sentence: string,
  ) {
    super(sentence);
  }
}

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
