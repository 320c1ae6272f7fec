import type { BoardFunction, Realm } from './realm';

interface DateConstructor {
  new (...args: unknown[]): Date;
  prototype: object;
  parse: BoardFunction;
}

/** The getters and setters that mean local time on a PC; the boards' zone is UTC until E.setTimeZone. */
const localFields = 'Hours Minutes Seconds Milliseconds Day Date Month FullYear'.split(' ');

/** Makes `Date` tell the board's own time, which starts at 1970 with the power. */
export function adaptDate(realm: Realm, nowMs: () => number): void {
  const utcMs = Date.UTC;
  const original = realm.global['Date'] as DateConstructor;
  const { prototype } = original;
  const constructor = realm.native(function Date(...args: unknown[]) {
    if (args.length === 0) return new original(Math.trunc(nowMs()));
    if (args.length === 1) return new original(args[0]);
    return new original(utcMs(...(args as [number, number])));
  });
  Object.assign(constructor, {
    prototype,
    // With fractions, to the microsecond.
    now: realm.native(() => Math.trunc(nowMs() * 1000) / 1000),
    parse: original.parse,
  });
  const own: Record<string, BoardFunction> = {
    getTimezoneOffset: () => 0,
    toString(this: Date) {
      // "Thu, 01 Jan 1970 00:00:00 GMT" becomes "Thu Jan 1 1970 00:00:00 GMT+0000".
      const [day, date, month, year, time] = new Date(this.getTime())
        .toUTCString()
        .replace(',', '')
        .split(' ');
      return `${day} ${month} ${Number(date)} ${year} ${time} GMT+0000`;
    },
  };
  const utc = Date.prototype as unknown as Record<string, BoardFunction>;
  for (const field of localFields) {
    own[`get${field}`] = utc[`getUTC${field}`]!;
    if (field !== 'Day') own[`set${field}`] = utc[`setUTC${field}`]!;
  }
  for (const [name, fn] of Object.entries(own)) {
    Object.defineProperty(prototype, name, { value: realm.native(fn), writable: true, configurable: true });
  }
  Object.defineProperty(prototype, 'constructor', { value: constructor, configurable: true });
  realm.define('Date', constructor);
}
