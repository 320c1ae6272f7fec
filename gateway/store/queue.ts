import type { Batch } from './protocol';
import type { StoredReading } from './store';

/** What one call has brought: readings that go to the disk together. */
export interface Entry extends Batch {
  /** Only of a batch with a key. */
  resolve?: (outcome: 'stored' | 'duplicate') => void;
  reject?: (error: Error) => void;
}

/** Readings that wait for the disk, bounded in number and in memory; what has waited longest is given up first. */
export class Queue {
  count = 0;
  dropped = 0;
  private length = 0;
  private keys = 0;
  private entries: Entry[] = [];
  /** Index of the first entry that still waits: taking from the front of an array costs its whole length. */
  private first = 0;

  constructor(
    private readonly rowsMax: number,
    private readonly lengthMax: number,
  ) {}

  /** False when the batch cannot be taken; one without a key displaces older ones instead. */
  add(entry: Entry): boolean {
    if (entry.key !== undefined && !this.fits(entry)) return false;
    this.push(entry);
    while (this.count > this.rowsMax || this.length > this.lengthMax) this.dropOldest();
    return true;
  }

  get hasEntries(): boolean {
    return this.first < this.entries.length;
  }

  /** Somebody waits for the answer. */
  get hasKeys(): boolean {
    return this.keys > 0;
  }

  /** Some entries from the front: at least one, if there is any, and not many more than `rows` readings. */
  take(rows: number): Entry[] {
    const taken: Entry[] = [];
    for (let count = 0; count < rows && this.first < this.entries.length;) {
      const entry = this.entries[this.first]!;
      this.entries[this.first++] = emptied;
      this.weigh(entry, -1);
      count += entry.count;
      taken.push(entry);
    }
    this.compact();
    return taken;
  }

  /** Back to the front, in their order: they could not be stored. */
  putBack(entries: Entry[]): void {
    this.entries = [...entries, ...this.entries.slice(this.first)];
    this.first = 0;
    for (const entry of entries) this.weigh(entry, 1);
    while (this.count > this.rowsMax || this.length > this.lengthMax) this.dropOldest();
  }

  private fits({ count, text }: Entry): boolean {
    return this.count + count <= this.rowsMax && this.length + text.length <= this.lengthMax;
  }

  private push(entry: Entry): void {
    this.entries.push(entry);
    this.weigh(entry, 1);
  }

  private weigh({ count, text, key }: Entry, sign: 1 | -1): void {
    this.count += sign * count;
    this.length += sign * text.length;
    if (key !== undefined) this.keys += sign;
  }

  private dropOldest(): void {
    const [oldest] = this.take(1);
    this.dropped += oldest!.count;
    oldest!.reject?.(new Error('the history has no room for more: too many readings wait for the disk'));
  }

  private compact(): void {
    if (this.first < 1000 || this.first * 2 < this.entries.length) return;
    this.entries = this.entries.slice(this.first);
    this.first = 0;
  }
}

const emptied: Entry = { text: '', count: 0 };

export function entryOf(readings: readonly StoredReading[], receivedMs: number, key?: string): Entry {
  let text = '';
  for (const { sensor, atMs, transport, values } of readings) {
    const comma = text === '' ? '' : ',';
    // A time that is none would make the whole row unreadable.
    const measuredMs = Number.isFinite(atMs) ? atMs : receivedMs;
    text += `${comma}${JSON.stringify(sensor)},${measuredMs},${receivedMs},"${transport}",${JSON.stringify(values)}`;
  }
  return { key, text, count: readings.length };
}
