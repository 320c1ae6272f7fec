import type { Clock } from './clock';
import { adaptDate } from './date';
import { Emitters } from './emitter';
import { Endless, bounded } from './endless';
import { Halted } from './errors';
import { PowerCut } from './flash';
import { installGlobals } from './globals';
import { adaptLanguage } from './language';
import { createPromise } from './promise';
import { BoardRandom } from './random';
import { Realm } from './realm';
import { Timers } from './timers';
import { uncaughtText } from './uncaught';

type Callback = (...args: never[]) => unknown;

export interface EventMethods {
  on(event: string, listener: Callback | string): void;
  emit(event: string, ...args: unknown[]): void;
  removeListener(event: string, listener: Callback | string): void;
  removeAllListeners(event?: string): void;
}

/** What the parts around the processor see of it: time, and one queue of things to run. */
export interface Interpreter {
  readonly clock: Clock;
  /** The board's own time in milliseconds: the clock's, or later while JavaScript keeps the processor busy. */
  now(): number;
  /** Runs the callback in an idle pass, in the order of these calls. */
  queue(callback: Callback, ...args: unknown[]): void;
  /** JavaScript blocks that long: the world goes on, but nothing else of this board runs until then. */
  stall(ms: number): void;
  /** Timing of hardware: runs on the world's time, also during a stall; a reset cancels it. Returns what cancels it. */
  later(ms: number, run: () => void): () => void;
  /**
   * Makes an object of the board: its functions may be called by board code, and it has Espruino's event methods.
   * `onListen` hears the name of each event that somebody starts to listen to.
   */
  emitter<T extends object>(target: T, onListen?: (event: string) => void): T & EventMethods;
  /** How many listeners an object has. */
  listenerCount(target: object): number;
  /** Plain data rebuilt as the board's own objects and arrays. */
  data<T>(value: T): T;
  /** An `Error` of the board, to be thrown into its code. */
  error(message: string): Error;
  print(line: string): void;
  /** False once the board was reset or switched off: nothing of it may run any more. */
  readonly alive: boolean;
}

interface Queued {
  self: unknown;
  callbacks: readonly (Callback | string)[];
  args: readonly unknown[];
}

export interface InterpreterOptions {
  clock: Clock;
  /** The serial console, line by line. */
  print: (line: string) => void;
  /** Survives a soft reset, as the chip's memory does; a new sequence when absent. */
  random?: BoardRandom;
  /** The clock's time at which the board's own time was zero. */
  epochMs?: number;
  /** Real time after which JavaScript that has not returned is taken for an endless loop; never when absent. */
  endlessMs?: number | undefined;
}

/**
 * One boot of a board: Espruino's language in a world of its own, and its event loop, one idle pass after the other,
 * each handling interrupts, then timers, then queued events. Source: Espruino src/jsinteractive.c, jsiIdle.
 */
export class BoardInterpreter implements Interpreter {
  readonly clock: Clock;
  readonly realm = new Realm();
  readonly timers: Timers;
  readonly emitters: Emitters;
  /** Called with an exception that no board code caught; true when it was dealt with. */
  onUncaught: (error: unknown) => boolean = () => false;
  /** Handles the interrupts that have come in since the last pass. */
  onInterrupts: (() => void) | undefined;
  /** Runs at the end of a pass: what reset() and load() have asked for. */
  onPassEnd: (() => void) | undefined;
  /** The chip's watchdog bites so long after the idle loop was reached last. */
  longestStallMs = Infinity;
  /** The watchdog has bitten. */
  onStarved: (() => void) | undefined;
  readonly #print: (line: string) => void;
  readonly #endlessMs: number | undefined;
  /** What later() has planned. */
  readonly #planned = new Set<() => void>();
  #queue: Queued[] = [];
  #interrupted = false;
  #running = false;
  /** What nobody caught in this pass: the last exception of several, as the interpreter has room for one. */
  #uncaught: { error: unknown } | undefined;
  /** How deep board code is nested just now. */
  #executing = 0;
  /** How far JavaScript has come; ahead of the clock after a stall. */
  #reachedMs = 0;
  /** When the idle loop was reached last. */
  #idleMs = 0;
  #wakeMs = Infinity;
  #cancelWake: (() => void) | undefined;
  #epochMs: number;

