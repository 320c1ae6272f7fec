import { BoardError } from './errors';
import type { BoardFunction, Realm } from './realm';

type Holder = Record<string, unknown>;
type Method = (...args: unknown[]) => unknown;

/**
 * Methods of String whose results differ: case and blanks are ASCII's, split() does not look at its limit, a search for all
 * matches that finds none gives an empty array, and indexOf() takes the end of a text for what it is only the beginning of.
 * `original` is V8's own prototype. Source: Espruino src/jswrap_string.c.
 */
export function stringMethods(realm: Realm, original: Holder): Record<string, BoardFunction> {
  // Writes numbers as the board does.
  const stringOf = (value: unknown): string => (realm.global['String'] as (value: unknown) => string)(value);
  const { split, repeat, match, replace, replaceAll } = original as Record<string, Method>;
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
      const nothingLeft = this === '' && typeof separator === 'string' && separator.length > 1;
      return nothingLeft ? realm.array([]) : split!.call(this, separator);
    },
    indexOf(this: unknown, search: unknown, from: unknown) {
      return indexOf(String(this), String(search), from);
    },
    includes(this: unknown, search: unknown, from: unknown) {
      return indexOf(String(this), String(search), from) >= 0;
    },
    startsWith(this: unknown, search: unknown, from: unknown = 0) {
      const [text, start, at] = [String(this), String(search), Math.trunc(Number(from)) || 0];
      return at >= 0 && at + start.length <= text.length && text.startsWith(start, at);
    },
    replace(this: unknown, search: unknown, by: unknown) {
      return isPattern(search) ? replace!.call(this, search, by) : exchange(String(this), search, by, false);
    },
    replaceAll(this: unknown, search: unknown, by: unknown) {
      return isPattern(search)
        ? replaceAll!.call(this, search, by)
        : exchange(String(this), search, by, true);
    },
    concat(this: unknown, ...parts: unknown[]) {
      return String(this) + parts.map((part) => (part === undefined ? '' : stringOf(part))).join('');
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

const isPattern = (search: unknown): boolean => Object.prototype.toString.call(search) === '[object RegExp]';

/**
 * The comparison ends with the shorter of the two, and behind the last place where all of `search` would fit it goes on:
 * "abc".indexOf("cd") is 2.
 */
function indexOf(text: string, search: string, from: unknown): number {
  if (search.length > text.length) return -1;
  const last = text.length - search.length + 1;
  const start = typeof from === 'number' ? Math.trunc(from) || 0 : 0;
  for (let at = Math.min(Math.max(0, start), last); at < text.length; at++) {
    const piece = text.substring(at, at + search.length);
    if (search.startsWith(piece)) return at;
  }
  return -1;
}

function exchange(text: string, search: unknown, by: unknown, all: boolean): string {
  const [old, fresh] = [String(search), String(by)];
  let at = indexOf(text, old, 0);
  while (at >= 0) {
    text = text.slice(0, at) + fresh + text.slice(at + old.length);
    at = all ? indexOf(text, old, at + fresh.length) : -1;
  }
  return text;
}
