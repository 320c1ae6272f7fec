/**
 * Time as the world sees it, shared by every board, sensor and access point of one simulation.
 * Milliseconds, fractional; only differences mean anything.
 */
export interface Clock {
  now(): number;
  /** Runs `run` once at `timeMs`, or as soon as possible when that has passed. Returns what cancels it. */
  at(timeMs: number, run: () => void): () => void;
}

/** The computer's own monotonic clock. */
export class RealClock implements Clock {
  now(): number {
    return performance.now();
  }

  at(timeMs: number, run: () => void): () => void {
    const delayMs = timeMs - this.now();
    // The shortest timer takes 1 ms: half of what lies between a command and the relay.
    if (delayMs <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    // Node fires a timer up to 1 ms early when the delay is rounded down.
    const timer = setTimeout(run, Math.ceil(delayMs));
    return () => clearTimeout(timer);
  }
}

interface Appointment {
  timeMs: number;
  /** Keeps appointments of the same time in the order they were made. */
  order: number;
  run: (() => void) | undefined;
}

/** A clock that stands still until it is told to advance: a day passes in seconds, the same way every time. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #live = 0;
  /** A binary heap, the earliest first; cancelled appointments stay until they come up. */
  readonly #heap: Appointment[] = [];

  now(): number {
    return this.#nowMs;
  }

  at(timeMs: number, run: () => void): () => void {
    const appointment: Appointment = { timeMs: Math.max(timeMs, this.#nowMs), order: this.#order++, run };
    this.#push(appointment);
    this.#live++;
    return () => {
      if (appointment.run === undefined) return;
      appointment.run = undefined;
      this.#live--;
      if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live) this.#forgetCancelled();
    };
  }

  /** Runs everything that falls due within `ms`, in order, including what is scheduled meanwhile. */
  advance(ms: number): void {
    this.advanceTo(this.#nowMs + ms);
  }

  /** The same up to the time `timeMs`, what is due at that very moment included. */
  advanceTo(timeMs: number): void {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.timeMs > timeMs) break;
      this.#pop();
      const run = next.run;
      if (run === undefined) continue;
      next.run = undefined;
      this.#live--;
      this.#nowMs = next.timeMs;
      run();
    }
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }

  /** How many appointments are still to come. */
  pending(): number {
    return this.#live;
  }

  /** Who moves a far deadline again and again leaves a cancelled appointment each time. */
  #forgetCancelled(): void {
    const live = this.#heap.filter((appointment) => appointment.run !== undefined);
    this.#heap.length = 0;
    for (const appointment of live) this.#push(appointment);
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (isBefore(parent, appointment)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = appointment;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}
