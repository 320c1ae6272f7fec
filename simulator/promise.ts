import { BoardError } from './errors';
import type { Realm } from './realm';

type Callback = (value: unknown) => unknown;
type State = 'pending' | 'fulfilled' | 'rejected';

interface Reaction {
  callback: unknown;
  next: Resolution;
}

class BoardPromise {
  state: State = 'pending';
  value: unknown;
  readonly onFulfilled: Reaction[] = [];
  readonly onRejected: Reaction[] = [];
}

/** The right to settle a promise, once. */
interface Resolution {
  promise: BoardPromise;
  used: boolean;
}

/**
 * Espruino's promises: settling one waits in the queue of events, and so do its reactions; there is no race, any, allSettled or
 * finally. A rejection that has no reaction when it is settled is an exception. Returns the constructor.
 * Source: Espruino src/jswrap_promise.c.
 */
export function createPromise(realm: Realm, enqueue: (run: () => void) => void): unknown {
  const queue = (run: () => void): void => enqueue(realm.native(run));

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

  const isPromise = (value: unknown): value is BoardPromise =>
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === prototype;

  function settle(resolution: Resolution, value: unknown, state: 'fulfilled' | 'rejected'): void {
    if (resolution.used) return;
    resolution.used = true;
    const { promise } = resolution;
    if (value === promise) throw new BoardError('Illegal resolving to self');
    promise.value = value;
    const adopt = state === 'fulfilled' ? thenOf(value) : undefined;
    if (adopt === undefined) return seal(promise, state);
    const adopted: Resolution = { promise, used: false };
    try {
      adopt(
        (result) => settle(adopted, result, 'fulfilled'),
        (reason) => settle(adopted, reason, 'rejected'),
      );
    } catch (error) {
      settle(adopted, error, 'rejected');
    }
  }

  function seal(promise: BoardPromise, state: 'fulfilled' | 'rejected'): void {
    promise.state = state;
    const reactions = state === 'fulfilled' ? promise.onFulfilled : promise.onRejected;
    if (state === 'rejected' && reactions.length === 0)
      throw new BoardError(`Unhandled promise rejection: ${String(promise.value)}`);
    for (const reaction of reactions) queue(() => react(promise, reaction, state === 'fulfilled'));
  }

  function react({ value }: BoardPromise, { callback, next }: Reaction, fulfilled: boolean): void {
    if (typeof callback !== 'function') return settle(next, value, fulfilled ? 'fulfilled' : 'rejected');
    let result: unknown;
    try {
      result = (callback as Callback)(value);
    } catch (error) {
      return settle(next, error, 'rejected');
    }
    settle(next, result, 'fulfilled');
  }

  function then(promise: BoardPromise, onFulfilled: unknown, onRejected: unknown): BoardPromise {
    const next: Resolution = { promise: pending(), used: false };
    if (promise.state === 'pending') {
      promise.onFulfilled.push({ callback: onFulfilled, next });
      promise.onRejected.push({ callback: onRejected, next });
    } else {
      const callback = promise.state === 'fulfilled' ? onFulfilled : onRejected;
      // Without a callback even a value that was fulfilled is handed on as a rejection.
      queue(() => react(promise, { callback, next }, false));
    }
    return next.promise;
  }

  const settleLater = (resolution: Resolution, value: unknown, state: 'fulfilled' | 'rejected'): void =>
    queue(() => settle(resolution, value, state));

  function construct(executor: unknown): BoardPromise {
    if (typeof executor !== 'function') throw new BoardError('Function required in promise constructor');
    const resolution: Resolution = { promise: pending(), used: false };
    const reject = (reason: unknown): void => settleLater(resolution, reason, 'rejected');
    try {
      executor(
        realm.native((value: unknown) => settleLater(resolution, value, 'fulfilled')),
        realm.native(reject),
      );
    } catch (error) {
      reject(error);
    }
    return resolution.promise;
  }

  function settled(value: unknown, state: 'fulfilled' | 'rejected'): BoardPromise {
    const resolution: Resolution = { promise: pending(), used: false };
    settleLater(resolution, value, state);
    return resolution.promise;
  }

  function resolved(value: unknown): BoardPromise {
    if (isPromise(value)) return value;
    const adopt = thenOf(value);
    return adopt === undefined ? settled(value, 'fulfilled') : construct(adopt);
  }

  function all(items: unknown): BoardPromise {
    if (!Array.isArray(items))
      throw new BoardError(`Expecting something iterable, got ${typeof items}`, 'TypeError');
    const results = realm.array<unknown>([]);
    const resolution: Resolution = { promise: pending(), used: false };
    let open = 0;
    items.forEach((item, index) => {
      if (!isPromise(item)) {
        results[index] = item;
        return;
      }
      open++;
      const done = (value: unknown): void => {
        results[index] = value;
        if (--open === 0) settleLater(resolution, results, 'fulfilled');
      };
      then(item, done, (reason: unknown) => settleLater(resolution, reason, 'rejected'));
    });
    return open === 0 ? settled(results, 'fulfilled') : resolution.promise;
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
    resolve: realm.native(resolved),
    reject: realm.native((reason: unknown) => settled(reason, 'rejected')),
  });
  Object.defineProperty(prototype, 'constructor', { value: constructor, enumerable: false });
  return constructor;
}
