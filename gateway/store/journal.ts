import type Database from 'libsql';
import type { Transport, Values } from '../../shared/live';
import type { PackedReading } from './chunks';
import { command, queryAll, queryOne } from './statement';

/** Five entries for each reading: sensor, atMs, receivedMs, transport, values. */
type Entry = string | number | Values;
const width = 5;

/**
 * Readings as they came, one row of the table for each transaction: that is all a reading costs until its page in the
 * table of readings is worth writing. What is here is also in memory.
 */
export class Journal {
  /** Readings that wait here. */
  count = 0;
  private texts: string[];
  private readonly sql: ReturnType<typeof statements>;

  constructor(private readonly db: Database.Database) {
    this.sql = statements(db);
    this.texts = textsOf(db);
    this.count = this.texts.reduce((count, text) => count + entriesOf(text).length / width, 0);
  }

  /** True when the write of this name was done, unless another one was done since. */
  has(write: string): boolean {
    return this.sql.has(write) !== undefined;
  }

  /** Within a transaction; `taken` has to follow when it is committed. */
  add(write: string, text: string): void {
    this.sql.add(write, text);
  }

  taken(text: string, count: number): void {
    if (count === 0) return;
    this.texts.push(text);
    this.count += count;
  }

  /** Within a transaction: whatever else wrote to the file, this is what waits in it now. */
  bySensor(): Map<string, PackedReading[]> {
    const [count] = this.sql.count()!;
    if (count !== this.texts.length) this.texts = textsOf(this.db);
    return bySensor(this.texts);
  }

  /** Within a transaction, after which `emptied` has to follow. Keeps the name of the latest write. */
  clear(): void {
    this.sql.clear();
    this.sql.clearLast();
  }

  emptied(): void {
    this.texts = [];
    this.count = 0;
  }
}

/** What waits in the journal of a file; writes nothing. */
export function readJournal(db: Database.Database): Map<string, PackedReading[]> {
  return bySensor(textsOf(db));
}

function textsOf(db: Database.Database): string[] {
  const texts = queryAll<[string]>(db, `SELECT readings FROM journal WHERE readings <> '[]' ORDER BY id`);
  return texts().map(([text]) => text);
}

function bySensor(texts: string[]): Map<string, PackedReading[]> {
  const all = new Map<string, PackedReading[]>();
  for (const text of texts) {
    const entries = entriesOf(text);
    for (let at = 0; at < entries.length; at += width) {
      const sensor = entries[at] as string;
      const reading = {
        atMs: entries[at + 1] as number,
        receivedMs: entries[at + 2] as number,
        transport: entries[at + 3] as Transport,
        values: entries[at + 4] as Values,
      };
      const known = all.get(sensor);
      if (known) known.push(reading);
      else all.set(sensor, [reading]);
    }
  }
  return all;
}

/** A row that cannot be read, since somebody has changed it by hand, must not hold up all others. */
function entriesOf(text: string): Entry[] {
  try {
    return JSON.parse(text) as Entry[];
  } catch {
    return [];
  }
}

function statements(db: Database.Database) {
  return {
    count: queryOne<[number]>(db, `SELECT count(*) FROM journal WHERE readings <> '[]'`),
    has: queryOne(db, 'SELECT 1 FROM journal WHERE write = ?'),
    add: command(db, 'INSERT INTO journal (write, readings) VALUES (?, ?)'),
    clear: command(db, 'DELETE FROM journal WHERE id < (SELECT max(id) FROM journal)'),
    clearLast: command(db, `UPDATE journal SET readings = '[]'`),
  };
}
