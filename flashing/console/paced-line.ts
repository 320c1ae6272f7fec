/**
 * Espruino 2v29 on ESP32 loses what comes in packets of more than 64 bytes, so bytes leave in small pieces.
 * Source: Espruino issue 2718.
 */
const pieceLength = 32;
/** Longer than a piece takes at 115,200 baud, so that two of them do not become one packet. */
const pieceMs = 6;
/** Longest wait for a board that has said XOFF: one that wedges never says XON. */
const pausedMsMax = 1000;

const xon = '\x11';
const xoff = '\x13';

/** What a line of its own is made of. */
export interface Wire {
  /** Sends a few bytes; what it returns is not waited for. */
  send(bytes: string): unknown;
  /** false once nothing can be sent any more. */
  isOpen(): boolean;
  /** Settles after so many milliseconds. */
  wait?(ms: number): Promise<void>;
}

/** Bytes to a board over a serial cable, no faster than the board takes them. */
export class PacedLine {
  #queue = '';
  #sending = false;
  #paused = false;
  #resume: (() => void) | undefined;

  constructor(private readonly wire: Wire) {}

  write(bytes: string): void {
    this.#queue += bytes;
    if (!this.#sending) void this.#send();
  }

  /** What the board says goes through here; comes back without XON and XOFF. */
  take(bytes: string): string {
    const last = Math.max(bytes.lastIndexOf(xon), bytes.lastIndexOf(xoff));
    if (last < 0) return bytes;
    this.#paused = bytes[last] === xoff;
    if (!this.#paused) this.#resume?.();
    return bytes.replaceAll(xon, '').replaceAll(xoff, '');
  }

  /** Settles when all was sent, or nothing can be sent any more. */
  async drained(): Promise<void> {
    while (this.#sending && this.wire.isOpen()) await this.#wait(pieceMs);
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#queue !== '' && this.wire.isOpen()) {
      if (this.#paused) await this.#resumed();
      const piece = this.#queue.slice(0, pieceLength);
      this.#queue = this.#queue.slice(pieceLength);
      this.wire.send(piece);
      await this.#wait(pieceMs);
    }
    this.#queue = '';
    this.#sending = false;
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#paused = false;
        this.#resume = undefined;
        resolve();
      };
      const timer = setTimeout(go, pausedMsMax);
      this.#resume = go;
    });
  }

  #wait(ms: number): Promise<void> {
    return this.wire.wait ? this.wire.wait(ms) : new Promise((resolve) => setTimeout(resolve, ms));
  }
}
