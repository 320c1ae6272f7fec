/**
 * What the benchmark says over UDP (a datagram each) and TCP (a line each): `bench <number> ` filled with dots to the size asked for,
 * and as answer `echo <number> <server's time in ms since 1970> ` filled likewise. Text, so that a board and netcat can take part.
 */
import { echoMin, echoText } from '../../shared/echo';

/** Bytes of a message, its newline among them; the longest fits into one packet of any network. */
export const sizeMin = echoMin;
export const sizeMax = 1400;

/** `size` bytes, the last one a newline. */
export function request(sequence: number, size: number): string {
  return `bench ${sequence} `.padEnd(size - 1, '.') + '\n';
}

/** The answer to a request, of the same size; undefined when it is none. */
export function answer(message: string, timeMs: number): string | undefined {
  return message.length > sizeMax ? undefined : echoText(message, timeMs.toFixed(3)) || undefined;
}

export interface Answer {
  sequence: number;
  serverMs: number;
}

export function parseAnswer(message: string): Answer | undefined {
  const [, sequence, time] = /^echo (\d{1,9}) (\d+(?:\.\d+)?) /.exec(message) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), serverMs: Number(time) };
}

/** Cuts a stream into lines, however it arrives. A line longer than any message is given up. */
export class Lines {
  #rest = '';

  /** The whole lines, each with its newline. Throws when one is too long. */
  take(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    if (this.#rest.length > sizeMax || lines.some((line) => line.length >= sizeMax))
      throw new Error(`a line of more than ${sizeMax} bytes`);
    return lines.map((line) => line + '\n');
  }
}