  constructor(options: InterpreterOptions) {
    this.clock = options.clock;
    this.#print = options.print;
    this.#endlessMs = options.endlessMs;
    this.#epochMs = options.epochMs ?? options.clock.now();
    this.timers = new Timers(
      () => this.now(),
      (callback, args) => this.call(callback as Callback | string, undefined, args),
      () => this.#wake(),
    );
    this.emitters = new Emitters((self, callbacks, args) => {
      this.#enqueue({ self, callbacks: callbacks as readonly (Callback | string)[], args });
    });
    adaptLanguage(this.realm, options.random ?? new BoardRandom());
    adaptDate(this.realm, () => this.timeMs());
    installGlobals(this);
    this.realm.define(
      'Promise',
      createPromise(this.realm, (run) => this.queue(run)),
    );
  }

  get alive(): boolean {
    return !this.realm.halted;
  }

  now(): number {
    const clockMs = this.clock.now();
    return clockMs > this.#reachedMs ? clockMs : this.#reachedMs;
  }

  /** What getTime() is made of: milliseconds since power-on, unless setTime() has changed it. */
  timeMs(): number {
    return this.now() - this.#epochMs;
  }

  setTimeMs(ms: number): void {
    this.#epochMs = this.now() - ms;
  }

  queue(callback: Callback, ...args: unknown[]): void {
    this.#enqueue({ self: undefined, callbacks: [callback], args });
  }

  /** An interrupt has come in: a pass is due. */
  interrupt(): void {
    this.#interrupted = true;
    this.#wake();
  }

  stall(ms: number): void {
    if (!(ms > 0)) return;
    const idle = this.#executing === 0 && !this.#running && this.clock.now() >= this.#reachedMs;
    if (idle) this.#idleMs = this.now();
    const reachedMs = this.now() + ms;
    if (reachedMs - this.#idleMs < this.longestStallMs) {
      this.#reachedMs = reachedMs;
      // A part of the board that holds the processor from outside JavaScript puts off the pass that is planned.
      this.#wake();
      return;
    }
    this.#starve();
    if (this.#executing > 0) throw new Halted();
  }

  later(ms: number, run: () => void): () => void {
    if (!this.alive) return () => {};
    const cancelClock = this.clock.at(this.now() + ms, () => {
      this.#planned.delete(cancel);
      run();
    });
    const cancel = (): void => {
      this.#planned.delete(cancel);
      cancelClock();
    };
    this.#planned.add(cancel);
    return cancel;
  }

  emitter<T extends object>(target: T, onListen?: (event: string) => void): T & EventMethods {
    if (onListen !== undefined) this.emitters.onListen(target, onListen);
    // `on`, `emit` and the others come from the board's Object.prototype.
    return this.realm.module(target) as T & EventMethods;
  }

  listenerCount(target: object): number {
    return this.emitters.count(target);
  }

  data<T>(value: T): T {
    return this.realm.data(value) as T;
  }

  error(message: string): Error {
    return this.realm.error(message);
  }

  print(text: string): void {
    for (const line of text.split('\n')) this.#print(line);
  }

  /** Runs board code at once, outside any idle pass: boot code, or a line at the console. Exceptions go to the caller. */
  evaluate(code: string, name: string): unknown {
    if (!this.alive) throw new Halted();
    if (!this.#running) this.#idleMs = this.now();
    try {
      return this.#execute(() => this.realm.run(code, name));
    } finally {
      this.#wake();
    }
  }

  /** Runs boot code; exceptions are reported. */
  run(code: string, name: string): void {
    try {
      this.evaluate(code, name);
    } catch (error) {
      this.report(error);
      this.tellUncaught();
    }
  }

  /** Runs a callback; an exception that it lets out is reported, and nothing is lost by it. */
  call(callback: Callback | string, self: unknown, args: readonly unknown[]): void {
    if (!this.alive) return;
    try {
      this.#execute(() => {
        if (typeof callback === 'string') this.realm.run(callback, 'event');
        else callback.apply(self as never, args as never[]);
      });
    } catch (error) {
      this.report(error);
    }
  }

