import { beforeEach, describe, expect, test } from 'vitest';
import { kitOf, Registry } from '../../gateway/registry';
import type { LiveEvent, Values } from '../../shared/live';

let nowMs: number;
let events: LiveEvent[];
let registry: Registry;

function newRegistry(sensorsMax?: number): Registry {
  const made = new Registry({ now: () => nowMs, ...(sensorsMax !== undefined && { sensorsMax }) });
  made.onEvent = (event) => events.push(event);
  return made;
}

beforeEach(() => {
  nowMs = 1_000_000;
  events = [];
  registry = newRegistry();
});

const take = (sensor: string, values: Values, atMs = nowMs) =>
  registry.take({ sensor, atMs, values }, { transport: 'tcp' });

describe('a sensor', () => {
  test('is known from its first reading, and each is told', () => {
    take('a', { temperature: 20, door: 'open' });
    nowMs += 1000;
    registry.take({ sensor: 'a', atMs: nowMs - 5, values: { temperature: 21 } }, { transport: 'udp' });
    expect(registry.view('a')).toEqual({
      id: 'a',
      transport: 'udp',
      seenMs: nowMs,
      count: 2,
      values: { temperature: 21, door: 'open' },
    });
    expect(events.at(-1)).toEqual({
      type: 'reading',
      sensor: 'a',
      transport: 'udp',
      atMs: nowMs - 5,
      seenMs: nowMs,
      values: { temperature: 21 },
    });
    expect(registry.views()).toHaveLength(1);
  });

  test('keeps what is newer when an older reading comes late', () => {
    take('a', { temperature: 20 }, nowMs - 1000);
    take('a', { temperature: 19, humidity: 50 }, nowMs - 60_000);
    expect(registry.view('a')!.values).toEqual({ temperature: 20, humidity: 50 });
    take('a', { humidity: 51 }, nowMs - 30_000);
    expect(registry.view('a')!.values).toEqual({ temperature: 20, humidity: 51 });
  });

  test('whose clock is ahead does not silence what comes after', () => {
    take('a', { temperature: 20 }, nowMs + 3_600_000);
    nowMs += 10_000;
    take('a', { temperature: 21 });
    expect(registry.view('a')!.values).toEqual({ temperature: 21 });
  });

  test('among many that have all names that they may keeps ten, as a kit needs', () => {
    const sixteen = (from: number) =>
      Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`v${from + index}`, 1]));
    for (let sensor = 0; sensor < 4096; sensor++)
      for (let from = 0; from < 64; from += 16) take(`s${sensor}`, sixteen(from));
    const namesOf = (id: string) => Object.keys(registry.view(id)!.values);
    expect([namesOf('s0').length, namesOf('s4095').length]).toEqual([64, 10]);
    const names = registry.views().reduce((sum, { values }) => sum + Object.keys(values).length, 0);
    expect(names).toBeLessThan(20_000 + 4096 * 10);
    // What is known already is told on.
    take('s0', { v5: 2 });
    expect([namesOf('s0').length, registry.view('s0')!.values.v5]).toEqual([64, 2]);
    // The history may know more of each.
    const values = Object.assign({}, ...[0, 16, 32, 48].map(sixteen)) as Values;
    const again = newRegistry();
    again.load(registry.views().map(({ id }) => ({ id, transport: 'tcp', seenMs: 1, values })));
    const loaded = again.views().reduce((sum, view) => sum + Object.keys(view.values).length, 0);
    expect([again.views().length, loaded < 20_000 + 2048 * 10 + 64]).toEqual([2048, true]);
  });

  test('with ever new names loses those that are oldest', () => {
    for (let index = 0; index < 100; index++) {
      nowMs += 1;
      take('a', { always: index, [`v${index}`]: index });
    }
    const names = Object.keys(registry.view('a')!.values);
    expect(names).toHaveLength(64);
    expect(names).toEqual(expect.arrayContaining(['always', 'v37', 'v99']));
    expect(names).not.toContain('v36');
    expect(registry.counters.namesDropped).toBe(37);
  });

  test('beyond the bound is refused in a sentence, and the others go on', () => {
    registry = newRegistry(2);
    take('a', { v: 1 });
    take('b', { v: 1 });
    const sentence = 'sensor_id: c is one too many: the gateway knows 2 sensors already';
    expect(() => take('c', { v: 1 })).toThrow(sentence);
    expect(() => registry.takeKit(3, { status: 'online' })).toThrow(/^sensor_id: kit_3 is one too many/);
    take('a', { v: 2 });
    expect(registry.views()).toHaveLength(2);
    expect(registry.counters).toMatchObject({ sensors: 2, refused: 2 });
  });
});

