import type { KitSettings } from '../shared/settings';
import { type BoardConsole, markGood } from './console';
import { FlashError } from './flash-error';

export interface Awaited {
  settings: KitSettings;
  timeoutMs: number;
  /** What the board prints, line by line. */
  onLine: (line: string) => void;
  signal: AbortSignal;
}

/** Restarts the chip, not only its interpreter. */
export function restart(board: BoardConsole): void {
  board.send(`${markGood}E.reboot()`);
}

/** What a board says of itself as it starts, until it is online or says that it will not be. */
export class BootNews {
  /** Settles when the kit is online; a FlashError says why it is not. */
  readonly online: Promise<void>;
  #greeted = false;
  #reached = false;
  #last = '';
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(private readonly awaited: Awaited) {
    this.online = new Promise<void>((...settle) => ([this.#resolve, this.#reject] = settle));
    // Who awaits it may come later than the news.
    this.online.catch(() => {});
  }

  listen(board: BoardConsole): void {
    board.onLine = (line) => {
      if (line.trim() !== '') this.#take(line);
    };
  }

  /** Whether it has said that its firmware runs. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** Its console answers again, and what it said before is lost. */
  reached(): void {
    this.#reached = true;
  }

  /** Somebody else has it from the kit that it is online. */
  confirm(): void {
    this.#resolve();
  }

  /** The firmware that was flashed was given up after crashes. */
  givenUp(slot: string): void {
    this.#fail(`keeps crashing: ${slot} is given up`);
  }

  /** The time is over, or it was interrupted. */
  end(): void {
    const { signal, timeoutMs } = this.awaited;
    if (signal.aborted) return this.#reject(new FlashError('interrupted', 'interrupted'));
    const seconds = `${timeoutMs / 1000} s`;
    if (this.#last !== '') this.#fail(`is not online after ${seconds}; it says "${this.#last}"`);
    else if (this.#reached)
      this.#fail(`was not seen to come online within ${seconds}; its console answers: npm run doctor`);
    else if (this.#greeted) this.#fail(`is not online after ${seconds}: is its WiFi network there?`);
    else
      this.#fail(
        `has not greeted within ${seconds}; npm run rescue gets hold of a board that does not start`,
      );
  }

  #take(line: string): void {
    const { settings, onLine } = this.awaited;
    onLine(line);
    this.#greeted ||= /^Lamplighter \S+, boot \d+, board /.test(line);
    if (/^(?:link|kit\.json|Lamplighter): /.test(line)) this.#last = line;
    // What the loader says begins so, and none of it is good: what runs now is something else than what was flashed.
    if (/^Lamplighter: |^Lamplighter \d.*, safe mode$/.test(line))
      this.#fail(`crashes or does not start: "${line}"`);
    else if (line.startsWith(`link: online as kit_${settings.kit},`)) this.#resolve();
    else if (/^kit\.json: .*outputs stay off$/.test(line)) this.#fail(`refuses its configuration: "${line}"`);
  }

  #fail(why: string): void {
    const kit = `kit ${this.awaited.settings.kit}`;
    this.#reject(new FlashError('not-online', `${kit} was flashed and verified, but ${why}`));
  }
}
