import { type Batch, entriesMax, type Report, type ReportQueue } from './queue';

/** What the server has made of a batch. */
export type Outcome =
  | { type: 'taken'; status: number }
  /** It will never be taken: a 4xx that is neither 408 nor 429. */
  | { type: 'refused'; status: number; reason: string }
  /** Perhaps later: no answer, 408, 429, or any other status. */
  | { type: 'failed'; reason: string; retryAfterMs?: number };

/** What the reporter is handed. */
export interface ReporterParts {
  queue: ReportQueue;
  post(sensor: string, key: string, reports: readonly Report[]): Promise<Outcome>;
  /** Puts what was refused where a person can look at it. Resolves when it is on disk. */
  setAside(batch: Batch, outcome: Outcome & { type: 'refused' }): Promise<void>;
  /** Every attempt, every batch. */
  log(line: string): void;
  /** Something has failed, the server or the disk: nothing is sent for so long; 0 when that was the last before the end. */
  pausing(ms: number, reason: string): void;
  /** Runs `then` later; returns what cancels it. */
  after(ms: number, then: () => void): () => void;
  /** Sensors that are reported at the same time. */
  concurrency: number;
}

/** Pauses after failures, in milliseconds: 5 s, doubled each time, 300 s at most. */
export const backOffMs = { first: 5000, max: 300_000 };
/** A server that asks for no pause at all gets a short one, and none keeps us waiting for days. */
const retryAfterMs = { min: 1000, max: 3_600_000 };
/** What a server says to content that it does not like, be it of one reading among ten: bad request, too large, unprocessable. */
const aboutContent: readonly number[] = [400, 413, 422];

/** Sends what waits in the queue, and keeps what could not be sent for later. */
export class Reporter {
  readonly counters = { sent: 0, batches: 0, failures: 0, refused: 0 };
  readonly #parts: ReporterParts;
  readonly #busy = new Set<string>();
  readonly #again: Batch[];
  /** Sensors whose last attempt has failed, the longest ago first. */
  readonly #late = new Set<string>();
  #pauseMs = 0;
  #cancelPause: (() => void) | undefined;
  #stopped = false;
  #waiters: { until: () => boolean; resolve: () => void }[] = [];

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    // With the same key and content: what the server has taken before a crash, it does not take twice.
    this.#again = parts.queue.open;
  }

  /** To be called after something was added, and at the start. */
  wake(): void {
    if (this.#stopped || this.#cancelPause) return;
    while (this.#busy.size < this.#parts.concurrency && !this.#cancelPause) {
      // The back-off counts attempts, so one at a time as long as the server has not answered well.
      if (this.#pauseMs > 0 && this.#busy.size > 0) break;
      const batch = this.#next();
      if (!batch) break;
      this.#busy.add(batch.sensor);
      void this.#send(batch).finally(() => {
        this.#busy.delete(batch.sensor);
        this.wake();
        this.#tell();
      });
    }
    this.#tell();
  }

  /** Of each sensor the oldest first. A sensor that the server does not take, one too many for it, holds up no other. */
  #next(): Batch | undefined {
    const { queue } = this.#parts;
    const sensors = [...this.#again.map(({ sensor }) => sensor), ...queue.waitingSensors()].filter(
      (name) => !this.#busy.has(name),
    );
    const sensor =
      sensors.find((name) => !this.#late.has(name)) ?? [...this.#late].find((name) => sensors.includes(name));
    if (sensor === undefined) return undefined;
    const index = this.#again.findIndex((batch) => batch.sensor === sensor);
    return index < 0 ? queue.begin(sensor) : this.#again.splice(index, 1)[0];
  }

  /** Resolves when nothing waits any more, or when stopped and nothing is under way. */
  idle(): Promise<void> {
    return this.#wait(() => this.#busy.size === 0 && (this.#stopped || this.#parts.queue.length === 0));
  }

  /**
   * Resolves when the queue has room for one more, which a server that answers makes soon: what comes faster waits before it is taken.
   * At once while the server fails; then the oldest must go.
   */
  room(): Promise<void> {
    return this.#wait(() => this.#parts.queue.length < entriesMax || this.#pauseMs > 0 || this.#stopped);
  }

  /** What is under way is waited for, nothing new is begun. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    await this.idle();
  }

  #wait(until: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ until, resolve });
      this.#tell();
    });
  }

  #tell(): void {
    const over = this.#waiters.filter(({ until }) => until());
    this.#waiters = this.#waiters.filter((waiter) => !over.includes(waiter));
    for (const { resolve } of over) resolve();
  }

  async #send(batch: Batch): Promise<void> {
    const { queue, post, log, setAside } = this.#parts;
    const { sensor, key, entries } = batch;
    const what = `${sensor}: ${entries.length} as ${key}`;
    let settled = false;
    try {
      await queue.flush();
      const outcome = await post(
        sensor,
        key,
        entries.map(({ report }) => report),
      );
      if (outcome.type === 'failed') {
        log(`${what}: failed: ${outcome.reason}`);
        return this.#fail(batch, `the server does not take reports: ${outcome.reason}`, outcome.retryAfterMs);
      }
      this.#late.delete(sensor);
      if (outcome.type === 'refused') {
        log(`${what}: refused with ${outcome.status}: ${outcome.reason}`);
        if (entries.length > 1 && aboutContent.includes(outcome.status)) {
          log(`${what}: now each by itself, so that only what is refused is set aside`);
          this.#again.unshift(...queue.split(batch));
          this.#pauseMs = 0;
          return;
        }
        await setAside(batch, outcome);
        this.counters.refused += entries.length;
      } else {
        log(`${what}: taken with ${outcome.status}`);
        this.counters.sent += entries.length;
        this.counters.batches++;
      }
      settled = true;
      await queue.settle(batch);
      // The server answers: no matter what, it is there.
      this.#pauseMs = 0;
    } catch (error) {
      // The disk. What the server has not got yet is tried again; what it has is only to be noted.
      const { message } = error as Error;
      log(`${what}: ${message}`);
      this.#fail(settled ? undefined : batch, message);
    }
  }

  #fail(batch: Batch | undefined, reason: string, askedMs?: number): void {
    this.counters.failures++;
    if (batch) {
      this.#again.unshift(batch);
      this.#late.delete(batch.sensor);
      this.#late.add(batch.sensor);
    }
    if (this.#stopped && this.#busy.size === 1) this.#parts.pausing(0, reason);
    if (this.#cancelPause || this.#stopped) return;
    this.#pauseMs = this.#pauseMs === 0 ? backOffMs.first : Math.min(this.#pauseMs * 2, backOffMs.max);
    // The server knows better.
    const pauseMs =
      askedMs === undefined ? this.#pauseMs : Math.min(Math.max(askedMs, retryAfterMs.min), retryAfterMs.max);
    this.#parts.log(`next attempt in ${pauseMs / 1000} s`);
    this.#parts.pausing(pauseMs, reason);
    this.#cancelPause = this.#parts.after(pauseMs, () => {
      this.#cancelPause = undefined;
      this.wake();
    });
  }
}
