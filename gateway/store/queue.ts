import type { StoredReading } from './store';

/** A batch with a key, whose sender waits for the answer. */
export interface KeyedEntry {
  key: string;
  text: string;
  count: number;
  resolve: (outcome: 'stored' | 'duplicate') => void;
  reject: (error: Error) => void;
}

/** Readings as text, beside the heap of JavaScript: there, every one of them would be copied by the garbage collector. */
export interface Page {
  bytes: Buffer;
  length: number;
  /** Of readings. */
  count: number;
}

/** What is written together. */
export interface Work {
  pages: Page[];
  keyed: KeyedEntry[];
}

const pageLength = 65_536;
/** Pages that are kept for what comes next. */
const sparesMax = 4;

/** Readings that wait for the disk, bounded in number and in memory; what has waited longest is given up first. */
export class Queue {
  /** Readings that wait, and those that were given up. */
  count = 0;
  dropped = 0;
  /** In bytes; a page counts whole. */
  private size = 0;
  private pages: Page[] = [];
  private keyed: KeyedEntry[] = [];
  private readonly spares: Buffer[] = [];

  constructor(
    private readonly countMax: number,
    private readonly sizeMax: number,
  ) {}

  get isEmpty(): boolean {
    return this.pages.length === 0 && this.keyed.length === 0;
  }

  /** Somebody waits for the answer. */
  get hasKeys(): boolean {
    return this.keyed.length > 0;
  }

  add(reading: StoredReading, receivedMs: number): void {
    const text = textOf(reading, receivedMs);
    let page = this.pages.at(-1);
    // In UTF-8 a character takes three bytes at most, as JavaScript counts characters; one more is for the comma.
    const need = 3 * text.length + 1;
    // Pages are given up whole: none holds more than a hundredth of what may wait.
    const isFull = !page || page.length + need > page.bytes.length || page.count >= this.countMax / 100;
    if (!page || isFull) page = this.newPage(need);
    if (page.count > 0) page.bytes[page.length++] = comma;
    page.length += page.bytes.write(text, page.length);
    page.count++;
    this.count++;
    while (this.count > this.countMax || this.size > this.sizeMax) this.dropOldest();
  }

  /** False when there is no room for it: its sender will try again. */
  addKeyed(entry: KeyedEntry): boolean {
    if (this.count + entry.count > this.countMax || this.size + entry.text.length > this.sizeMax)
      return false;
    this.keyed.push(entry);
    this.count += entry.count;
    this.size += entry.text.length;
    return true;
  }

  /** What has waited longest, of both kinds: not many more than `count` readings of each. */
  take(count: number): Work {
    const work: Work = { pages: [], keyed: [] };
    for (let taken = 0; taken < count && this.pages.length > 0; taken += work.pages.at(-1)!.count)
      work.pages.push(this.takePage());
    for (let taken = 0; taken < count && this.keyed.length > 0; taken += work.keyed.at(-1)!.count + 1) {
      const entry = this.keyed.shift()!;
      this.count -= entry.count;
      this.size -= entry.text.length;
      work.keyed.push(entry);
    }
    return work;
  }

  /** All batches with a key: they are not kept for a disk that fails. */
  takeKeyed(): KeyedEntry[] {
    const keyed = this.keyed.splice(0);
    for (const { count, text } of keyed) {
      this.count -= count;
      this.size -= text.length;
    }
    return keyed;
  }

  /** They are written. */
  release(pages: Page[]): void {
    for (const { bytes } of pages)
      if (bytes.length === pageLength && this.spares.length < sparesMax) this.spares.push(bytes);
  }

  private newPage(lengthMin: number): Page {
    const bytes = lengthMin > pageLength ? Buffer.allocUnsafeSlow(lengthMin) : this.spare();
    const page = { bytes, length: 0, count: 0 };
    this.pages.push(page);
    this.size += bytes.length;
    return page;
  }

  private spare(): Buffer {
    return this.spares.pop() ?? Buffer.allocUnsafeSlow(pageLength);
  }

  private takePage(): Page {
    const page = this.pages.shift()!;
    this.count -= page.count;
    this.size -= page.bytes.length;
    return page;
  }

  private dropOldest(): void {
    if (this.pages.length > 0) {
      const page = this.takePage();
      this.dropped += page.count;
      this.release([page]);
      return;
    }
    const { keyed } = this.take(1);
    for (const { reject } of keyed) reject(noRoom());
  }
}

const comma = 44;

export const noRoom = (): Error =>
  new Error('the history has no room for more: too many readings wait for the disk');

/** A reading as the journal keeps it: sensor, atMs, receivedMs, transport and values as JSON, without brackets. */
export function textOf({ sensor, atMs, transport, values }: StoredReading, receivedMs: number): string {
  // A time that is none would make the whole row unreadable.
  const measuredMs = Number.isFinite(atMs) ? atMs : receivedMs;
  return `${JSON.stringify(sensor)},${measuredMs},${receivedMs},"${transport}",${JSON.stringify(values)}`;
}
