import { BoardError } from './errors';

type Callback = ((...args: unknown[]) => void) | string;

interface Timer {
  dueMs: number;
  /** Present in an interval. */
  periodMs: number | undefined;
  callback: Callback;
  args: unknown[];
}

/** Source: Espruino src/jsinteractive.h, TIMER_MIN_INTERVAL and TIMER_MAX_INTERVAL. */
const shortestMs = 0.1;
const longestMs = 31_536_000_001_000;

/**
 * setTimeout, setInterval and their kin. The list is kept in the order of creation and walked in that order once
 * an idle pass, as the interpreter does; what is due first therefore runs first, except after a stall.
 * Source: Espruino src/jsinteractive.c (jsiIdle, jsiTimerAdd), src/jswrap_interactive.c.
 */
export class Timers {
  readonly #timers = new Map<number, Timer>();
  #changed = false;

  constructor(
    private readonly now: () => number,
    private readonly call: (callback: Callback, args: unknown[]) => void,
    private readonly onChange: () => void,
  ) {}

  get size(): number {
    return this.#timers.size;
  }

  add(callback: unknown, ms: unknown, repeat: boolean, args: unknown[]): number {
    if (typeof callback !== 'function' && typeof callback !== 'string')
      throw new BoardError('Function or String not supplied!');
    const delayMs = clampDelay(ms);
    if (delayMs > longestMs) throw new BoardError('Interval is too long (>100 years)');
    // The next id is the last entry's plus one, so the id of the newest timer is used again once it is gone.
    let id = 1;
    for (const key of this.#timers.keys()) id = key + 1;
    const dueMs = this.now() + delayMs;
    this.#timers.set(id, {
      dueMs,
      periodMs: repeat ? delayMs : undefined,
      callback: callback as Callback,
      args,
    });
    this.#change();
    return id;
  }

  /** Without any argument everything is deleted; an argument of `undefined` is refused. */
  clear(args: unknown[], kind: 'Timeout' | 'Interval'): void {
    this.#change();
    if (args.length === 0) {
      this.#timers.clear();
    } else if (args[0] === undefined) {
      throw new BoardError(`clear${kind}(undefined) not allowed. Use clear${kind}() instead`);
    } else {
      this.#delete(args[0]);
    }
  }

  /** A text is no id, not even one of digits. */
  #delete(id: unknown): void {
    if (typeof id === 'number') this.#timers.delete(id);
  }

  change(id: unknown, ms: unknown): void {
    const timer = this.#timers.get(Number(id));
    if (timer === undefined) throw new BoardError('Unknown Interval');
    timer.periodMs = clampDelay(ms);
    timer.dueMs = this.now() + timer.periodMs;
    this.#change();
  }

  /** One idle pass: everything due at `passMs` runs once. An interval keeps its phase, so it catches up pass by pass. */
  run(passMs: number): void {
    do {
      this.#changed = false;
      for (const [id, timer] of this.#timers) {
        if (this.#changed) break;
        if (timer.dueMs > passMs) continue;
        const { dueMs } = timer;
        this.call(timer.callback, timer.args);
        // The period is read after the call, the phase before: changeInterval() inside the callback changes only the period.
        if (timer.periodMs !== undefined) timer.dueMs = dueMs + timer.periodMs;
        else if (this.#timers.get(id) === timer) this.#timers.delete(id);
      }
    } while (this.#changed);
  }

  #change(): void {
    this.#changed = true;
    this.onChange();
  }

  nextDueMs(): number {
    let next = Infinity;
    for (const timer of this.#timers.values()) if (timer.dueMs < next) next = timer.dueMs;
    return next;
  }
}

function clampDelay(ms: unknown): number {
  const value = Number(ms);
  return value >= shortestMs ? value : shortestMs;
}
