import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import type { Pins } from './pins';

type Callback = ((event: object) => void) | string;

interface Watch {
  pin: number;
  callback: Callback;
  repeat: boolean;
  debounceMs: number;
  /** 1 rising, -1 falling, 0 both. */
  edge: number;
  /** The last level that counted. */
  state: boolean;
  /** Seconds, of the previous edge of either kind. */
  lastTime: number | undefined;
  settling: { cancel: () => void; state: boolean } | undefined;
}

interface Edge {
  pin: number;
  high: boolean;
  /** The board's own time in milliseconds, taken by the interrupt. */
  timeMs: number;
}

/** Bytes that an edge takes in the queue: length, kind, and a time of four bytes. Source: Espruino src/jsdevices.c. */
const edgeBytes = 6;

/**
 * setWatch(): both chips interrupt on every edge of a watched pin, whichever edge the watch asks for, and queue it for the
 * next idle pass; what does not fit is lost. Source: Espruino src/jsinteractive.c (jsiIdle), src/jswrap_io.c; release 2v29.
 */
export class Watches {
  readonly #watches = new Map<number, Watch>();
  readonly #queue: Edge[] = [];
  readonly #mostEdges: number;

  constructor(
    private readonly pins: Pins,
    private readonly interpreter: BoardInterpreter,
    /** An edge was lost because the queue was full. */
    private readonly onOverflow: () => void,
  ) {
    this.#mostEdges = Math.floor((pins.chip.eventQueueBytes - 1) / edgeBytes);
    pins.onEdge = (pin, level, atMs) => this.#onEdge(pin, level === 1, atMs);
    interpreter.onInterrupts = () => this.#handleQueue();
  }

  get size(): number {
    return this.#watches.size;
  }

  add(callback: unknown, pinName: unknown, options: unknown): number | undefined {
    const pin = this.pins.parse(pinName);
    if (pin === undefined) {
      this.interpreter.print('ERROR: Invalid pin');
      return undefined;
    }
    if (!this.#isWatched(pin) && !this.pins.chip.isWatchable(pin)) {
      this.interpreter.print(
        'WARNING: Unable to set watch. You may already have a watch on a pin with the same number (eg. A0 and B0),\n' +
          'or this pin cannot be used with watch',
      );
      return undefined;
    }
    const settings = readOptions(options);
    if (typeof callback !== 'function' && typeof callback !== 'string')
      throw new BoardError('Function or String not supplied!');
    const state = this.pins.read(pin) === 1;
    if (!this.#isWatched(pin)) this.#prepare(pin);
    let id = 1;
    for (const key of this.#watches.keys()) id = key + 1;
    this.#watches.set(id, {
      ...settings,
      pin,
      callback: callback as Callback,
      state,
      lastTime: undefined,
      settling: undefined,
    });
    return id;
  }

  clear(args: unknown[]): void {
    if (args.length === 0) {
      for (const id of [...this.#watches.keys()]) this.#remove(id);
      return;
    }
    if (args[0] === undefined)
      throw new BoardError('clearWatch(undefined) not allowed. Use clearWatch() instead');
    if (!this.#watches.has(Number(args[0]))) throw new BoardError(`Unknown Watch ${String(args[0])}`);
    this.#remove(Number(args[0]));
  }

  /** ESP32 makes every watched pin an input with pull-up; ESP8266 an input, unless pinMode() has fixed its mode. */
  #prepare(pin: number): void {
    if (this.pins.chip.name === 'esp32') this.pins.setMode(pin, 'input_pullup');
    else if (!this.pins.isManual(pin)) this.pins.setMode(pin, 'input');
  }

  #isWatched(pin: number): boolean {
    for (const watch of this.#watches.values()) if (watch.pin === pin) return true;
    return false;
  }

  #remove(id: number): void {
    this.#watches.get(id)?.settling?.cancel();
    this.#watches.delete(id);
  }

  #onEdge(pin: number, high: boolean, atMs: number): void {
    if (!this.interpreter.alive || !this.#isWatched(pin)) return;
    if (this.#queue.length >= this.#mostEdges) return this.onOverflow();
    const timeMs = this.interpreter.timeMs() + atMs - this.interpreter.now();
    this.#queue.push({ pin, high, timeMs });
    this.interpreter.interrupt();
  }

  #handleQueue(): void {
    for (const edge of this.#queue.splice(0)) {
      for (const [id, watch] of [...this.#watches]) {
        if (watch.pin === edge.pin && this.#watches.has(id)) this.#handle(id, watch, edge);
      }
    }
  }

  #handle(id: number, watch: Watch, edge: Edge): void {
    if (watch.debounceMs > 0) return this.#settle(id, watch, edge);
    watch.state = edge.high;
    this.#fire(id, watch, edge.high, edge.timeMs);
  }

  /** With debounce an edge counts once the level has stayed for that long. */
  #settle(id: number, watch: Watch, edge: Edge): void {
    const waiting = watch.settling;
    waiting?.cancel();
    watch.settling = undefined;
    if (waiting === undefined && edge.high === watch.state) return;
    const remainingMs = Math.max(0, edge.timeMs + watch.debounceMs - this.interpreter.timeMs());
    const cancel = this.interpreter.later(remainingMs, () => {
      this.interpreter.queue(() => {
        watch.settling = undefined;
        if (!this.#watches.has(id) || watch.state === edge.high) return;
        watch.state = edge.high;
        this.#fire(id, watch, edge.high, edge.timeMs);
      });
    });
    watch.settling = { cancel, state: edge.high };
  }

  #fire(id: number, watch: Watch, high: boolean, timeMs: number): void {
    // The chips' clock counts microseconds.
    const time = Math.round(timeMs * 1000) / 1_000_000;
    if (watch.edge === 0 || watch.edge === (high ? 1 : -1)) {
      const event = { state: high, lastTime: watch.lastTime, time, pin: watch.pin };
      if (!watch.repeat) this.#remove(id);
      this.interpreter.call(watch.callback, undefined, [this.interpreter.realm.object(event)]);
    }
    watch.lastTime = time;
  }
}

function readOptions(options: unknown): Pick<Watch, 'repeat' | 'debounceMs' | 'edge'> {
  if (typeof options !== 'object' || options === null)
    return { repeat: Boolean(options), debounceMs: 0, edge: 0 };
  const { repeat, debounce, edge } = options as Record<string, unknown>;
  const debounceMs = Number(debounce);
  return { repeat: Boolean(repeat), debounceMs: debounceMs > 0 ? debounceMs : 0, edge: readEdge(edge) };
}

function readEdge(edge: unknown): number {
  if (edge === undefined) return 0;
  if (typeof edge === 'number') return Math.sign(Math.trunc(edge));
  const named = { rising: 1, falling: -1, both: 0 }[String(edge)];
  if (named === undefined) {
    throw new BoardError("'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'", 'TypeError');
  }
  return named;
}
