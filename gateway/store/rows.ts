import type Database from 'libsql';
import { command, type Parameter } from './statement';

/** Rows handed over by one call: a call of libsql costs as much as three rows. */
const sizes = [50, 5, 1];

/** Rows for one table that wait until there are enough of them. */
export class Rows {
  private waiting: Parameter[] = [];
  private readonly inserts: { length: number; insert: ReturnType<typeof command> }[];
  private readonly lengthMax: number;

  /** `start` and `end` are what stands before and after VALUES. */
  constructor(db: Database.Database, start: string, width: number, end = '') {
    const row = `(${Array<string>(width).fill('?').join(', ')})`;
    this.lengthMax = sizes[0]! * width;
    this.inserts = sizes.map((count) => {
      const rows = Array<string>(count).fill(row).join(', ');
      return { length: count * width, insert: command(db, `${start} VALUES ${rows} ${end}`) };
    });
  }

  add(...row: Parameter[]): void {
    for (const value of row) this.waiting.push(value);
    if (this.waiting.length === this.lengthMax) this.flush();
  }

  flush(): void {
    let at = 0;
    for (const { length, insert } of this.inserts) {
      for (; at + length <= this.waiting.length; at += length) insert(...this.waiting.slice(at, at + length));
    }
    this.waiting = [];
  }

  /** After a transaction that failed. */
  forget(): void {
    this.waiting = [];
  }
}
