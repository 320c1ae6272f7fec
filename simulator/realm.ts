import vm from 'node:vm';
import { pruneBuiltins } from './builtins';
import { toByteString } from './bytes';
import { BoardError, type BoardErrorType, Halted } from './errors';
import { PowerCut } from './flash';

/** A function as board code has it; what it takes and returns is checked nowhere. */
export type BoardFunction = (this: never, ...args: never[]) => unknown;

type ErrorConstructor = new (message?: string) => Error;

interface Intrinsics {
  functionPrototype: object;
  objectPrototype: object;
  newArray: () => unknown[];
  internalError: ErrorConstructor;
}

/** Taken before anything is deleted from the realm. */
const intrinsicsSource = `({
  functionPrototype: Function.prototype,
  objectPrototype: Object.prototype,
  newArray: () => [],
  internalError: (() => {
    function InternalError(message) {
      return Object.setPrototypeOf(new Error(message), InternalError.prototype);
    }
    InternalError.prototype = Object.create(Error.prototype);
    Object.defineProperty(InternalError.prototype, 'constructor', { value: InternalError });
    return InternalError;
  })(),
})`;

/** Functions of this program that board code holds; their text is none of its business. */
const natives = new WeakSet<object>();

export function isNative(fn: object): boolean {
  return natives.has(fn);
}

/**
 * The world of objects that one boot of a board lives in: a `node:vm` context of its own, so that board code shares neither
 * globals nor prototypes with this program, and has only what Espruino has. It keeps programs apart; it is no sandbox for
 * hostile code.
 */
export class Realm {
  readonly global: Record<string, unknown>;
  /** Set when the board has stopped: whatever board code still calls while it unwinds stops it again. */
  halted = false;
  /** The power was cut in the middle of a flash write; board code cannot catch that. */
  onPowerCut: (() => void) | undefined;
  readonly #context: vm.Context;
  readonly #intrinsics: Intrinsics;

  constructor() {
    // An ordinary global object: the interceptors of a contextified sandbox make each global several times slower.
    const ordinary = (vm.constants as unknown as { DONT_CONTEXTIFY: vm.Context }).DONT_CONTEXTIFY;
    this.#context = vm.createContext(ordinary);
    this.global = vm.runInContext('globalThis', this.#context) as Record<string, unknown>;
    this.#intrinsics = vm.runInContext(intrinsicsSource, this.#context) as Intrinsics;
    pruneBuiltins(this.global);
    this.define('global', this.global);
    this.define('InternalError', this.#intrinsics.internalError);
  }

  /** A global of the board; functions must already be natives of this realm. */
  define(name: string, value: unknown): void {
    Object.defineProperty(this.global, name, { value, writable: true, configurable: true });
  }

  /**
   * Runs a script in global scope: its top-level declarations stay, as in Espruino, which also lets a `let` be declared
   * again. V8 does not; a script that does so gets a scope of its own instead.
   */
  run(code: string, name: string): unknown {
    const source = byteSource(code);
    try {
      return new vm.Script(source, { filename: name }).runInContext(this.#context);
    } catch (error) {
      // What cannot be parsed is an error of this program's own until it is made one of the board's.
      if (error instanceof SyntaxError) throw this.error(error.message, 'SyntaxError');
      if (!/has already been declared/.test(String(error))) throw error;
      return new vm.Script(`{${source}\n}`, { filename: name }).runInContext(this.#context);
    }
  }

  get objectPrototype(): object {
    return this.#intrinsics.objectPrototype;
  }

  object<T extends object>(properties: T): T {
    return Object.setPrototypeOf(properties, this.#intrinsics.objectPrototype) as T;
  }

  array<T>(items: readonly T[]): T[] {
    const array = this.#intrinsics.newArray() as T[];
    for (const item of items) array.push(item);
    return array;
  }

  uint8Array(bytes: Uint8Array): Uint8Array {
    const constructor = this.global['Uint8Array'] as new (length: number) => Uint8Array;
    const array = new constructor(bytes.length);
    array.set(bytes);
    return array;
  }

  error(message: string, type: BoardErrorType = 'Error'): Error {
    return new (this.global[type] as ErrorConstructor)(message);
  }

  /** Plain data (objects, arrays and what they hold) rebuilt from this realm's own objects. */
  data(value: unknown): unknown {
    if (Array.isArray(value)) return this.array(value.map((item) => this.data(item)));
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) copy[key] = this.data(item);
    return this.object(copy);
  }

  /** A function that board code may hold: an exception meant for the board becomes one of its own. */
  native<F extends BoardFunction>(fn: F): F {
    const isHalted = (): boolean => this.halted;
    const toBoard = (error: unknown): unknown => {
      if (error instanceof PowerCut) this.onPowerCut?.();
      return error instanceof BoardError ? this.error(error.message, error.type) : error;
    };
    const native = function (this: never, ...args: never[]): unknown {
      if (isHalted()) throw new Halted();
      try {
        return fn.apply(this, args);
      } catch (error) {
        throw toBoard(error);
      }
    };
    Object.defineProperty(native, 'name', { value: fn.name });
    natives.add(native);
    return Object.setPrototypeOf(native, this.#intrinsics.functionPrototype) as F;
  }

  /** An object whose functions board code may call. */
  module<T extends object>(members: T): T {
    for (const [key, value] of Object.entries(members)) {
      if (typeof value === 'function') Object.assign(members, { [key]: this.native(value as BoardFunction) });
    }
    return this.object(members);
  }
}

/** Source text is bytes, and so is what its escapes stand for: `\u03a9` is the one byte A9. */
function byteSource(code: string): string {
  const bytes = toByteString(code);
  if (!bytes.includes('\\u')) return bytes;
  return bytes.replace(/\\(?:u[\da-fA-F]{2}([\da-fA-F]{2})|[^])/g, (escape, low?: string) =>
    low === undefined ? escape : `\\x${low}`,
  );
}
