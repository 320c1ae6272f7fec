import { type BoardConsole, eraseLine, exitCodeOf } from '../board-console';

/** Ctrl-], as in telnet: no line of a program has it. */
const leaveKey = '\x1d';
/** A board that is idle answers at once. */
const quietMs = 3000;
/** Espruino's greeting turns this off. */
const wrapLines = '\x1b[?7h';

/** Hands keys to the board and what it says to the screen, until the key to leave; returns the exit code. */
export async function runKeyboard(
  board: BoardConsole,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  tell: (line: string) => void,
): Promise<number> {
  tell(`Console of the board at ${board.port}. Ctrl-] leaves.`);
  let heard = '';
  let unlocked = false;
  board.onBytes = (bytes) => {
    clearTimeout(quiet);
    output.write(Buffer.from(bytes, 'latin1'));
    heard = (heard + bytes).slice(-20);
    unlocked ||= heard.includes('Logged in.');
  };
  const quiet = setTimeout(
    () => tell('The board says nothing. Press its reset button; npm run doctor looks closer.'),
    quietMs,
  );
  input.setRawMode(true);
  input.resume();
  try {
    board.write('\n');
    const left = new Promise<number>((resolve) => {
      input.on('data', (keys: Buffer) => {
        const typed = keys.toString('latin1');
        const end = typed.indexOf(leaveKey);
        board.write(end < 0 ? typed : typed.slice(0, end));
        if (end >= 0) resolve(0);
      });
      input.on('end', () => resolve(0));
    });
    const code = await Promise.race([left, board.closed.then(() => exitCodeOf('lost'))]);
    if (code !== 0) tell(`\r\nThe connection to ${board.port} ended.`);
    return code;
  } finally {
    clearTimeout(quiet);
    board.onBytes = undefined;
    // Who connects next is not to find half a line, and is to be asked again where the user has typed the password.
    board.write(eraseLine);
    if (unlocked) board.send('E.lockConsole()');
    input.setRawMode(false);
    input.pause();
    output.write(`${wrapLines}\r\n`);
  }
}
