import {
  type BoardFacts,
  catchBoard,
  chooseKit,
  filesOf,
  type FlashFiles,
  flashOverConsole,
  type FlashStep,
  readFacts,
  restart,
  writtenLength,
} from '../../flashing';
import { BoardConsole, BoardError, type Transport } from '../../flashing/console';
import type { KitSettings } from '../../shared/settings';
import { type After, type Problem, problemOf } from './problem';
import { BrowserError } from './serial/browser-error';
import type { WebSerial, WebSerialPort } from './serial/web-serial';

export type FlashState =
  | { at: 'ready' }
  /** The browser asks the user which port. */
  | { at: 'choose' }
  | { at: 'connect' }
  /** Nothing answers; somebody has to press the board's button. */
  | { at: 'press-reset' }
  | { at: 'found'; facts: BoardFacts; kit: number | undefined }
  | { at: 'flash'; kit: number; step: FlashStep; written: number; total: number; erases: boolean }
  | { at: 'done'; kit: number; outcome: Outcome; bytes: number; detail: string }
  | { at: 'failed'; problem: Problem };

/** `nothing`: the board held all of it already. `started`: flashed and verified, and nobody waited for its link. */
export type Outcome = 'nothing' | 'online' | 'not-online' | 'started';

export interface SessionOptions {
  files: FlashFiles;
  serial: WebSerial;
  openTransport: (port: WebSerialPort) => Promise<Transport>;
  onChange: () => void;
  /** How long a board may take to answer that is plugged in and runs, in milliseconds. */
  greetMs?: number;
}

/** How the board is called in sentences. */
const portName = 'this USB port';
/** Longer than a board takes that was reset by the opening of its port. */
const usualGreetMs = 6500;
/** After the reset line was pulled a board is in its pause within this. */
const pulledMs = 4000;
/** Somebody has to find the button. */
const buttonMs = 60_000;
const onlineMs = 60_000;
const linesMax = 200;

/** One board at a time: choose it, look at it, flash it. No call ever rejects: what went wrong is in the state. */
export class FlashSession {
  state: FlashState = { at: 'ready' };
  /** What the board has printed since it was flashed, the newest last. */
  lines: string[] = [];
  readonly kits: KitSettings[];
  #board: BoardConsole | undefined;
  /** It was kept from starting, and has to be told to. */
  #caught = false;
  #interruption = new AbortController();
  /** Counts the boards that were let go of: what becomes of an earlier one is no news. */
  #turn = 0;

  constructor(private readonly options: SessionOptions) {
    this.kits = options.files.kits.map((text) => JSON.parse(text) as KitSettings);
  }

