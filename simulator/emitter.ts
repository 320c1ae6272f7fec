import { BoardError } from './errors';

type Listener = ((...args: unknown[]) => void) | string;

/** Source: Espruino src/jswrap_object.c, MAX_EMIT_ARGS. */
const mostArguments = 4;

/**
 * `on`, `emit` and `removeListener`, which every object of Espruino has. Emitting only queues: listeners run in the next
 * idle pass. Listeners live beside the objects, so an object that is dropped takes its listeners along.
 */
export class Emitters {
  readonly #listeners = new WeakMap<object, Map<string, Listener[]>>();
  readonly #watchers = new WeakMap<object, (event: string) => void>();

  constructor(
    private readonly queue: (self: object, listeners: readonly Listener[], args: unknown[]) => void,
  ) {}

  on(self: unknown, event: unknown, listener: unknown, first = false): void {
    const events = this.#eventsOf(self, event);
    if (typeof listener !== 'function' && typeof listener !== 'string') {
      throw new BoardError('Second argument must be a function or a String', 'TypeError');
    }
    // A new array each time: a listener added while the event is handled is not called for that event.
    const before = events.get(event as string) ?? [];
    events.set(
      event as string,
      first ? [listener as Listener, ...before] : [...before, listener as Listener],
    );
    this.#watchers.get(self as object)?.(event as string);
  }

  emit(self: unknown, event: unknown, args: unknown[]): void {
    const listeners = this.#eventsOf(self, event).get(event as string);
    if (listeners !== undefined && listeners.length > 0)
      this.queue(self as object, listeners, args.slice(0, mostArguments));
    if (args.length > mostArguments)
      throw new BoardError(`Too many arguments (>${mostArguments})`, 'TypeError');
  }

  remove(self: unknown, event: unknown, listener: unknown): void {
    const events = this.#eventsOf(self, event);
    const listeners = events.get(event as string) ?? [];
    // In place, unlike adding: an event that is already queued no longer reaches the listener.
    const index = listeners.indexOf(listener as Listener);
    if (index >= 0) listeners.splice(index, 1);
  }

  removeAll(self: unknown, event: unknown): void {
    if (event === undefined) this.#eventsOf(self, '').clear();
    else this.#eventsOf(self, event).delete(event as string);
  }

  /** Whether anybody has ever listened, and not all listeners were removed together: an empty list swallows events, too. */
  isHeard(self: object, event: string): boolean {
    return this.#listeners.get(self)?.has(event) ?? false;
  }

  listeners(self: object, event: string): readonly Listener[] {
    return this.#listeners.get(self)?.get(event) ?? [];
  }

  /** Calls `run` with the event's name whenever a listener is added to `self`. */
  onListen(self: object, run: (event: string) => void): void {
    this.#watchers.set(self, run);
  }

  count(self: object): number {
    let count = 0;
    for (const listeners of this.#listeners.get(self)?.values() ?? []) count += listeners.length;
    return count;
  }

  #eventsOf(self: unknown, event: unknown): Map<string, Listener[]> {
    if ((typeof self !== 'object' && typeof self !== 'function') || self === null) {
      throw new BoardError('Parent must be an object - not a String, Integer, etc', 'TypeError');
    }
    if (typeof event !== 'string') throw new BoardError('First argument must be String', 'TypeError');
    let events = this.#listeners.get(self);
    if (events === undefined) this.#listeners.set(self, (events = new Map()));
    return events;
  }
}
