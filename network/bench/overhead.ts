/** What measuring itself costs, in milliseconds. */
export interface Overhead {
  /** The smallest step of the clock. */
  clockStepMs: number;
  /** Making a message, reading the clock twice and understanding an answer, without a network: the mean of many. */
  emptyLoopMs: number;
}

const loops = 20_000;

/** `empty` does once all that is done for a message but send and receive it. */
export function measureOverhead(now: () => number, empty: (sequence: number) => void): Overhead {
  let clockStepMs = Infinity;
  for (let last = now(), steps = 0; steps < 1000;) {
    const next = now();
    if (next <= last) continue;
    clockStepMs = Math.min(clockStepMs, next - last);
    last = next;
    steps++;
  }
  const startMs = now();
  for (let i = 0; i < loops; i++) empty(i);
  return { clockStepMs, emptyLoopMs: (now() - startMs) / loops };
}
