import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import { consoleStyle, objectText } from './json-text';
import type { BoardFunction } from './realm';

/**
 * The functions that every board has whatever is soldered to it: timers, events on every object, eval, printing.
 * Source: Espruino src/jswrap_interactive.c, src/jswrap_functions.c, src/jswrap_object.c.
 */
export function installGlobals(interpreter: BoardInterpreter): void {
  const { realm, timers, emitters } = interpreter;
  const functions: Record<string, BoardFunction> = {
    setTimeout: (callback: unknown, ms: unknown, ...args: unknown[]) => timers.add(callback, ms, false, args),
    setInterval: (callback: unknown, ms: unknown, ...args: unknown[]) => timers.add(callback, ms, true, args),
    clearTimeout: (...args: unknown[]) => timers.clear(args, 'Timeout'),
    clearInterval: (...args: unknown[]) => timers.clear(args, 'Interval'),
    changeInterval: (id: unknown, ms: unknown) => timers.change(id, ms),
    eval: (code: unknown) => (typeof code === 'string' ? realm.run(code, 'eval') : code),
    print: (...args: unknown[]) => interpreter.print(args.map(printed).join(' ')),
  };
  for (const [name, fn] of Object.entries(functions)) realm.define(name, realm.native(fn));

  const print = functions['print']!;
  realm.define('console', realm.module({ log: print, debug: print, info: print, warn: print, error: print }));

  const events: Record<string, BoardFunction> = {
    on(this: unknown, event: unknown, listener: unknown) {
      emitters.on(this, event, listener);
    },
    addListener(this: unknown, event: unknown, listener: unknown) {
      emitters.on(this, event, listener);
    },
    prependListener(this: unknown, event: unknown, listener: unknown) {
      emitters.on(this, event, listener, true);
    },
    emit(this: unknown, event: unknown, ...args: unknown[]) {
      emitters.emit(this, event, args);
    },
    removeListener(this: unknown, event: unknown, listener: unknown) {
      emitters.remove(this, event, listener);
    },
    removeAllListeners(this: unknown, event: unknown) {
      emitters.removeAll(this, event);
    },
    clone(this: unknown) {
      if (typeof this !== 'object' || this === null)
        throw new BoardError('Object.clone() called on a non-object');
      return Array.isArray(this) ? realm.array(this) : realm.object({ ...this });
    },
  };
  for (const [name, fn] of Object.entries(events)) {
    // Not enumerable: `for (key in object)` must not find them.
    Object.defineProperty(realm.objectPrototype, name, {
      value: realm.native(fn),
      writable: true,
      configurable: true,
    });
  }
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : objectText(value, consoleStyle);
}
