import type { Clock } from '../clock';
import { Lane } from './lane';
import type { Wire, WireEvents } from './network';

/** How a host's application hears of the end: the board closed in order, or the connection was reset. */
export type StreamEnd = 'end' | 'reset';

/** Ends a connection after so many bytes in one direction, in the middle of whatever they belong to. */
export interface Cut {
  toBoard?: number;
  fromBoard?: number;
  by: 'end' | 'reset' | 'silence';
}

/** What a connection needs to know of the network around it. */
export interface StreamParts {
  clock: Clock;
  /** One way. */
  latencyMs(): number;
  /** Largest piece in which bytes reach the board; 1 splits at every byte. */
  segmentBytes(): number;
  /** How long bytes wait for more to be joined with. */
  joinMs(): number;
  /** Whether anything passes between the board and the host now. */
  passable(): boolean;
  /** Both ends know that it is over. */
  onOver(): void;
}

/**
 * One TCP connection of a simulated network, as the host's application holds it. Bytes that cannot pass wait and go on
 * later, as TCP does by sending again; the switches below are for what TCP cannot mend.
 */
export class VirtualStream {
  /** Bytes delivered so far. */
  readonly delivered = { toBoard: 0, fromBoard: 0 };
  readonly #toBoard: Lane;
  readonly #fromBoard: Lane;
  #board: WireEvents | undefined;
  #boardClosed = false;
  /** The board has heard of the end, or never will. */
  #boardDone = false;
  #hostClosed = false;
  #unread: Buffer[] = [];
  #onData: ((data: Buffer) => void) | undefined;
  #onClose: ((end: StreamEnd) => void) | undefined;
  #end: StreamEnd | undefined;
  #joining: Buffer[] = [];
  #cut: Cut | undefined;
  #stalled = false;

  constructor(
    private readonly parts: StreamParts,
    /** False: the host's kernel takes everything and its application hears of nothing. */
    private readonly attended: boolean,
    /** The board's address. */
    readonly remoteAddress: string,
  ) {
    const passable = (): boolean => !this.#stalled && parts.passable();
    this.#toBoard = new Lane(parts.clock, parts.latencyMs, passable);
    this.#fromBoard = new Lane(parts.clock, parts.latencyMs, passable);
  }