  /** Keeps what nobody caught for the end of the pass. An error of this program itself is nobody's to swallow and goes on. */
  report(error: unknown): void {
    if (error instanceof Halted || error instanceof PowerCut || !this.alive) return;
    if (error instanceof Error) throw error;
    this.#uncaught = { error };
    this.#wake();
  }

  /** Tells what nobody caught to the listeners of `uncaughtException`; without any, or when one of them fails, to the console. */
  tellUncaught(): void {
    if (this.#uncaught === undefined) return;
    const { error } = this.#uncaught;
    this.#uncaught = undefined;
    const handled = this.onUncaught(error);
    // Set by a listener that failed: read afresh.
    const again = this.#uncaught as { error: unknown } | undefined;
    this.#uncaught = undefined;
    if (again !== undefined) this.print(uncaughtText(again.error));
    else if (!handled) this.print(uncaughtText(error));
  }

  /** Everything this board had planned is gone: a reset, or no power. */
  halt(): void {
    this.realm.halted = true;
    this.#queue = [];
    this.#cancelWake?.();
    for (const cancel of [...this.#planned]) cancel();
  }

  /** Runs board code, which may never return. */
  #execute<T>(run: () => T): T {
    const outermost = this.#executing === 0;
    this.#executing++;
    try {
      return outermost && this.#endlessMs !== undefined ? bounded(run, this.#endlessMs) : run();
    } catch (error) {
      if (!(error instanceof Endless)) throw error;
      this.#starve();
      throw new Halted();
    } finally {
      this.#executing = outermost ? 0 : this.#executing - 1;
    }
  }

  /** What stands behind a call that does not end never runs; the outputs stay as they are until the watchdog bites, if there is one. */
  #starve(): void {
    this.halt();
    this.#reachedMs = this.#idleMs + this.longestStallMs;
    if (this.#reachedMs < Infinity) this.clock.at(this.#reachedMs, () => this.onStarved?.());
  }

  #enqueue(event: Queued): void {
    if (!this.alive) return;
    this.#queue.push(event);
    this.#wake();
  }

  #pass(): void {
    this.#wakeMs = Infinity;
    this.#cancelWake = undefined;
    this.#running = true;
    this.#idleMs = this.now();
    try {
      if (this.#interrupted) {
        this.#interrupted = false;
        this.onInterrupts?.();
      }
      this.timers.run(this.now());
      this.#runQueue();
      if (this.alive) this.tellUncaught();
      if (this.alive) this.onPassEnd?.();
    } finally {
      this.#running = false;
    }
    this.#wake();
  }

  /** What a queued callback queues runs in the same pass. */
  #runQueue(): void {
    for (let i = 0; i < this.#queue.length; i++) {
      const { self, callbacks, args } = this.#queue[i]!;
      for (const callback of [...callbacks]) this.call(callback, self, args);
    }
    if (this.#queue.length > 0) this.#queue = [];
  }

  /** Sees to it that the next pass comes when there is something to do. */
  #wake(): void {
    if (this.#running || !this.alive) return;
    const nowMs = this.now();
    const busy = this.#interrupted || this.#uncaught !== undefined || this.#queue.length > 0;
    const dueMs = busy ? nowMs : Math.max(nowMs, this.timers.nextDueMs());
    if (dueMs === this.#wakeMs) return;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#wakeMs = dueMs;
    if (dueMs !== Infinity) this.#cancelWake = this.clock.at(dueMs, () => this.#pass());
  }
}
