import { createHash } from 'node:crypto';

/**
 * What waits to be reported, on disk. The journal is a list of JSON lines, each of which changes the queue a little:
 * what is on disk when the power goes is what counts afterwards, and a last line that was cut off never happened.
 */

/** A file that only grows, but for being written anew as a whole. */
export interface Journal {
  /** Everything there is; empty when there is no file yet. */
  read(): Promise<string>;
  /** Resolves when the text is on the disk itself. */
  append(text: string): Promise<void>;
  /** Puts this in the place of all: after a cut there is the one or the other, never a part. */
  replace(text: string): Promise<void>;
  /** Keeps a copy of what cannot be read, and tells its name. */
  copyDamaged(): Promise<string>;
}

/** A reading as JSON, with the time in it. */
export type Report = Readonly<Record<string, unknown>>;

export interface Entry {
  id: number;
  sensor: string;
  report: Report;
}

/** Entries that are sent together, with the same key and content each time until the server has taken or refused them. */
export interface Batch {
  /** The same for the same entries, and for no others ever. */
  key: string;
  sensor: string;
  entries: readonly Entry[];
}

type Line =
  | { client: string; next: number }
  | { add: number; sensor: string; report: Report }
  | { batch: string; ids: number[] }
  | { split: string }
  | { done: string }
  | { drop: number[] };

export const entriesMax = 500;
export const batchMax = 10;
/** When the journal has grown by this, in characters, it is written anew with only what still waits. */
const compactAfter = 1_000_000;

export class ReportQueue {
  /** Entries that had to go because the queue was full. */
  dropped = 0;
  /** What was wrong with the journal, in a sentence: lines that could not be read are left out. */
  damage: string | undefined;
  readonly #entries = new Map<number, Entry>();
  /** By key; an entry is in one batch at most. */
  readonly #batches = new Map<string, Batch>();
  readonly #inBatch = new Set<number>();
  #client = '';
  #next = 1;
  #grownBy = 0;
  /** Lines that are not on disk yet, in their order. */
  #unwritten = '';
  /** Writes happen one after the other. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(private readonly journal: Journal) {}

  /** `client` is remembered by a new queue and ignored by one that has its own; it makes keys differ between computers. */
  static async open(journal: Journal, client: string): Promise<ReportQueue> {
    const queue = new ReportQueue(journal);
    const { lines, damaged } = linesOf(await journal.read());
    for (const line of lines) queue.#apply(line);
    queue.#client ||= client;
    // Without those readings, but with all others and with those to come: nobody may be there to mend it.
    if (damaged.length > 0)
      queue.damage = `line ${damaged.join(', ')} of the queue is damaged and left out; a copy is ${await journal.copyDamaged()}`;
    // A line that was cut off would spoil the next one.
    await queue.#compact();
    return queue;
  }

  get length(): number {
    return this.#entries.size;
  }

