/** Why a board's console could not be used. */
export type BoardFailure =
  | 'bad-port'
  | 'no-port'
  | 'no-permission'
  | 'busy'
  | 'refused'
  | 'silent'
  | 'lost'
  | 'not-espruino'
  | 'locked';

/** The message is the sentence for the user, and never holds a password. */
export class BoardError extends Error {
  override name = 'BoardError';

  constructor(
    readonly kind: BoardFailure,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** An exception that the board's own interpreter raised while it evaluated something; the message is the board's. */
export class BoardScriptError extends Error {
  override name = 'BoardScriptError';
}
