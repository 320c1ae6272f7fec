import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import { quoted } from './quoted';
import type { Storage } from './storage';

/**
 * `require` and `Modules`: what is built in, what was added by hand, and files in Storage, whose text becomes a module.
 * Source: Espruino src/jswrap_modules.c.
 */
export function installModules(
  interpreter: BoardInterpreter,
  storage: Storage,
  builtIn: Record<string, object>,
): void {
  const { realm } = interpreter;
  const cached = new Map<string, unknown>();

  function evaluate(code: unknown, name: string): unknown {
    const exports = realm.object({});
    const module = realm.object({ exports });
    // A function of the caller's refers to `exports` as a global; as on the board it is one while the module loads.
    realm.define('exports', exports);
    try {
      const run =
        typeof code === 'function' ? code : realm.run(`(function(exports,module){${String(code)}\n})`, name);
      (run as (exports: object, module: object) => void).call(exports, exports, module);
    } finally {
      delete realm.global['exports'];
      // Also what a module exported before it threw.
      cached.set(name, module.exports);
    }
    return module.exports;
  }

  function require(name: unknown): unknown {
    if (typeof name !== 'string')
      throw new BoardError(`Expecting module name as a string, got ${typeof name}`, 'TypeError');
    if (cached.has(name)) return cached.get(name);
    const module = builtIn[name];
    if (module !== undefined) {
      cached.set(name, module);
      return module;
    }
    const file = storage.read(name);
    if (file === undefined) throw new BoardError(`Module ${quoted(name)} not found`);
    return evaluate(file, name);
  }

  realm.define('require', realm.native(require));
  realm.define(
    'Modules',
    realm.module({
      getCached: () => realm.array([...cached.keys()]),
      addCached: (name: unknown, code: unknown) => void evaluate(code, String(name)),
      removeCached: (name: unknown) => void cached.delete(String(name)),
      removeAllCached: () => cached.clear(),
    }),
  );
}
