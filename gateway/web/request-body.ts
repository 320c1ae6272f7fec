import type { IncomingMessage } from 'node:http';
import { Problem } from './problem';

/** Longest body of a request, in bytes: 500 readings of 16 values with long names. */
export const bodyBytesMax = 256 * 1024;
/** What of a longer one is read and thrown away, so that the client sees the answer and not a broken connection. */
const discardedBytesMax = 4 * bodyBytesMax;
/** Bodies that come in pieces, all together: two thousand that are never ended must not take the memory of all others. */
export const gatheredBytesMax = 32 * 1024 * 1024;

export const tooLarge = () => new Problem(413, `the body is longer than ${bodyBytesMax} bytes`);
const tooMuch = () => new Problem(503, 'too many bodies are on their way: send it again', undefined, 5);

/** By all requests of this process. */
let gatheredBytes = 0;

/**
 * Hands over the body as text, or a Problem when it is too long. Neither is called when the client goes away. Callbacks
 * since a promise for each reading would cost as much as checking it.
 */
export function readBody(
  request: IncomingMessage,
  onBody: (text: string) => void,
  onProblem: (problem: Problem) => void,
): void {
  /** The only piece, or the room in which they are put together: whatever comes byte by byte holds no more than its bytes. */
  let held: Buffer | undefined;
  let bytes = 0;
  let gathered = 0;
  const gather = (piece: Buffer): boolean => {
    const before = bytes - piece.length;
    if (!held) {
      held = piece;
      return true;
    }
    if (bytes > held.length) {
      const size = Math.min(bodyBytesMax, 2 * bytes);
      if (gatheredBytes + size - gathered > gatheredBytesMax) return false;
      if (gathered === 0) request.once('close', () => (gatheredBytes -= gathered));
      gatheredBytes += size - gathered;
      gathered = size;
      const grown = Buffer.allocUnsafeSlow(size);
      held.copy(grown, 0, 0, before);
      held = grown;
    }
    piece.copy(held, before);
    return true;
  };
  const refuse = (problem: Problem): void => {
    request.removeAllListeners('data').removeAllListeners('end').pause();
    held = undefined;
    onProblem(problem);
  };
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > discardedBytesMax) refuse(tooLarge());
    else if (bytes > bodyBytesMax) held = undefined;
    else if (!gather(piece)) refuse(tooMuch());
  });
  request.on('end', () => {
    if (bytes > bodyBytesMax) onProblem(tooLarge());
    else onBody(held ? held.toString('utf8', 0, bytes) : '');
  });
}

/** The body as JSON. Rejects with a Problem; never settles when the client goes away. */
export function readJson(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onBody = (text: string) => {
      try {
        resolve(parseJson(text));
      } catch (error) {
        reject(error as Problem);
      }
    };
    readBody(request, onBody, reject);
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(400, `the body is not JSON: ${(error as Error).message.slice(0, 120)}`);
  }
}
