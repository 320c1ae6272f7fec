import type Database from 'libsql';
import type { Transport } from '../../shared/live';
import { command, type Parameter, queryOne } from './statement';
import type { Track } from './tracks';

/** Rows handed over by one call: a call of libsql costs as much as three rows. */
const sizes = [50, 5, 1];
const width = 6;

/** Puts readings into their table, several at a time. */
export class Insertion {
  private waiting: (string | number)[] = [];
  private readonly inserts: { count: number; insert: ReturnType<typeof command> }[];
  private readonly lastN: (...key: Parameter[]) => [number | null] | undefined;

  constructor(db: Database.Database) {
    this.inserts = sizes.map((count) => {
      const rows = Array<string>(count).fill('(?, ?, ?, ?, ?, ?)');
      return { count, insert: command(db, `INSERT INTO reading VALUES ${rows.join(', ')}`) };
    });
    this.lastN = queryOne(db, 'SELECT max(n) FROM reading WHERE sensor = ? AND at_ms = ?');
  }

  add(track: Track, atMs: number, lateMs: number, transport: Transport, data: string): void {
    const n = this.numberOf(track, atMs);
    this.waiting.push(track.sensor, atMs, n, lateMs, transport, data);
    if (this.waiting.length === sizes[0]! * width) this.flush();
  }

  flush(): void {
    let at = 0;
    for (const { count, insert } of this.inserts) {
      for (const length = count * width; at + length <= this.waiting.length; at += length)
        insert(...this.waiting.slice(at, at + length));
    }
    this.waiting = [];
  }

  /** After a transaction that failed. */
  forget(): void {
    this.waiting = [];
  }

  /** How many readings of this sensor and millisecond came before. */
  private numberOf(track: Track, atMs: number): number {
    if (atMs > track.lastMs) {
      track.lastMs = atMs;
      track.lastN = 0;
      return 0;
    }
    if (atMs === track.lastMs && track.minute.atMs > -Infinity) return ++track.lastN;
    this.flush();
    const [last] = this.lastN(track.sensor, atMs)!;
    return last === null ? 0 : last + 1;
  }
}
