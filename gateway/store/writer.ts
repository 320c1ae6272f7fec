import type { HistoryError } from './history-error';
import type { Batch } from './protocol';
import { type Entry, Queue } from './queue';
import type { StoreCounters } from './store';
import type { Timers } from './timers';

export interface WriterOptions {
  file: string;
  /** No other writer ever has the same. */
  name: string;
  timers: Timers;
  say: (sentence: string) => void;
  write: (name: string, batches: Batch[], retried: boolean) => Promise<('stored' | 'duplicate')[]>;
  waitingMax: number;
}

/** Characters, some 30 MB: readings with many values or long texts take more room than others. */
const waitingLengthMax = 16_000_000;
/** A write begins when the first reading is so old, or with so many; with the write itself that makes 100 ms. */
const gatherMs = 80;
const gatherRows = 500;
/** What has gathered during a pause is written in larger pieces. */
const rowsPerWrite = 2000;
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
  private isUrgent = false;
  private isDraining = false;
  private retryMs = 0;
  /** What the latest write was not answered well for: the next one is the same, and asks whether it was done already. */
  private unsure: Entry[] = [];
  private isAlone = false;
  private writes = 0;
  private name = '';
  private givenUp = 0;

  constructor(private readonly options: WriterOptions) {
    this.queue = new Queue(options.waitingMax, waitingLengthMax);
  }

  add(entry: Entry): boolean {
    const isTaken = this.queue.add(entry);
    this.isUrgent ||= entry.key !== undefined;
    this.count();
    this.plan();
    return isTaken;
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

  private get slow(): string {
    return `${this.options.file}: the disk has not answered for ${slowMs / 1000} s`;
  }

  private get hasWork(): boolean {
    return this.unsure.length > 0 || this.queue.hasEntries;
  }

  private plan(): void {
    if (this.writing || this.isDraining || !this.hasWork) return;
    if (this.retryMs === 0 && (this.isUrgent || this.queue.count >= gatherRows)) {
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
    const entries = isRetried ? this.unsure : this.queue.take(this.isAlone ? 1 : rowsPerWrite);
    this.unsure = [];
    if (!isRetried) this.name = `${this.options.name}-${++this.writes}`;
    this.isUrgent = this.queue.hasKeys;
    if (entries.length === 0) return;
    const slow = this.options.timers.set(() => this.begin(this.slow), slowMs);
    try {
      const outcomes = await this.options.write(this.name, batchesOf(entries), isRetried);
      this.onWritten(entries, outcomes);
    } catch (error) {
      this.onFailed(entries, error as HistoryError);
    } finally {
      this.options.timers.clear(slow);
    }
  }

  private onWritten(entries: Entry[], outcomes: ('stored' | 'duplicate')[]): void {
    this.counters.commits++;
    this.isAlone = false;
    this.retryMs = 0;
    let next = 1;
    entries.forEach(({ key, count, resolve }) => {
      // What has no key was written as the first batch.
      const outcome = key === undefined ? 'stored' : outcomes[next++]!;
      if (outcome === 'stored') this.counters.stored += count;
      resolve?.(outcome);
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
  private onFailed(entries: Entry[], error: HistoryError): void {
    for (const { reject } of entries) reject?.(error);
    const kept = entries.filter(({ key }) => key === undefined);
    // Something in the readings themselves: found by writing one at a time, and given up, lest it holds up the rest.
    if (error.problem === 'other' && this.isAlone && kept.length > 0) {
      this.givenUp += kept[0]!.count;
      this.options.say(`${error.message}; ${kept[0]!.count} readings were given up`);
      return;
    }
    this.isAlone = error.problem === 'other';
    if (this.isAlone) this.queue.putBack(kept);
    else this.unsure = kept;
    this.retryMs = Math.min(Math.max(retryMsMin, 2 * this.retryMs), retryMsMax);
    this.begin(error.message);
  }

  /** Says what is wrong until the next write that succeeds. */
  begin(trouble: string): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.options.say(`${trouble}; readings are kept in memory, ${this.options.waitingMax} at most`);
  }

  private count(): void {
    const unsure = this.unsure.reduce((sum, { count }) => sum + count, 0);
    this.counters.waiting = this.queue.count + unsure;
    this.counters.dropped = this.queue.dropped + this.givenUp;
  }
}

/** All that has no key is the first batch: one long text is handed over for the price of a short one. */
function batchesOf(entries: Entry[]): Batch[] {
  const plain = entries.filter(({ key }) => key === undefined);
  const text = plain.map((entry) => entry.text).join(',');
  const count = plain.reduce((sum, entry) => sum + entry.count, 0);
  const keyed = entries.filter(({ key }) => key !== undefined);
  return [{ text, count }, ...keyed.map(({ key, text, count }) => ({ key, text, count }))];
}
