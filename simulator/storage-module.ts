import { crc32 } from 'node:zlib';
import { bytesFromString } from './bytes';
import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import { jsonStyle, objectText, storageStyle } from './json-text';
import { parse } from './language';
import type { Storage } from './storage';

/**
 * `require("Storage")` as board code calls it; `baseAddress` is where it begins in the chip's flash.
 * Source: Espruino src/jswrap_storage.c.
 */
export function createStorageModule(
  interpreter: BoardInterpreter,
  storage: Storage,
  baseAddress: number,
): object {
  const { realm } = interpreter;
  const whole = (value: unknown): number => Math.trunc(Number(value)) || 0;

  function write(name: unknown, data: unknown, offset: unknown, size: unknown): boolean {
    if (data === null) throw new BoardError('Expecting Number or iterable, got null', 'TypeError');
    if (typeof data === 'boolean')
      return storage.write(String(name), Number(data), whole(offset), whole(size));
    const isObject = typeof data === 'object' && Object.getPrototypeOf(data) === realm.objectPrototype;
    if (isObject) return storage.write(String(name), objectText(data, jsonStyle));
    return storage.write(String(name), data, whole(offset), whole(size));
  }

  function readJSON(name: unknown, noExceptions: unknown): unknown {
    const text = storage.read(String(name));
    if (text === undefined) return undefined;
    try {
      return parse(realm, text, true);
    } catch (error) {
      if (noExceptions && error instanceof BoardError) return undefined;
      throw error;
    }
  }

  function hash(regex: unknown): number {
    let sum = 0xabcddcba;
    for (const entry of storage.entries()) {
      if (!matches(regex, entry.name)) continue;
      sum = ((sum << 1) | (sum >>> 31)) ^ (baseAddress + entry.address) ^ crc32(bytesFromString(entry.name));
    }
    return sum | 0;
  }

  return realm.module({
    read: (name: unknown, offset: unknown, length: unknown) =>
      storage.read(String(name), whole(offset), whole(length)),
    write,
    readJSON,
    writeJSON: (name: unknown, value: unknown) =>
      storage.write(String(name), objectText(value, storageStyle)),
    erase: (name: unknown) => storage.erase(String(name)),
    eraseAll: () => storage.eraseAll(),
    list: (regex: unknown) => realm.array(storage.list().filter((name) => matches(regex, name))),
    hash,
    getFree: () => storage.getFree(),
    getStats: () => realm.data(storage.getStats()),
    compact: () => void storage.compact(),
  });
}

/** Espruino takes text where it takes a regular expression; no pattern matches every name. */
function matches(pattern: unknown, name: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? name.includes(pattern) : (pattern as RegExp).test(name);
}
