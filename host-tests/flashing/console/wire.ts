import { BoardConsole, type Transport } from '../../../flashing/console';
import type { BoardOptions, ChipName } from '../../../simulator';
import { Console } from '../../../simulator/console';
import { type BareBoard, bareBoard } from '../../simulator/bare-board';

/** A board's end of a cable: what was typed to it, and a way to say something. */
export class Wire implements Transport {
  onBytes: ((bytes: string) => void) | undefined;
  readonly closed: Promise<void>;
  /** Only where a test fits a reset line. */
  reset?: () => Promise<void>;
  typed = '';
  #close!: () => void;

  constructor(private readonly answer: (bytes: string, wire: Wire) => void = () => {}) {
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  write(bytes: string): void {
    this.typed += bytes;
    this.answer(bytes, this);
  }

  say(bytes: string): void {
    this.onBytes?.(bytes);
  }

  /** The cable is pulled out. */
  break(): void {
    this.#close();
  }

  close(): Promise<void> {
    this.#close();
    return this.closed;
  }
}

/** A console that nobody has greeted yet. */
export function consoleOn(wire: Wire): BoardConsole {
  return new BoardConsole('/dev/ttyUSB0', wire);
}

export interface WiredBoard extends BareBoard {
  wire: Wire;
  board: BareBoard['board'];
  console: BoardConsole;
}

/** A virtual board that prints to whatever shows it later: the greeting at power-on comes before anybody listens. */
export function printingBoard(
  chip: ChipName = 'esp8266',
  { code, ...options }: Partial<BoardOptions> & { code?: string } = {},
): BareBoard & { shown: { print?: (line: string) => void } } {
  const shown: { print?: (line: string) => void } = {};
  const bare = bareBoard(chip, code, { ...options, print: (line) => shown.print?.(line) });
  return { ...bare, shown };
}

/** A virtual board whose console is at the other end of the wire, in the same process. */
export function wiredBoard(...kind: Parameters<typeof printingBoard>): WiredBoard {
  const bare = printingBoard(...kind);
  const wire = new Wire((bytes) => screen.receive(bytes));
  const screen = new Console(bare.board, (bytes) => wire.say(bytes));
  bare.shown.print = (line) => screen.print(line);
  return { ...bare, wire, console: consoleOn(wire) };
}