describe('what the history knows', () => {
  test('is there before the first reading, and readings go on from it', () => {
    const config = { interval: 60, thresholds: {} };
    registry.load(
      [{ id: 'a', transport: 'http', seenMs: 500, values: { temperature: 18, humidity: 60 } }],
      new Map([
        ['a', config],
        ['later', config],
      ]),
    );
    expect(registry.view('a')).toEqual({
      id: 'a',
      transport: 'http',
      seenMs: 500,
      count: 0,
      values: { temperature: 18, humidity: 60 },
      config,
    });
    expect(events).toEqual([]);
    take('a', { temperature: 19 });
    take('later', { v: 1 });
    expect(registry.view('a')!.values).toEqual({ temperature: 19, humidity: 60 });
    expect(registry.view('later')!.config).toBe(config);
  });

  test('takes half of the places, those of the sensors heard of last', () => {
    registry = newRegistry(4);
    registry.load(
      [1, 5, 3, 2, 4].map((seenMs) => ({ id: `s${seenMs}`, transport: 'tcp', seenMs, values: { v: 1 } })),
    );
    expect(registry.views().map(({ id }) => id)).toEqual(['s5', 's4']);
    take('new', { v: 1 });
    take('s1', { v: 1 });
  });
});

describe('a configuration', () => {
  test('is told, also of a sensor that has yet to report', () => {
    const config = { interval: 5, thresholds: { temperature: { max: 30 } } };
    registry.setConfig('a', config);
    expect(events).toEqual([]);
    take('a', { v: 1 });
    expect(registry.view('a')!.config).toBe(config);
    registry.setConfig('a', { ...config, interval: 6 });
    expect(events.at(-1)).toEqual({ type: 'config', sensor: 'a', config: { ...config, interval: 6 } });
  });
});

