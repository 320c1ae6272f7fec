import { configuredPasswords } from '../console-password';
import { openBoard } from '../board-console';
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
    return await runKeyboard(board, passwords, input, output, tell);
  } finally {
    await board.close();
  }
}