  /** Batches that were begun and not settled, such as before a crash. */
  get open(): Batch[] {
    return [...this.#batches.values()];
  }

  /**
   * Resolves when the reports are on disk: from then on they are not lost. The oldest make room; those under way stay.
   * When the disk refuses it rejects, and `flush` tries again.
   */
  async add(reports: readonly { sensor: string; report: Report }[]): Promise<void> {
    const lines: Line[] = reports.map(({ sensor, report }) => ({ add: this.#next++, sensor, report }));
    for (const line of lines) this.#apply(line);
    const surplus = [...this.#entries.keys()]
      .filter((id) => !this.#inBatch.has(id))
      .slice(0, Math.max(this.#entries.size - entriesMax, 0));
    if (surplus.length > 0) {
      lines.push({ drop: surplus });
      this.#apply({ drop: surplus });
      this.dropped += surplus.length;
    }
    await this.#write(lines);
  }

  /**
   * Resolves when all until now is on the disk. Rejects when the disk refuses, which a full one does until somebody makes room;
   * nothing is forgotten then, and the next write begins with what is missing.
   */
  flush(): Promise<void> {
    this.#writing = this.#writing
      // Who was told of a failure before does not fail those behind him.
      .catch(() => undefined)
      .then(() => this.#writeOut());
    return this.#writing;
  }

  /** Sensors with entries that are in no batch yet, the longest waiting first. */
  waitingSensors(): string[] {
    return [
      ...new Set(
        [...this.#entries.values()].filter(({ id }) => !this.#inBatch.has(id)).map(({ sensor }) => sensor),
      ),
    ];
  }

  /** The next entries of a sensor, at most ten; undefined when none waits. To be sent only after a `flush`: then its key is on disk. */
  begin(sensor: string): Batch | undefined {
    const entries = [...this.#entries.values()]
      .filter((entry) => entry.sensor === sensor && !this.#inBatch.has(entry.id))
      .slice(0, batchMax);
    return entries.length === 0 ? undefined : this.#batchOf(entries);
  }

  /** A batch for each of its entries, in their order, since the server refuses some of them. To be sent only after a `flush`. */
  split({ key, entries }: Batch): Batch[] {
    const line = { split: key };
    this.#apply(line);
    this.#unwritten += textOf([line]);
    return entries.map((entry) => this.#batchOf([entry]));
  }

  #batchOf(entries: readonly Entry[]): Batch {
    // With the content in it: a copy of this folder, on a cloned card or out of a backup, must not give the key of one to another.
    const reports = JSON.stringify(entries.map(({ report }) => report));
    const content = createHash('sha256').update(reports).digest('hex').slice(0, 8);
    const key = `${this.#client}-${entries[0]!.id}-${content}`;
    const line = { batch: key, ids: entries.map(({ id }) => id) };
    this.#apply(line);
    this.#unwritten += textOf([line]);
    return this.#batches.get(key)!;
  }

  /** The server has taken the batch, or it was set aside. Resolves when that is on disk. */
  async settle({ key }: Batch): Promise<void> {
    this.#apply({ done: key });
    await this.#write([{ done: key }]);
  }

  #apply(line: Line): void {
    if ('client' in line) {
      this.#client = line.client;
      this.#next = line.next;
    } else if ('add' in line) {
      this.#entries.set(line.add, { id: line.add, sensor: line.sensor, report: line.report });
      this.#next = Math.max(this.#next, line.add + 1);
    } else if ('batch' in line) {
      const entries = line.ids.map((id) => this.#entries.get(id)).filter((entry) => entry !== undefined);
      if (entries.length === 0) return;
      this.#batches.set(line.batch, { key: line.batch, sensor: entries[0]!.sensor, entries });
      for (const { id } of entries) this.#inBatch.add(id);
    } else if ('split' in line) {
      for (const { id } of this.#batches.get(line.split)?.entries ?? []) this.#inBatch.delete(id);
      this.#batches.delete(line.split);
    } else if ('done' in line) {
      for (const { id } of this.#batches.get(line.done)?.entries ?? []) {
        this.#entries.delete(id);
        this.#inBatch.delete(id);
      }
      this.#batches.delete(line.done);
    } else for (const id of line.drop) this.#entries.delete(id);
  }

  #write(lines: Line[]): Promise<void> {
    this.#unwritten += textOf(lines);
    return this.flush();
  }

  async #writeOut(): Promise<void> {
    const text = this.#unwritten;
    if (text === '') return;
    await this.journal.append(text);
    this.#unwritten = this.#unwritten.slice(text.length);
    this.#grownBy += text.length;
    if (this.#grownBy > compactAfter) await this.#compact();
  }

  /** What still waits, as the shortest journal. Everything in memory may be ahead of the disk, but never behind it. */
  async #compact(): Promise<void> {
    const { length } = this.#unwritten;
    const text = textOf([
      { client: this.#client, next: this.#next },
      ...[...this.#entries.values()].map(({ id, sensor, report }) => ({ add: id, sensor, report })),
      ...[...this.#batches.values()].map(({ key, entries }) => ({
        batch: key,
        ids: entries.map(({ id }) => id),
      })),
    ]);
    await this.journal.replace(text);
    this.#unwritten = this.#unwritten.slice(length);
    this.#grownBy = 0;
  }
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => JSON.stringify(line) + '\n').join('');
}

/** With the numbers of those that cannot be read. What lies behind the last newline was being written when the power went. */
function linesOf(text: string): { lines: Line[]; damaged: number[] } {
  const all = text.split('\n');
  const torn = all.pop()!;
  const damaged: number[] = [];
  const lines = all.flatMap((each, index) => {
    const line = lineIn(each);
    if (!line) damaged.push(index + 1);
    return line ?? [];
  });
  if (torn && !torn.startsWith('{')) damaged.push(all.length + 1);
  return { lines, damaged };
}

function lineIn(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    return line && isLine(line) ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

function isLine({
  client,
  next,
  add,
  sensor,
  report,
  batch,
  ids,
  split,
  done,
  drop,
}: Partial<Record<string, unknown>>): boolean {
  if (client !== undefined) return typeof client === 'string' && isId(next);
  if (add !== undefined)
    return isId(add) && typeof sensor === 'string' && typeof report === 'object' && report !== null;
  if (batch !== undefined) return typeof batch === 'string' && areIds(ids);
  if (drop !== undefined) return areIds(drop);
  return typeof (done ?? split) === 'string';
}

const isId = (value: unknown): boolean => Number.isSafeInteger(value);
const areIds = (value: unknown): boolean => Array.isArray(value) && value.every(isId);
