import { BoardError } from './errors';
import type { Realm } from './realm';

type Callback = (value: unknown) => unknown;

interface Reaction {
  onFulfilled: unknown;
  onRejected: unknown;
  next: BoardPromise;
}

class BoardPromise {
  state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  value: unknown;
  handled = false;
  readonly reactions: Reaction[] = [];
}

/**
 * Espruino's promises: reactions wait for the next idle pass instead of a microtask, and there is no race, any,
 * allSettled or finally. Returns the constructor. Source: Espruino src/jswrap_promise.c.
 */
export function createPromise(
  realm: Realm,
  queue: (run: () => void) => void,
  unhandled: (reason: unknown) => void,
): unknown {
  const prototype = realm.module({
    then(this: BoardPromise, onFulfilled: unknown, onRejected: unknown) {
      return then(this, onFulfilled, onRejected);
    },
    catch(this: BoardPromise, onRejected: unknown) {
      return then(this, undefined, onRejected);
    },
  });

  function pending(): BoardPromise {
    const promise = new BoardPromise();
    for (const key of Object.keys(promise)) Object.defineProperty(promise, key, { enumerable: false });
    return Object.setPrototypeOf(promise, prototype) as BoardPromise;
  }

  function resolve(promise: BoardPromise, value: unknown): void {
    const adopt = thenOf(value);
    if (adopt === undefined) return settle(promise, 'fulfilled', value);
    adopt(
      (result) => resolve(promise, result),
      (reason) => settle(promise, 'rejected', reason),
    );
  }

  function settle(promise: BoardPromise, state: 'fulfilled' | 'rejected', value: unknown): void {
    if (promise.state !== 'pending') return;
    promise.state = state;
    promise.value = value;
    for (const reaction of promise.reactions) queue(() => react(promise, reaction));
    if (state === 'rejected') queue(() => promise.handled || unhandled(value));
  }

  function react(promise: BoardPromise, { onFulfilled, onRejected, next }: Reaction): void {
    const fulfilled = promise.state === 'fulfilled';
    const callback = fulfilled ? onFulfilled : onRejected;
    if (typeof callback !== 'function') {
      return fulfilled ? resolve(next, promise.value) : settle(next, 'rejected', promise.value);
    }
    try {
      resolve(next, (callback as Callback)(promise.value));
    } catch (error) {
      settle(next, 'rejected', error);
    }
  }

  function then(promise: BoardPromise, onFulfilled: unknown, onRejected: unknown): BoardPromise {
    const reaction = { onFulfilled, onRejected, next: pending() };
    promise.handled = true;
    if (promise.state === 'pending') promise.reactions.push(reaction);
    else queue(() => react(promise, reaction));
    return reaction.next;
  }

  function construct(executor: unknown): BoardPromise {
    if (typeof executor !== 'function') throw new BoardError('Function required in promise constructor');
    const promise = pending();
    try {
      executor(
        realm.native((value: unknown) => resolve(promise, value)),
        realm.native((reason: unknown) => settle(promise, 'rejected', reason)),
      );
    } catch (error) {
      settle(promise, 'rejected', error);
    }
    return promise;
  }

  function all(items: unknown): BoardPromise {
    if (!Array.isArray(items))
      throw new BoardError(`Expecting something iterable, got ${typeof items}`, 'TypeError');
    const promise = pending();
    const results = realm.array<unknown>([]);
    let open = items.length;
    const done = (index: number, value: unknown): void => {
      results[index] = value;
      if (--open === 0) settle(promise, 'fulfilled', results);
    };
    if (open === 0) settle(promise, 'fulfilled', results);
    items.forEach((item, index) => {
      const adopt = thenOf(item);
      if (adopt === undefined) return done(index, item);
      adopt(
        (value) => done(index, value),
        (reason) => settle(promise, 'rejected', reason),
      );
    });
    return promise;
  }

  function thenOf(value: unknown): ((accept: Callback, refuse: Callback) => void) | undefined {
    const method = (value as { then?: unknown } | null | undefined)?.then;
    if (typeof value !== 'object' || typeof method !== 'function') return undefined;
    return (accept, refuse) => method.call(value, realm.native(accept), realm.native(refuse));
  }

  const constructor = realm.native(function Promise(executor: unknown) {
    return construct(executor);
  });
  Object.assign(constructor, {
    prototype,
    all: realm.native(all),
    resolve: realm.native((value: unknown) => {
      const promise = pending();
      resolve(promise, value);
      return promise;
    }),
    reject: realm.native((reason: unknown) => {
      const promise = pending();
      settle(promise, 'rejected', reason);
      return promise;
    }),
  });
  Object.defineProperty(prototype, 'constructor', { value: constructor, enumerable: false });
  return constructor;
}
