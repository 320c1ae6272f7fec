import type { HistoryError } from './history-error';
import type { Batch } from './protocol';
import { type KeyedEntry, noRoom, type Page, Queue, textOf, type Work } from './queue';
import type { StoreCounters, StoredReading } from './store';
import type { Timers } from './timers';

export interface WriterOptions {
  file: string;
  /** No other writer ever has the same. */
  name: string;
  timers: Timers;
  say: (sentence: string) => void;
  write: (name: string, batches: Batch[], retried: boolean) => Promise<('stored' | 'duplicate')[]>;
  /** Readings. */
  waitingMax: number;
}

/** In bytes: readings with many values or long texts take more room than others. */
const waitingSizeMax = 16_000_000;
/** A write begins when the first reading is so old, or with so many; with the write itself that makes 100 ms. */
const gatherMs = 80;
const gatherCount = 500;
/** What has gathered during a pause is written in larger pieces. */
const countPerWrite = 2000;
const retryMsMin = 1000;
const retryMsMax = 10_000;
/** A card that tidies itself up may take a second or two. */
const slowMs = 5000;

/** Gathers readings, and writes them one batch at a time until they are on the disk. */
export class Writer {
  readonly counters: StoreCounters = { stored: 0, waiting: 0, dropped: 0, commits: 0 };
  /** A sentence while nothing can be written. */
  trouble: string | undefined;
  private readonly queue: Queue;
  private writing: Promise<void> | undefined;
  private timer: unknown;
  private isDraining = false;
  private retryMs = 0;
  /** Why the latest write has failed. */
  private failure: HistoryError | undefined;
  /** What the latest write was not answered well for: the next one is the same, and asks whether it was done already. */
  private unsure: Page[] = [];
  private writes = 0;
  private name = '';

  constructor(private readonly options: WriterOptions) {
    this.queue = new Queue(options.waitingMax, waitingSizeMax);
  }

  add(readings: readonly StoredReading[], receivedMs: number): void {
    for (const reading of readings) this.queue.add(reading, receivedMs);
    this.count();
    this.plan();
  }

  /** Resolves when it is on the disk; rejects when it cannot be stored. */
  addOnce(
    key: string,
    readings: readonly StoredReading[],
    receivedMs: number,
  ): Promise<'stored' | 'duplicate'> {
    // Its sender sends it again: better to be told now than to wait for as long as the disk fails. Where nothing else waits
    // to be written, it finds out how the disk is.
    if (this.failure && this.hasWork) return Promise.reject(this.failure);
    const text = readings.map((reading) => textOf(reading, receivedMs)).join(',');
    return new Promise((resolve, reject) => {
      if (!this.queue.addKeyed({ key, text, count: readings.length, resolve, reject })) {
        reject(noRoom());
        return;
      }
      this.count();
      this.plan();
    });
  }

  /** Begins to write what waits, so that a question asked next finds it. */
  hurry(): void {
    if (this.writing || this.isDraining || this.retryMs > 0 || this.queue.isEmpty) return;
    this.cancel();
    void this.write();
  }

  /** Writes all that waits; gives up at the first failure. */
  async drain(): Promise<void> {
    this.isDraining = true;
    this.cancel();
    await this.writing;
    do await this.write();
    while (this.hasWork && this.retryMs === 0);
    this.isDraining = false;
  }

  /** Says what is wrong until the next write that succeeds. */
  begin(trouble: string): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.options.say(`${trouble}; readings are kept in memory, ${this.options.waitingMax} at most`);
  }

  private get hasWork(): boolean {
    return this.unsure.length > 0 || !this.queue.isEmpty;
  }

  private plan(): void {
    if (this.writing || this.isDraining || !this.hasWork) return;
    if (this.retryMs === 0 && (this.queue.hasKeys || this.queue.count >= gatherCount)) {
      this.cancel();
      void this.write();
    } else {
      this.timer ??= this.options.timers.set(() => {
        this.timer = undefined;
        void this.write();
      }, this.retryMs || gatherMs);
    }
  }

  private cancel(): void {
    if (this.timer !== undefined) this.options.timers.clear(this.timer);
    this.timer = undefined;
  }

  private write(): Promise<void> {
    this.writing = this.writeOnce().finally(() => {
      this.writing = undefined;
      this.count();
      this.plan();
    });
    return this.writing;
  }

  private async writeOnce(): Promise<void> {
    const isRetried = this.unsure.length > 0;
    const work = isRetried ? { pages: this.unsure, keyed: [] } : this.queue.take(countPerWrite);
    if (work.pages.length === 0 && work.keyed.length === 0) return;
    this.unsure = [];
    if (!isRetried) this.name = `${this.options.name}-${++this.writes}`;
    const slow = this.options.timers.set(() => this.begin(this.slow), slowMs);
    try {
      const [, ...outcomes] = await this.options.write(this.name, batchesOf(work), isRetried);
      this.onWritten(work, outcomes);
    } catch (error) {
      this.onFailed(work, error as HistoryError);
    } finally {
      this.options.timers.clear(slow);
    }
  }

  private get slow(): string {
    return `${this.options.file}: the disk has not answered for ${slowMs / 1000} s`;
  }

  private onWritten({ pages, keyed }: Work, outcomes: ('stored' | 'duplicate')[]): void {
    this.counters.commits++;
    this.retryMs = 0;
    this.failure = undefined;
    this.counters.stored += countOf(pages);
    this.queue.release(pages);
    keyed.forEach(({ count, resolve }, index) => {
      const outcome = outcomes[index]!;
      if (outcome === 'stored') this.counters.stored += count;
      resolve(outcome);
    });
    if (this.trouble === undefined) return;
    this.count();
    this.trouble = undefined;
    const { waiting, dropped } = this.counters;
    this.options.say(
      `${this.options.file}: readings are written again; ${waiting} wait, ${dropped} were given up`,
    );
  }

  /** Who has given a key sends its batch again; all others are kept for the next attempt. */
  private onFailed({ pages, keyed }: Work, error: HistoryError): void {
    for (const { reject } of [...keyed, ...this.queue.takeKeyed()]) reject(error);
    this.failure = error;
    this.unsure = pages;
    this.retryMs = Math.min(Math.max(retryMsMin, 2 * this.retryMs), retryMsMax);
    this.begin(error.message);
  }

  private count(): void {
    this.counters.waiting = this.queue.count + countOf(this.unsure);
    this.counters.dropped = this.queue.dropped;
  }
}

const countOf = (pages: Page[]): number => pages.reduce((sum, { count }) => sum + count, 0);

/** All that has no key is the first batch. */
function batchesOf({ pages, keyed }: Work): Batch[] {
  const text = pages.map(({ bytes, length }) => bytes.subarray(0, length));
  const batch = ({ key, text, count }: KeyedEntry): Batch => ({ key, text, count });
  return [{ text, count: countOf(pages) }, ...keyed.map(batch)];
}
