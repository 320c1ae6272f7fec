import { beforeEach, describe, expect, test } from 'vitest';
import { Repeats } from '../../../gateway/ingest/repeats';
import { Ingest } from '../../../gateway/ingest/ingest';
import type { Reading } from '../../../gateway/reading';
import { Registry } from '../../../gateway/registry';
import type { KeyedBatch, StoredReading } from '../../../gateway/store/store';
import type { LiveEvent, Transport } from '../../../shared/live';

let nowMs: number;
let events: LiveEvent[];
let stored: StoredReading[];
let keys: Set<string>;
let failure: Error | undefined;
let registry: Registry;
let ingest: Ingest;

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 1);
  events = [];
  stored = [];
  keys = new Set();
  failure = undefined;
  registry = new Registry({ now: () => nowMs, sensorsMax: 2 });
  registry.onEvent = (event) => events.push(event);
  const store = {
    append: (readings: readonly StoredReading[]) => void stored.push(...readings),
    appendOnce: ({ key, readings }: KeyedBatch): Promise<'stored' | 'duplicate'> => {
      if (failure) return Promise.reject(failure);
      if (keys.has(key)) return Promise.resolve('duplicate');
      keys.add(key);
      stored.push(...readings);
      return Promise.resolve('stored');
    },
  };
  ingest = new Ingest({ registry, store, now: () => nowMs });
});

const reading = (sensor: string, values: object = { v: 1 }): Reading =>
  ingest.parse({ sensor_id: sensor, ...values });

test('a reading goes into the registry, the history and the dashboards, whatever it came on', () => {
  for (const transport of ['tcp', 'udp', 'http', 'mqtt'] satisfies Transport[])
    ingest.ingest(reading('a'), { transport, address: '192.0.2.7' });
  expect(stored.map(({ transport }) => transport)).toEqual(['tcp', 'udp', 'http', 'mqtt']);
  expect(stored[0]).toEqual({ sensor: 'a', atMs: nowMs, values: { v: 1 }, transport: 'tcp' });
  expect(events.map(({ type }) => type)).toEqual(Array(4).fill('reading'));
  expect(registry.view('a')!.count).toBe(4);
  expect(ingest.counters).toMatchObject({ tcp: 1, udp: 1, http: 1, mqtt: 1 });
});

test('a batch is taken whole, or not at all when there is no room for one of its sensors', () => {
  ingest.take([reading('a'), reading('b')], { transport: 'http' });
  expect(() => ingest.take([reading('a'), reading('c')], { transport: 'http' })).toThrow(
    'sensor_id: c is one too many: the gateway knows 2 sensors already',
  );
  expect(stored).toHaveLength(2);
  expect(events).toHaveLength(2);
});

describe('a batch with a key', () => {
  const source = { transport: 'http' } as const;

  test('counts once', async () => {
    const batch = [reading('a'), reading('a', { v: 2 })];
    expect(await ingest.takeOnce('k1', batch, source)).toBe('stored');
    expect(await ingest.takeOnce('k1', batch, source)).toBe('duplicate');
    expect(stored).toHaveLength(2);
    expect(events).toHaveLength(2);
  });

  test('that could not be stored is not told, and counts when it comes again', async () => {
    failure = new Error('the disk is full');
    await expect(ingest.takeOnce('k1', [reading('a')], source)).rejects.toThrow('the disk is full');
    expect(events).toEqual([]);
    failure = undefined;
    expect(await ingest.takeOnce('k1', [reading('a')], source)).toBe('stored');
    expect(events).toHaveLength(1);
  });

  test('is refused when there is no room', async () => {
    await ingest.takeOnce('k1', [reading('a'), reading('b')], source);
    await expect(ingest.takeOnce('k2', [reading('c')], source)).rejects.toThrow('one too many');
    expect(keys).toEqual(new Set(['k1']));
  });
});

describe('a kit that reports on two transports', () => {
  const telemetry = { temperatureC: 24, boot: 3, seq: 7 };

  test('counts once', () => {
    ingest.ingest(reading('kit_2', telemetry), { transport: 'mqtt' });
    nowMs += 40;
    ingest.ingest(reading('kit_2', telemetry), { transport: 'udp' });
    expect(stored).toHaveLength(1);
    expect(registry.view('kit_2')!.count).toBe(1);
    expect(ingest.counters.repeated).toBe(1);
  });

  test('counts once when one of them was late', async () => {
    for (let seq = 1; seq <= 40; seq++) {
      ingest.ingest(reading('kit_2', { light: 5, boot: 3, seq }), { transport: 'mqtt' });
      nowMs += 10_000;
    }
    const late = Array.from({ length: 10 }, (_, index) =>
      reading('kit_2', { light: 5, boot: 3, seq: 31 + index, ageMs: (10 - index) * 10_000 + 300 }),
    );
    expect(await ingest.takeOnce('kit_2-3-31', late, { transport: 'http' })).toBe('stored');
    expect(stored).toHaveLength(40);
  });

  test('is remembered only like as many as there is room for, though the store takes none of them', () => {
    const repeats = new Repeats();
    const values = { boot: 1, seq: 1 };
    for (let n = 1; n <= 5000; n++)
      repeats.has({ sensor: `kit_x${n}`, atMs: nowMs, transport: 'http', values });
    expect(repeats.kits).toBe(4096);
    expect(repeats.has({ sensor: 'kit_x5000', atMs: nowMs, transport: 'mqtt', values })).toBe(true);
  });

  test('counts again after its board was flashed anew and its numbers begin again', () => {
    ingest.ingest(reading('kit_2', telemetry), { transport: 'mqtt' });
    nowMs += 30_000;
    ingest.ingest(reading('kit_2', telemetry), { transport: 'http' });
    expect(stored).toHaveLength(2);
  });

  test('counts twice what comes twice on one transport: two boards with one number are to be seen', () => {
    ingest.ingest(reading('kit_2', telemetry), { transport: 'mqtt' });
    ingest.ingest(reading('kit_2', telemetry), { transport: 'mqtt' });
    expect(stored).toHaveLength(2);
  });

  test('is a kit; other sensors may send such numbers as they like', () => {
    ingest.ingest(reading('a', telemetry), { transport: 'tcp' });
    ingest.ingest(reading('a', telemetry), { transport: 'udp' });
    expect(stored).toHaveLength(2);
  });
});
