import { configuredPasswords } from '../console-password';
import { type BoardConsole, BoardError, openBoard } from '../board-console';
import { choosePort } from '../ports';
import { runLines } from './lines';
import { runKeyboard } from './keyboard';

export interface ConsoleOptions {
  port?: string | undefined;
  baudRate?: number | undefined;
  /** kit.config.ts, which may know the password. */
  config: string;
  kit?: number | undefined;
}

/** One attempt: somebody waits at the keyboard, and nothing is to be interrupted. */
const greetMs = 1300;

/** `lamplighter console`: the board's console, for who sits at a terminal or for a pipe. Returns the exit code. */
export async function openConsole(
  options: ConsoleOptions,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  tell: (line: string) => void,
): Promise<number> {
  const port = await choosePort(options.port);
  const passwords = await configuredPasswords(options.config, options.kit);
  if (!input.isTTY) return runLines(port, passwords, options.baudRate, input, output, tell);
  const board = await openBoard(port, { greet: false, baudRate: options.baudRate });
  try {
    await unlock(board, passwords);
    return await runKeyboard(board, input, output, tell);
  } finally {
    board.lock();
    await board.close();
  }
}

/** A board that does not answer, or takes none of the passwords, is for the user to look at. */
async function unlock(board: BoardConsole, passwords: string[]): Promise<void> {
  for (const password of passwords) {
    try {
      return await board.greet(password, greetMs);
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      if (error.kind !== 'locked') return;
    }
  }
}
