import { createInterface } from 'node:readline';
import { eraseLine } from '../board-console';
import { openWithPasswords } from '../console-password';

/** What takes longer would hold the board up as well. */
const lineMs = 30_000;

/** Types each line of a pipe and prints what the board says. Returns 1 when one of them failed or the last is not complete. */
export async function runLines(
  port: string,
  passwords: string[],
  baudRate: number | undefined,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  tell: (line: string) => void,
): Promise<number> {
  const board = await openWithPasswords(port, passwords, baudRate);
  let failed = false;
  let open = false;
  try {
    // The end of a line is told by its echo.
    await board.evaluate('echo(1)');
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      // On a console a tab asks for completions.
      const line = Buffer.from(text.replaceAll('\t', '    '), 'utf8').toString('latin1');
      if (line.trim() === '') continue;
      const echo = open ? `:${line}` : line;
      let echoed = false;
      board.onLine = (said) => {
        if (!echoed && said === echo) {
          echoed = true;
          return;
        }
        failed ||= said.startsWith('Uncaught ');
        if (said !== '=undefined') output.write(Buffer.from(`${said}\n`, 'latin1'));
      };
      open = (await board.type(line, lineMs)) === 'more';
    }
    if (open) {
      board.write(eraseLine);
      tell('the last line is not complete: a bracket is open');
    }
    return failed || open ? 1 : 0;
  } finally {
    board.lock();
    await board.close();
  }
}
