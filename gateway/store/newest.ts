import type { Value, Values } from '../../shared/live';

/** Somebody may send a new name with every reading: beyond so many, the one that is silent for longest goes. */
const namesMax = 32;

/** The newest value of each name with its time. */
export type Newest = Map<string, [atMs: number, value: Value]>;

export function takeNewest(newest: Newest, atMs: number, values: Values): void {
  for (const name in values) {
    const known = newest.get(name);
    if (known) {
      if (atMs < known[0]) continue;
      known[0] = atMs;
      known[1] = values[name]!;
      continue;
    }
    newest.set(name, [atMs, values[name]!]);
    if (newest.size > namesMax) newest.delete(oldestName(newest));
  }
}

function oldestName(newest: Newest): string {
  return [...newest].reduce((oldest, entry) => (entry[1][0] < oldest[1][0] ? entry : oldest))[0];
}

export const encodeNewest = (newest: Newest): string => JSON.stringify([...newest]);

export const decodeNewest = (text: string): Newest =>
  new Map(JSON.parse(text) as [string, [number, Value]][]);

export function newestValues(newest: Newest): Values {
  const entries = [...newest].map(([name, [, value]]): [string, Value] => [name, value]);
  return Object.fromEntries(entries);
}
