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
