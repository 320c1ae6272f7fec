/** The kinds of exception that Espruino throws. */
export type BoardErrorType = 'Error' | 'TypeError' | 'SyntaxError' | 'ReferenceError' | 'InternalError';

/** What a virtual peripheral throws: board code catches it as an error of its own world. */
export class BoardError extends Error {
  constructor(
    message: string,
    readonly type: BoardErrorType = 'Error',
  ) {
    super(message);
  }
}

/** Unwinds board code that must not go on: the board was switched off or is restarting. */
export class Halted extends Error {
  constructor() {
    super('the board has stopped');
  }
}
