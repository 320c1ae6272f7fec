import vm from 'node:vm';
import { BoardError, type BoardErrorType } from './errors';

/** A function as board code has it; what it takes and returns is checked nowhere. */
export type BoardFunction = (this: unknown, ...args: never[]) => unknown;

type Constructor = new (message?: string) => Error;

/**
 * The world of objects that one boot of a board lives in: a `node:vm` context of its own, so that board
 * code shares neither globals nor prototypes with this program. This keeps programs apart; it is no sandbox for hostile code.
 */
export class Realm {
  readonly global: Record<string, unknown>;
  readonly #context: vm.Context;
  readonly #functionPrototype: object;
  readonly #objectPrototype: object;
  readonly #errors: Record<string, Constructor>;
  readonly #newArray: () => unknown[];

  constructor() {
    // An ordinary global object: the interceptors of a contextified sandbox make each global several times slower.
    const ordinary = (vm.constants as Record<string, unknown>)['DONT_CONTEXTIFY'] as vm.Context;
    this.#context = vm.createContext(ordinary, { codeGeneration: { strings: true, wasm: false } });
    this.global = this.run('globalThis', 'realm') as Record<string, unknown>;
    const intrinsics = this.run(
      '({functionPrototype: Function.prototype, objectPrototype: Object.prototype, newArray: () => [],' +
        ' errors: {Error, TypeError, SyntaxError, ReferenceError, InternalError: function InternalError(m) {}}})',
      'realm',
    ) as {
      functionPrototype: object;
      objectPrototype: object;
      newArray: () => unknown[];
      errors: Record<string, Constructor>;
    };
    this.#functionPrototype = intrinsics.functionPrototype;
    this.#objectPrototype = intrinsics.objectPrototype;
    this.#newArray = intrinsics.newArray;
    this.#errors = intrinsics.errors;
  }

  /** Runs a script in global scope: its top-level declarations stay, as in Espruino. */
  run(code: string, name: string): unknown {
    return new vm.Script(code, { filename: name }).runInContext(this.#context);
  }

  get objectPrototype(): object {
    return this.#objectPrototype;
  }

  object<T extends object>(properties: T): T {
    return Object.setPrototypeOf(properties, this.#objectPrototype) as T;
  }

  array<T>(items: readonly T[]): T[] {
    const array = this.#newArray() as T[];
    for (const item of items) array.push(item);
    return array;
  }

  error(message: string, type: BoardErrorType = 'Error'): Error {
    return new this.#errors[type]!(message);
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
    const toBoard = (error: unknown): unknown =>
      error instanceof BoardError ? this.error(error.message, error.type) : error;
    const wrapped = function (this: unknown, ...args: never[]): unknown {
      try {
        return fn.apply(this, args);
      } catch (error) {
        throw toBoard(error);
      }
    };
    return Object.setPrototypeOf(wrapped, this.#functionPrototype) as F;
  }

  /** An object whose methods board code may call. */
  module<T extends object>(members: T): T {
    for (const [key, value] of Object.entries(members)) {
      if (typeof value === 'function') Object.assign(members, { [key]: this.native(value as BoardFunction) });
    }
    return this.object(members);
  }
}
