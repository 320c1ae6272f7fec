import type Database from 'libsql';
import type { Transport } from '../../shared/live';
import { Rows } from './rows';
import { queryOne } from './statement';
import type { Track } from './tracks';

/** Puts readings into their table, several at a time. */
export class Insertion {
  private readonly rows: Rows;
  private readonly lastN: ReturnType<typeof queryOne<[number | null]>>;

  constructor(db: Database.Database) {
    this.rows = new Rows(db, 'INSERT INTO reading', 6);
    this.lastN = queryOne(db, 'SELECT max(n) FROM reading WHERE sensor = ? AND at_ms = ?');
  }

  add(track: Track, atMs: number, lateMs: number, transport: Transport, data: string): void {
    this.rows.add(track.sensor, atMs, this.numberOf(track, atMs), lateMs, transport, data);
  }

  flush(): void {
    this.rows.flush();
  }

  /** After a transaction that failed. */
  forget(): void {
    this.rows.forget();
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
