import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests after which it is looked whether the answers to those before are gone. */
const step = 16;

interface Line {
  requests: number;
  /** One of those before. */
  earlier: ServerResponse | undefined;
}

/**
 * A client may send its next requests before it has read an answer, and Node then keeps answers that are not read, some
 * 5 kB each, by the thousand. No browser does that; here two dozen may wait on one connection.
 */
export class Pipelining {
  readonly #lines = new WeakMap<Socket, Line>();

  /** False for one request too many. Counts without a listener on each answer, which would cost as much as the answer. */
  allows(socket: Socket, response: ServerResponse): boolean {
    const line = this.#lines.get(socket);
    if (!line) {
      this.#lines.set(socket, { requests: 1, earlier: undefined });
      return true;
    }
    if (++line.requests % step > 0) return true;
    const { earlier } = line;
    line.earlier = response;
    return !earlier || earlier.writableFinished;
  }
}
