import { BoardError } from './errors';
import type { BoardFunction, Realm } from './realm';

type Holder = Record<string, unknown>;
type Method = (...args: unknown[]) => unknown;

/**
 * Methods of String whose results differ: case and blanks are ASCII's, split() does not look at its limit, and a search for all
 * matches that finds none gives an empty array. `original` is V8's own prototype. Source: Espruino src/jswrap_string.c.
 */
export function stringMethods(realm: Realm, original: Holder): Record<string, BoardFunction> {
  const { split, repeat, match } = original as Record<string, Method>;
  return {
    toUpperCase(this: unknown) {
      return String(this).replace(/[a-z]+/g, (letters) => letters.toUpperCase());
    },
    toLowerCase(this: unknown) {
      return String(this).replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    },
    trim(this: unknown) {
      return String(this).replace(/^[\t-\r ]+|[\t-\r ]+$/g, '');
    },
    split(this: unknown, separator: unknown) {
      return split!.call(this, separator);
    },
    repeat(this: unknown, count: number) {
      if (count < 0) throw new BoardError('Invalid count value');
      return repeat!.call(this, count);
    },
    match(this: unknown, pattern: unknown) {
      const isGlobal = (pattern as { global?: unknown } | undefined)?.global === true;
      return match!.call(this, pattern) ?? (isGlobal ? realm.array([]) : null);
    },
  };
}
