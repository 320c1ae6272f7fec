import type { Clock } from '../clock';

/**
 * Timing of a board's hardware: it runs on the world's time, also while JavaScript keeps the processor busy, and
 * ends with the board.
 */
export class Hardware {
  readonly #pending = new Set<() => void>();

  constructor(readonly clock: Clock) {}

  /** Runs `run` after `ms`, counted from `startMs`. Returns what cancels it. */
  later(ms: number, run: () => void, startMs = this.clock.now()): () => void {
    const cancelClock = this.clock.at(startMs + ms, () => {
      this.#pending.delete(cancel);
      run();
    });
    const cancel = (): void => {
      this.#pending.delete(cancel);
      cancelClock();
    };
    this.#pending.add(cancel);
    return cancel;
  }

  cancelAll(): void {
    for (const cancel of [...this.#pending]) cancel();
  }
}