  /** Bytes to the board; strings are taken byte by byte. */
  write(data: Uint8Array | string): void {
    if (this.#hostClosed) return;
    this.#joining.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data));
    const joinMs = this.parts.joinMs();
    if (joinMs === 0) this.#sendJoined();
    else if (this.#joining.length === 1)
      this.parts.clock.at(this.parts.clock.now() + joinMs, () => this.#sendJoined());
  }

  /** Bytes from the board, also those that came before this call. */
  onData(handler: (data: Buffer) => void): void {
    this.#onData = handler;
    for (const data of this.#unread.splice(0)) handler(data);
  }

  /** The board has closed, or reset, the connection; not called for what this end did. */
  onClose(handler: (end: StreamEnd) => void): void {
    this.#onClose = handler;
    if (this.#end !== undefined) handler(this.#end);
  }

  get closed(): boolean {
    return this.#hostClosed;
  }

  /** Closes in order, after what was written. */
  destroy(): void {
    if (this.#hostClosed) return;
    this.#sendJoined();
    this.#hostClosed = true;
    this.#toBoard.push(() => this.#tellBoard('end'));
  }

  /** Closes at once with a reset; what is on its way to the board is lost. */
  reset(): void {
    if (this.#hostClosed) return;
    this.#hostClosed = true;
    this.#toBoard.clear();
    this.#toBoard.push(() => this.#tellBoard('reset'));
  }

  /** The host forgets the connection without a word, as in a power cut: the next bytes from the board are answered by a reset. */
  forget(): void {
    this.#hostClosed = true;
    this.#settle();
  }

  /** From now on bytes vanish in both directions, and neither end hears of it. */
  vanish(): void {
    this.#toBoard.lost = true;
    this.#fromBoard.lost = true;
    this.#boardDone = true;
    this.#settle();
  }

  /** Nothing is delivered or acknowledged while true; everything goes on after that. */
  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    this.retry();
  }

  cut(cut: Cut): void {
    this.#cut = cut;
  }

  /** Something around has changed: what waits may pass now. */
  retry(): void {
    this.#toBoard.retry();
    this.#fromBoard.retry();
  }

  /** The board's end. `startMs` is when it begins to send. */
  wire(board: WireEvents): Wire {
    this.#board = board;
    return {
      send: (bytes) => this.#fromBoard.push(() => this.#arrive(Buffer.from(bytes))),
      close: (onReleased) => {
        this.#boardClosed = true;
        this.#fromBoard.push(() => {
          this.#toBoard.push(() => {
            this.#boardDone = true;
            this.#settle();
            onReleased();
          });
          this.#endHost('end');
        });
      },
    };
  }

  /** The board has lost its power: it does not hear any more, and answers with a reset when it is back. */
  loseBoard(): void {
    this.#board = undefined;
    this.#fromBoard.lost = true;
    this.#boardDone = true;
    this.#settle();
  }

  /** The board has another address now: its own end is aborted, the host hears nothing. */
  abortBoard(): void {
    this.#board?.onReset();
    this.loseBoard();
  }

  #sendJoined(): void {
    const bytes = Buffer.concat(this.#joining.splice(0));
    const size = this.parts.segmentBytes();
    for (let at = 0; at < bytes.length; at += size) {
      const segment = bytes.subarray(at, at + size);
      this.#toBoard.push(() => this.#deliver(segment));
    }
  }

  #deliver(segment: Buffer): void {
    if (this.#board === undefined) {
      this.#endHost('reset');
      return;
    }
    const bytes = this.#limit(segment, 'toBoard');
    if (bytes.length > 0 && !this.#boardClosed) this.#board.onData(bytes);
    this.#checkCut('toBoard');
  }

  #arrive(data: Buffer): void {
    if (this.#hostClosed) {
      this.#toBoard.push(() => this.#tellBoard('reset'));
      return;
    }
    const bytes = this.#limit(data, 'fromBoard');
    const count = bytes.length;
    if (count > 0) {
      this.#toBoard.push(() => this.#board?.onAcknowledged(count));
      if (this.attended && this.#onData === undefined) this.#unread.push(bytes);
      else if (this.attended) this.#onData?.(bytes);
    }
    this.#checkCut('fromBoard');
  }

  #limit(bytes: Buffer, direction: 'toBoard' | 'fromBoard'): Buffer {
    const limit = this.#cut?.[direction] ?? Infinity;
    const passed = bytes.subarray(0, Math.max(0, limit - this.delivered[direction]));
    this.delivered[direction] += passed.length;
    return passed;
  }

  #checkCut(direction: 'toBoard' | 'fromBoard'): void {
    const cut = this.#cut;
    if (cut === undefined || this.delivered[direction] < (cut[direction] ?? Infinity)) return;
    this.#cut = undefined;
    this.#toBoard.clear();
    if (cut.by === 'silence') {
      this.vanish();
      return;
    }
    this.#tellBoard(cut.by);
    this.#endHost(cut.by);
  }

  #tellBoard(end: StreamEnd): void {
    this.#boardDone = true;
    if (end === 'end') this.#board?.onEnd();
    else this.#board?.onReset();
    this.#settle();
  }

  #endHost(end: StreamEnd): void {
    if (this.#hostClosed) return;
    this.#hostClosed = true;
    this.#settle();
    if (!this.attended) return;
    this.#end = end;
    this.#onClose?.(end);
  }

  #settle(): void {
    if (this.#hostClosed && this.#boardDone) this.parts.onOver();
  }
}
