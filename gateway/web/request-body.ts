import type { IncomingMessage } from 'node:http';
import { Problem } from './problem';

/** Longest body of a request, in bytes: 500 readings of 16 values with long names. */
export const bodyBytesMax = 256 * 1024;
/** What of a longer one is read and thrown away, so that the client sees the answer and not a broken connection. */
const discardedBytesMax = 4 * bodyBytesMax;

export const tooLarge = () => new Problem(413, `the body is longer than ${bodyBytesMax} bytes`);

/**
 * Hands over the body as text, or a Problem when it is too long. Neither is called when the client goes away. Callbacks
 * since a promise for each reading would cost as much as checking it.
 */
export function readBody(
  request: IncomingMessage,
  onBody: (text: string) => void,
  onProblem: (problem: Problem) => void,
): void {
  let chunks: Buffer[] | undefined = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks!.push(chunk);
    else if (bytes <= discardedBytesMax) chunks = undefined;
    else {
      request.removeAllListeners('end').pause();
      onProblem(tooLarge());
    }
  });
  request.on('end', () => {
    if (!chunks) onProblem(tooLarge());
    else onBody(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString());
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
