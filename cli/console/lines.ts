import { createInterface } from 'node:readline';
import { openWithPasswords } from '../console-password';

/** A line may start something long: a WiFi scan prints its result later and does not count. */
const lineMs = 30_000;

/** Evaluates each line of a pipe as if it were typed, and prints what the board says. Returns 1 when one of them failed. */
export async function runLines(
  port: string,
  passwords: string[],
  baudRate: number | undefined,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<number> {
  const board = await openWithPasswords(port, passwords, baudRate);
  let failed = false;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      let echo: string | undefined = line;
      board.onLine = (said) => {
        if (said === echo) {
          echo = undefined;
          return;
        }
        failed ||= /^Uncaught /.test(said);
        output.write(`${said}\n`);
      };
      board.write(`${Buffer.from(line, 'utf8').toString('latin1')}\n`);
      // Answered once the line before it is done.
      await board.evaluate('0', lineMs);
    }
    return failed ? 1 : 0;
  } finally {
    await board.close();
  }
}
