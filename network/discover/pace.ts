/** Runs many small jobs: no more than so many at once, and no more than so many begun a second. */
export class Pace {
  #free: number;
  #nextMs = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly options: {
      concurrency: number;
      perSecond: number;
      now: () => number;
      sleep: (ms: number) => Promise<void>;
    },
  ) {
    this.#free = options.concurrency;
  }

  /** Begins the job when its turn has come. */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#slot();
    try {
      signal?.throwIfAborted();
      await this.#turn();
      signal?.throwIfAborted();
      return await job();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #slot(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #turn(): Promise<void> {
    const { now, sleep, perSecond } = this.options;
    const at = Math.max(this.#nextMs, now());
    this.#nextMs = at + 1000 / perSecond;
    const waitMs = at - now();
    // Timers are coarser than the pace: what is less than a tick early goes at once.
    if (waitMs > 2) await sleep(waitMs);
  }
}
