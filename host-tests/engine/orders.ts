import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { flashFile } from './interpreter';
import { ordersMark } from './prelude';

/** Longest order, characters. */
const longest = 400;
const firstMark = 'A'.charCodeAt(0);
const marks = 26;

/** What the Storage file of the orders holds at first. */
export const noOrders = ordersMark + '\0' + '\n'.padEnd(longest + 1);

/**
 * JavaScript for a running board, written into the flash that it has mapped into its memory: it looks whenever it reads
 * its light sensor, each 100 ms. Orders that come faster wait for their turn; one that the board loses to a restart is lost.
 */
export class Orders {
  readonly #path: string;
  readonly #offset: number;
  #count = 0;
  #mark = '';
  #waiting: string[] = [];

  constructor(folder: string) {
    this.#path = join(folder, flashFile);
    this.#offset = readFileSync(this.#path).indexOf(ordersMark) + ordersMark.length;
    if (this.#offset < ordersMark.length) throw new Error(`${this.#path} has no place for orders`);
  }

  /** What a board that starts now finds, in place of everything that was ordered. */
  begin(code: string): void {
    this.#waiting = [];
    this.#write(code);
  }

  give(code: string): void {
    if (this.#mark) this.#waiting.push(code);
    else this.#write(code);
  }

  /** The board has run the order with this mark. */
  done(mark: string): void {
    if (mark !== this.#mark) return;
    this.#mark = '';
    const code = this.#waiting.splice(0).join(';');
    if (code) this.#write(code);
  }

  #write(code: string): void {
    if (code.length > longest) throw new Error(`an order has at most ${longest} characters: ${code}`);
    this.#mark = String.fromCharCode(firstMark + (this.#count++ % marks));
    const file = openSync(this.#path, 'r+');
    // The mark at last: it is what the board looks at.
    writeSync(file, `${code}\n`, this.#offset + 1, 'latin1');
    writeSync(file, this.#mark, this.#offset, 'latin1');
    closeSync(file);
  }
}
