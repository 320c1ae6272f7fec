import type { Clock } from '../clock';

/** After a path is passable again, TCP's next try. */
const resendMs = 1_000;

/** One direction of a connection: things happen at its far end in the order they were sent, once the path lets them. */
export class Lane {
  /** Whatever is sent from now on never arrives. */
  lost = false;
  readonly #waiting: (() => void)[] = [];
  #lastMs = 0;
  #generation = 0;
  #resending = false;

  constructor(
    private readonly clock: Clock,
    private readonly latencyMs: () => number,
    private readonly passable: () => boolean,
  ) {}

  push(arrive: () => void): void {
    const generation = this.#generation;
    this.#lastMs = Math.max(this.#lastMs, this.clock.now() + this.latencyMs());
    this.clock.at(this.#lastMs, () => {
      if (this.lost || generation !== this.#generation) return;
      if (this.#waiting.length > 0 || !this.passable()) this.#waiting.push(arrive);
      else arrive();
    });
  }

  /** What is under way is lost. */
  clear(): void {
    this.#generation++;
    this.#waiting.length = 0;
  }

  /** The path may be passable again. */
  retry(): void {
    if (this.#waiting.length === 0 || this.#resending || !this.passable()) return;
    this.#resending = true;
    this.clock.at(this.clock.now() + resendMs, () => {
      this.#resending = false;
      while (this.#waiting.length > 0 && this.passable() && !this.lost) this.#waiting.shift()!();
    });
  }
}
