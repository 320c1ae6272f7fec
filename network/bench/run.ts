import type { RoundTrip } from './statistics';
import { parseAnswer, request } from './message';

/** A way to the other end and back. */
export interface Line {
  send(message: string): void;
  /** Called with each message that comes, whole. */
  onMessage: (message: string) => void;
  /** Called with a sentence when the line is broken; nothing comes after it. */
  onBroken: (reason: string) => void;
}

export interface RunOptions {
  count: number;
  /** Number of the first message, so that a late answer to an earlier run counts for none of this one; 0 unless told otherwise. */
  first?: number;
  /** Bytes of a message. */
  size: number;
  /** Pause between two messages; 0: the next follows the answer. */
  everyMs: number;
  /** An answer that takes longer counts as lost. */
  timeoutMs: number;
  /** A clock that goes on, in milliseconds. */
  now: () => number;
  /** Runs `then` later; returns what cancels it. */
  after: (ms: number, then: () => void) => () => void;
  progress: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Nobody is there when so many time-outs have passed without any answer. */
const silentTimeouts = 3;

export interface Run {
  /** In the order in which they were sent. */
  roundTrips: RoundTrip[];
  outOfOrder: number;
  /** In the same order: the server's clock when it answered, in milliseconds since 1970. */
  serverMs: (number | undefined)[];
  /** Answers that came more than once. */
  repeated: number;
}

/**
 * Sends the messages and times the answers. Ends early when aborted, when the line breaks, or when nobody answers at all for three
 * time-outs; what was not sent is not in the result.
 */
export function run(line: Line, options: RunOptions): Promise<Run> {
  const { count, first = 0, size, everyMs, timeoutMs, now, after, progress, signal } = options;
  const sentMs: number[] = [];
  const result: Run = { roundTrips: [], outOfOrder: 0, serverMs: [], repeated: 0 };
  return new Promise((resolve) => {
    let last = -1;
    let open = 0;
    let answered = false;
    let cancel = () => {};
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      line.onMessage = line.onBroken = () => undefined;
      resolve(result);
    };
    const sendNext = (): void => {
      if (sentMs.length === count) {
        // At a pace, the last answers may still be under way.
        if (open === 0 || everyMs === 0) end();
        else cancel = after(timeoutMs, end);
        return;
      }
      if (!answered && now() - (sentMs[0] ?? now()) >= silentTimeouts * timeoutMs) return end();
      const text = request(first + sentMs.length, size);
      open++;
      result.roundTrips.push(undefined);
      result.serverMs.push(undefined);
      cancel = after(everyMs || timeoutMs, sendNext);
      sentMs.push(now());
      line.send(text);
      progress(sentMs.length, count);
    };
    line.onMessage = (message) => {
      const atMs = now();
      const answer = parseAnswer(message);
      const sequence = answer ? answer.sequence - first : -1;
      const sent = sentMs[sequence];
      if (answer === undefined || sent === undefined) return;
      answered = true;
      if (result.roundTrips[sequence] !== undefined) {
        result.repeated++;
        return;
      }
      if (atMs - sent > timeoutMs) return;
      if (sequence < last) result.outOfOrder++;
      last = Math.max(last, sequence);
      result.roundTrips[sequence] = atMs - sent;
      result.serverMs[sequence] = answer.serverMs;
      open--;
      const waited = everyMs === 0 && sequence === sentMs.length - 1;
      if (waited || (sentMs.length === count && open === 0)) {
        cancel();
        sendNext();
      }
    };
    line.onBroken = end;
    if (signal?.aborted) return end();
    signal?.addEventListener('abort', end);
    sendNext();
  });
}
