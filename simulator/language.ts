import { toByteString } from './bytes';
import { parseJson } from './json-parse';
import { jsonStyle, objectText, type TextStyle } from './json-text';
import { fixedText, numberText } from './number-text';
import type { BoardRandom } from './random';
import type { BoardFunction, Realm } from './realm';
import { stringMethods } from './string-methods';
import { textCodecs } from './text-codecs';

type Holder = Record<string, unknown>;

/** Where JavaScript's own library has the same functions on the boards, but other results. */
export function adaptLanguage(realm: Realm, random: BoardRandom): void {
  const global = realm.global;
  const define = (holder: unknown, members: Record<string, BoardFunction>): void => {
    for (const [name, fn] of Object.entries(members)) {
      Object.defineProperty(holder, name, { value: realm.native(fn), writable: true, configurable: true });
    }
  };
  const prototypeOf = (name: string): Holder => (global[name] as { prototype: Holder }).prototype;

  define(global['Math'], mathFunctions(random));
  define(global['JSON'], {
    stringify: (value: unknown, _replacer: unknown, space: unknown) => objectText(value, spacedStyle(space)),
    parse: (text: unknown) => parse(realm, text),
  });
  replaceConversions(realm);
  define(prototypeOf('Number'), {
    toFixed(this: unknown, decimals: number) {
      return fixedText(Number(this), decimals);
    },
    toString(this: unknown, radix?: number) {
      return numberText(Number(this), radix ?? 10);
    },
  });
  define(prototypeOf('String'), stringMethods(realm, prototypeOf('String')));
  const { concat } = prototypeOf('Array') as Record<string, (...items: unknown[]) => unknown>;
  define(prototypeOf('Array'), {
    join: joined,
    /** Ends at the first argument that is undefined. */
    concat(this: unknown, ...items: unknown[]) {
      const end = items.indexOf(undefined);
      return concat!.call(this, ...(end < 0 ? items : items.slice(0, end)));
    },
  });
  adaptErrors(realm, define);
  define(global, textCodecs);
}

/**
 * `String()` writes numbers as the board does; what V8 does by itself, as in `'' + 0.1`, cannot be changed. `Number` has
 * constants that cannot be deleted, so it is replaced by one that lacks them.
 */
function replaceConversions(realm: Realm): void {
  const original = realm.global['String'] as StringConstructor;
  const numbers = realm.global['Number'] as NumberConstructor;
  const replace = (name: string, from: { prototype: unknown }, fn: BoardFunction, statics: object): void => {
    const constructor = Object.assign(realm.native(fn), { prototype: from.prototype }, statics);
    Object.defineProperty(from.prototype, 'constructor', { value: constructor, configurable: true });
    realm.define(name, constructor);
  };
  replace(
    'String',
    original,
    function String(...args: unknown[]) {
      return typeof args[0] === 'number' ? numberText(args[0]) : original(...args);
    },
    {
      fromCharCode: realm.native((...codes: number[]) =>
        original.fromCharCode(...codes.map((code) => code & 255)),
      ),
    },
  );
  const { NaN, MAX_VALUE, MIN_VALUE, NEGATIVE_INFINITY, POSITIVE_INFINITY } = numbers;
  replace(
    'Number',
    numbers,
    function Number(...args: unknown[]) {
      // Blanks behind a number are no part of it.
      if (typeof args[0] === 'string' && /\s$/.test(args[0])) return NaN;
      return numbers(...args);
    },
    { NaN, MAX_VALUE, MIN_VALUE, NEGATIVE_INFINITY, POSITIVE_INFINITY },
  );
}

/** Numbers are joined as `String()` writes them. */
function joined(this: readonly unknown[], separator: unknown = ','): string {
  const texts: unknown[] = Array.from(this, (item) => (typeof item === 'number' ? numberText(item) : item));
  return texts.join(String(separator));
}

/** JSON.parse and Storage.readJSON. */
export function parse(realm: Realm, text: unknown, bareKeys = false): unknown {
  const factory = { object: () => realm.object<Holder>({}), array: () => realm.array<unknown>([]) };
  return parseJson(String(text), factory, bareKeys);
}

/** Source: Espruino src/jswrap_math.c and jswrap_math.h. */
function mathFunctions(random: BoardRandom): Record<string, BoardFunction> {
  return {
    random: () => random.next() / 0x80000000,
    randInt: (range: number) => (range > 0 ? random.next() % range : random.next() ^ (random.next() << 1)),
    round: (number: unknown) => {
      const value = Number(number);
      if (!Number.isFinite(value) || value === 0) return value;
      return Math.trunc(value + (value < 0 ? -0.5 : 0.5));
    },
    pow: power,
    clip: (value: number, least: number, most: number) =>
      value < least ? least : value > most ? most : value,
    wrap: (value: number, size: number) => {
      const turns = value / size;
      return size < 0 ? 0 : (turns - Math.trunc(turns)) * size;
    },
    sign: (value: number) => (value === 0 ? 0 : value > 0 ? 1 : -1),
  };
}

/** Small whole powers are multiplied out; everything else goes through logarithms and shows their error. */
function power(base: number, exponent: number): number {
  const whole = Math.trunc(exponent);
  if (whole >= 0 && whole < 10 && whole === exponent) {
    let result = whole === 0 ? 1 : base;
    for (let i = 1; i < whole; i++) result *= base;
    return result;
  }
  if (base < 0 && exponent % 1 === 0) {
    const size = Math.exp(Math.log(-base) * exponent);
    return exponent % 2 === 0 ? size : -size;
  }
  return base !== 0 || exponent <= 0 ? Math.exp(Math.log(base) * exponent) : 0;
}

function spacedStyle(space: unknown): TextStyle {
  const indent =
    typeof space === 'number'
      ? ' '.repeat(Math.min(10, Math.max(0, space)))
      : toByteString(String(space ?? ''));
  return indent === ''
    ? jsonStyle
    : { ...jsonStyle, pretty: true, lines: 'all', indent: indent.slice(0, 10) };
}

/** Errors carry `type` instead of `name`. Source: Espruino src/jswrap_error.c. */
function adaptErrors(
  realm: Realm,
  define: (holder: unknown, members: Record<string, BoardFunction>) => void,
): void {
  for (const type of ['Error', 'TypeError', 'SyntaxError', 'ReferenceError', 'InternalError']) {
    const prototype = (realm.global[type] as { prototype: Holder }).prototype;
    Object.defineProperty(prototype, 'type', { value: type, writable: true, configurable: true });
    define(prototype, {
      toString(this: { type?: unknown; message?: unknown }) {
        const { type = 'Error', message } = this;
        return message === undefined ? String(type) : `${String(type)}: ${String(message)}`;
      },
    });
  }
}
