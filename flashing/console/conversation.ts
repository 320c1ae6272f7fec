import { BoardError } from './board-error';
import { LineReader } from './line-reader';
import type { Transport } from './transport';

/** How much of what was heard is kept to be searched, in bytes. */
const heardMax = 65_536 + 1024;

/** One side talks, the other is listened to until something is heard or the time is over. */
export class Conversation {
  /** What the board has said since it was last spoken to. */
  heard = '';
  onLine: ((line: string) => void) | undefined;
  onBytes: ((bytes: string) => void) | undefined;
  readonly #lines = new LineReader((line) => this.onLine?.(line));
  #over = false;
  #listen: (() => void) | undefined;

  constructor(
    readonly port: string,
    readonly transport: Transport,
  ) {
    transport.onBytes = (bytes) => {
      this.heard = (this.heard + bytes).slice(-heardMax);
      this.#listen?.();
      this.onBytes?.(bytes);
      this.#lines.feed(bytes);
    };
    void transport.closed.then(() => {
      this.#over = true;
      this.#listen?.();
    });
  }

  say(bytes: string): void {
    this.heard = '';
    this.transport.write(bytes);
  }

  /** What `find` makes of what was heard, as soon as it makes anything; undefined when the time is over. */
  until<T>(find: (heard: string) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        this.#listen = undefined;
        resolve(found);
      };
      const listen = (): void => {
        const found = find(this.heard);
        if (found !== undefined) settle(found);
        else if (this.#over) {
          clearTimeout(timer);
          reject(this.#lost());
        }
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      this.#listen = listen;
      listen();
    });
  }

  #lost(): BoardError {
    if (/in use by another connection/.test(this.heard)) {
      return new BoardError('busy', `the console at ${this.port} is in use by another connection`);
    }
    return new BoardError(
      'lost',
      `the connection to ${this.port} broke: was the board unplugged or reset, or did another program take its console?`,
    );
  }
}