describe('a kit', () => {
  const settings = { holdMs: 10_000, darkBelow: 300, brightFrom: 320, telemetryMs: 10_000 };
  const lit = { lamp: 'ON', cause: 'command', remaining: 10 } as const;

  test('is the sensor of its number, on whatever it reports', () => {
    expect(['kit_1', 'kit_9999'].map(kitOf)).toEqual([1, 9999]);
    expect(['kit_0', 'kit_01', 'kit_10000', 'kit_', 'xkit_1', 'kit_1x'].map(kitOf)).toEqual(
      Array(6).fill(undefined),
    );
    take('kit_7', { light: 5 });
    expect(registry.kit(7)).toEqual({ kit: 7, status: 'unknown', textsOnly: false });
  });

  test('tells what it says of itself, and keeps what it has said before', () => {
    registry.takeKit(2, { status: 'online' });
    registry.takeKit(2, { ...lit, led: 'OFF', dark: false, board: 'nodemcu', version: '0.1.0' });
    registry.takeKit(2, { lamp: 'OFF', cause: 'hold-over', remaining: 0 });
    expect(registry.kit(2)).toEqual({
      kit: 2,
      status: 'online',
      lamp: 'OFF',
      cause: 'hold-over',
      led: 'OFF',
      dark: false,
      board: 'nodemcu',
      version: '0.1.0',
      textsOnly: false,
    });
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: 'kit', seenMs: nowMs, kit: registry.kit(2) });
  });

  test('does not live because its last will or a retained message says something', () => {
    registry.takeKit(2, { status: 'online', retained: true });
    registry.takeKit(2, { lamp: 'OFF', retained: true });
    registry.takeKit(2, { status: 'offline' });
    expect(registry.view('kit_2')).toMatchObject({ seenMs: 0, kit: { status: 'offline', lamp: 'OFF' } });
    registry.hear(2);
    expect(registry.view('kit_2')!.seenMs).toBe(nowMs);
  });

  test('of kit.config.ts is known before it has said anything', () => {
    registry.takeKit(3, { led: 'ON' });
    registry.showSettings(
      new Map([
        [2, settings],
        [3, settings],
      ]),
    );
    expect(registry.view('kit_2')).toMatchObject({
      seenMs: 0,
      count: 0,
      kit: { status: 'unknown', settings },
    });
    expect(registry.kit(3)).toMatchObject({ led: 'ON', settings });
    expect(events).toHaveLength(3);
  });

  test('has a lamp that ends when a live message says', () => {
    registry.takeKit(2, lit);
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 10_000);
    nowMs += 10_000;
    registry.takeKit(2, { lamp: 'OFF', cause: 'hold-over', remaining: 0 });
    expect(registry.kit(2)).not.toHaveProperty('lampEndsMs');
  });

  test('has a lamp whose end is not known from a retained message', () => {
    registry.takeKit(2, { ...lit, retained: true });
    expect(registry.kit(2)!.lamp).toBe('ON');
    expect(registry.kit(2)).not.toHaveProperty('lampEndsMs');
  });

  test('has a lamp whose end is still known when the broker repeats the state from its memory', () => {
    registry.takeKit(2, lit);
    nowMs += 3000;
    registry.takeKit(2, { ...lit, retained: true });
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 7000);
    nowMs += 8000;
    registry.takeKit(2, { ...lit, retained: true });
    expect(registry.kit(2)).not.toHaveProperty('lampEndsMs');
  });

  test('has a lamp that ends later when a command begins the hold anew', () => {
    registry.takeKit(2, lit);
    nowMs += 4200;
    registry.takeKit(2, { ...lit, answer: true });
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 10_000);
    nowMs += 300;
    registry.takeKit(2, { ...lit, answer: true });
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 10_000);
  });

  test('has a lamp whose end does not move because seconds are rounded up', () => {
    registry.takeKit(2, lit);
    const endsMs = registry.kit(2)!.lampEndsMs;
    nowMs += 2300;
    registry.takeKit(2, { lamp: 'ON', cause: 'command', remaining: 8, led: 'ON' });
    expect(registry.kit(2)!.lampEndsMs).toBe(endsMs);
  });

  test('has a lamp that is lit no longer than its hold', () => {
    registry.showSettings(new Map([[2, { ...settings, holdMs: 2500 }]]));
    registry.takeKit(2, { ...lit, remaining: 3 });
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 2500);
  });

  test('that cannot read its DHT22 any more has no old temperature', () => {
    take('kit_2', { temperature: 24, humidity: 45, light: 500, uptimeS: 2 });
    nowMs += 10_000;
    take('kit_2', { light: 501, uptimeS: 4 }, nowMs - 20_000);
    expect(registry.view('kit_2')!.values).toMatchObject({ temperature: 24, humidity: 45 });
    take('kit_2', { light: 502 });
    expect(registry.view('kit_2')!.values).toMatchObject({ temperature: 24, humidity: 45 });
    take('kit_2', { light: 503, uptimeS: 12 });
    expect(registry.view('kit_2')!.values).toEqual({ light: 503, uptimeS: 12 });
  });

  test('knows only the texts until JSON has come from it', () => {
    registry.hearText(2);
    expect(registry.kit(2)!.textsOnly).toBe(true);
    registry.hearJson(2);
    registry.hearText(2);
    expect(registry.kit(2)!.textsOnly).toBe(false);
    expect(registry.speaksJson(2)).toBe(true);
    registry.hearText(3);
    take('kit_3', { light: 1 });
    expect(registry.kit(3)!.textsOnly).toBe(false);
  });
});