  /** To be called by a click: without one a browser does not ask for a port. */
  async connect(): Promise<void> {
    const turn = ++this.#turn;
    this.lines = [];
    this.#to({ at: 'choose' });
    try {
      const port = await this.#choosePort();
      this.#to({ at: 'connect' });
      const transport = await this.options.openTransport(port);
      const board = (this.#board = new BoardConsole(portName, transport));
      await this.#greet(board, transport);
      const facts = await readFacts(board);
      this.#to({ at: 'found', facts, kit: this.#kitOf(facts) });
      void board.closed.then(() => {
        if (this.#board === board && this.state.at === 'found')
          void this.#fail(new BoardError('lost', `the connection to ${portName} broke`), 'untouched');
      });
    } catch (error) {
      if (turn === this.#turn) await this.#fail(error, 'untouched');
    }
  }

  async flash(kit: number): Promise<void> {
    const board = this.#board;
    const index = this.kits.findIndex((one) => one.kit === kit);
    if (!board || index < 0) return;
    this.#interruption = new AbortController();
    const { firmware, loader, kits } = this.options.files;
    let bytes = 0;
    const left: { after: After } = { after: 'untouched' };
    const flashing = {
      at: 'flash',
      kit,
      step: 'look' as FlashStep,
      written: 0,
      total: 0,
      erases: false,
    } as const;
    let shown: FlashState & { at: 'flash' } = flashing;
    const show = (change: Partial<typeof shown>): void => this.#to((shown = { ...shown, ...change }));
    try {
      const wrote = await flashOverConsole(board, {
        settings: this.kits[index]!,
        wanted: { firmware, loader, kitJson: kits[index]! },
        signal: this.#interruption.signal,
        onlineMs,
        onPlan: (plan) => {
          bytes = writtenLength(filesOf(plan));
          show({ total: bytes, erases: plan.erase });
        },
        onStep: (step) => {
          left.after = afterStep(step, left.after);
          show({ step });
        },
        onWritten: (written) => show({ written }),
        onLine: (line) => {
          this.lines = [...this.lines, line].slice(-linesMax);
          this.options.onChange();
        },
      });
      if (wrote) this.#caught = false;
      await this.#close();
      this.#to({ at: 'done', kit, outcome: wrote ? 'online' : 'nothing', bytes, detail: '' });
    } catch (error) {
      if (left.after !== 'started') return await this.#fail(error, left.after);
      const problem = problemOf(error, left.after);
      await this.#close();
      const outcome = problem.kind === 'interrupted' ? 'started' : 'not-online';
      this.#to({ at: 'done', kit, outcome, bytes, detail: problem.detail });
    }
  }

  /** Ends the upload, which leaves the board as it was, or the waiting for the link of a board that was flashed. */
  interrupt(): void {
    this.#interruption.abort();
  }

  /** Lets go of the board, which goes on as it was. */
  async leave(): Promise<void> {
    this.#turn++;
    this.#interruption.abort();
    await this.#close();
    this.#to({ at: 'ready' });
  }

  async #choosePort(): Promise<WebSerialPort> {
    try {
      return await this.options.serial.requestPort();
    } catch (error) {
      const name = error instanceof Error || error instanceof DOMException ? error.name : '';
      throw new BrowserError(name === 'NotFoundError' ? 'no-port-chosen' : 'forbidden', String(error));
    }
  }

  /** With whichever of the kits' passwords the console takes; where nothing answers, through a reset. */
  async #greet(board: BoardConsole, transport: Transport): Promise<void> {
    try {
      await this.#unlock(board);
    } catch (error) {
      if (!(error instanceof BoardError) || error.kind !== 'silent') throw error;
      this.#to({ at: 'press-reset' });
      await transport.reset?.().catch(() => {});
      this.#caught = (await catchBoard(board, pulledMs)) || (await catchBoard(board, buttonMs));
      if (!this.#caught) throw error;
      await board.greet(undefined, usualGreetMs);
    }
  }

  async #unlock(board: BoardConsole): Promise<void> {
    const passwords = [...new Set(this.kits.map(({ console }) => console))].filter(
      (one) => one !== undefined,
    );
    const last = passwords.pop();
    const { greetMs = usualGreetMs } = this.options;
    for (const password of passwords) {
      try {
        return await board.greet(password, greetMs);
      } catch (error) {
        if (!(error instanceof BoardError) || error.kind !== 'locked') throw error;
      }
    }
    await board.greet(last, greetMs);
  }

  #kitOf(facts: BoardFacts): number | undefined {
    try {
      return chooseKit(this.kits, facts, this.options.files.kit, portName).kit;
    } catch {
      return undefined;
    }
  }

  async #fail(error: unknown, after: After): Promise<void> {
    await this.#close();
    this.#to({ at: 'failed', problem: problemOf(error, after) });
  }

  async #close(): Promise<void> {
    const board = this.#board;
    this.#board = undefined;
    if (!board) return;
    if (this.#caught) restart(board);
    else board.lock();
    this.#caught = false;
    await board.close();
  }

  #to(state: FlashState): void {
    this.state = state;
    this.options.onChange();
  }
}

/** What a failure in a step leaves behind. */
function afterStep(step: FlashStep, before: After): After {
  if (step === 'erase') return 'erased';
  if (step === 'start') return 'started';
  if (before === 'erased' || step === 'look') return before;
  return step === 'commit' ? 'either' : 'as-before';
}
