import { catchBoard } from '../../flashing';
import {
  type BoardConsole,
  type BoardSlot,
  BoardError,
  openBoard,
  readSlots,
  slotToBoot,
} from '../board-console';
import { choosePort } from '../ports';
import { remediesFor, type Remedy, type RemedyName } from './remedies';
import { restart } from './restart';

export interface RescueOptions {
  port?: string | undefined;
  baudRate?: number | undefined;
  /** What to do; absent: asked for. */
  remedy?: RemedyName | undefined;
}

export interface RescueTerminal {
  print(line: string): void;
  /** What the user answers; absent when nobody is there. */
  ask?: (question: string) => Promise<string>;
}

/** After the reset line was pulled a board is in its pause within this. */
const pulledMs = 4000;
/** A board that listens answers within this. */
const listeningMs = 1500;
/** Somebody has to find the button. */
const buttonMs = 60_000;
/** The loader waits 2 s, checks two files and starts. */
const startMs = 8000;

/** `lamplighter rescue`: gets hold of a board whose firmware wedges, before it starts, and does one thing for it. */
export async function rescue(options: RescueOptions, terminal: RescueTerminal): Promise<void> {
  const port = await choosePort(options.port);
  const board = await openBoard(port, { greet: false, baudRate: options.baudRate });
  try {
    const running = await seize(board, terminal.print);
    terminal.print('Caught: the firmware is not running.');
    const slots = await readSlots(board, 'fw');
    for (const line of slotLines(slots)) terminal.print(line);
    const remedy = await choose(remediesFor(slots), options.remedy, terminal);
    if (!remedy) return;
    if (running && remedy.name === 'safe-mode') await catchAfterRestart(board);
    const started = startOf(board);
    await remedy.apply(board);
    terminal.print(remedy.done);
    if (remedy.name !== 'erase') terminal.print(await started);
  } finally {
    await board.close();
  }
}

/**
 * By the reset line where there is one; else as it runs, if it still listens; else by whoever presses the button.
 * True when the firmware had started before it was stopped.
 */
async function seize(board: BoardConsole, print: (line: string) => void): Promise<boolean> {
  if (board.canReset && (await pulled(board)) && (await catchBoard(board, pulledMs))) return false;
  if (await catchBoard(board, listeningMs)) return true;
  print(`Press the board's reset button (RST or EN) once; waiting for ${buttonMs / 1000} s.`);
  if (await catchBoard(board, buttonMs)) return false;
  throw new BoardError(
    'silent',
    `the board at ${board.port} did not answer after a reset: either it was not reset, or Espruino is not on it, or its boot code runs before anything can be said. Then its flash has to be written anew: npm run flash -- --runtime`,
  );
}

/** A firmware cannot be started where one has run. */
async function catchAfterRestart(board: BoardConsole): Promise<void> {
  await restart(board);
  if (!(await catchBoard(board, pulledMs)))
    throw new BoardError('silent', `the board at ${board.port} did not answer after its restart`);
}

async function pulled(board: BoardConsole): Promise<boolean> {
  try {
    await board.reset();
    return true;
  } catch {
    return false;
  }
}

function slotLines(slots: BoardSlot[]): string[] {
  const runs = slotToBoot(slots);
  return slots.map((slot) => {
    const { name, header, intact, abandoned } = slot;
    if (!header) return `  ${name}  nothing that was verified`;
    const state = intact ? (abandoned ? 'given up after crashes' : 'verified') : 'damaged';
    return `  ${name}  sequence ${header.sequence}, ${header.length.toLocaleString('en')} bytes, ${state}${slot === runs ? ', the one that starts' : ''}`;
  });
}

async function choose(
  remedies: Remedy[],
  wanted: RemedyName | undefined,
  { print, ask }: RescueTerminal,
): Promise<Remedy | undefined> {
  if (wanted !== undefined) {
    const remedy = remedies.find(({ name }) => name === wanted);
    if (remedy) return remedy;
    throw new Error(
      `--${wanted} is not possible: ${wanted === 'fallback' ? 'there is no other good firmware on the board' : 'there is no good firmware on the board'}. Possible: ${remedies.map(({ name }) => `--${name}`).join(', ')}`,
    );
  }
  remedies.forEach(({ name, what }, index) => print(`  ${index + 1}  ${what} (--${name})`));
  if (!ask) {
    print('Nothing was changed. The board stands still until it is reset; choose one of these options.');
    return undefined;
  }
  for (;;) {
    const answer = (await ask(`What shall it be? 1 to ${remedies.length}, or nothing: `)).trim();
    if (answer === '') {
      print('Nothing was changed. The board stands still until it is reset.');
      return undefined;
    }
    const remedy = remedies[Number(answer) - 1];
    if (remedy) return remedy;
  }
}

/** The firmware's first line, or that there was none. */
function startOf(board: BoardConsole): Promise<string> {
  return new Promise((resolve) => {
    const settle = (line: string): void => {
      clearTimeout(timer);
      board.onLine = undefined;
      resolve(line);
    };
    const timer = setTimeout(
      () => settle('It has not said that its firmware started: npm run console shows what it says.'),
      startMs,
    );
    board.onLine = (line) => {
      if (/^Lamplighter \d/.test(line)) settle(`It says: ${line}`);
    };
    void board.closed.then(() => settle('It closed the connection.'));
  });
}
