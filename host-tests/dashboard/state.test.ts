import { expect, test } from 'vitest';
import { LiveState } from '../../dashboard/live/state';
import type { KitView, LiveEvent, SensorView, Values } from '../../shared/live';

const kit: KitView = { kit: 2, status: 'online', lamp: 'OFF', textsOnly: false };

function sensor(id: string, more: Partial<SensorView> = {}): SensorView {
  return { id, transport: 'mqtt', seenMs: 1000, count: 1, values: {}, ...more };
}

function all(...sensors: SensorView[]): LiveEvent {
  return { type: 'all', nowMs: 50_000, version: '0.1.0', broker: 'connected', sensors };
}

function reading(id: string, atMs: number, values: Values): LiveEvent {
  return { type: 'reading', sensor: id, transport: 'mqtt', atMs, seenMs: atMs + 5, values };
}

function told(...events: LiveEvent[]): LiveState {
  const state = new LiveState();
  state.apply(events, 40_000);
  return state;
}

test('the first event tells everything, and how far the two clocks are apart', () => {
  const state = told(all(sensor('kit_2', { kit })));
  expect(state).toMatchObject({ ready: true, broker: 'connected', version: '0.1.0', aheadMs: 10_000 });
  expect([...state.sensors.keys()]).toEqual(['kit_2']);
});

test('what has just happened is not in the future, however long the first event was on its way', () => {
  const state = told(all());
  const lit: KitView = { ...kit, lamp: 'ON', lampEndsMs: 70_000 };
  state.apply([{ type: 'kit', seenMs: 60_000, kit: lit }], 49_900);
  expect(state.aheadMs).toBe(10_100);
  // Neither does a message that was late turn time back.
  state.apply([reading('a', 61_000, { x: 1 })], 52_000);
  expect(state.aheadMs).toBe(10_100);
});

test('everything told anew replaces what was known', () => {
  const state = told(all(sensor('a')), reading('b', 2000, { value: 1 }), all(sensor('c')));
  expect([...state.sensors.keys()]).toEqual(['c']);
  expect(state.resyncs).toBe(2);
});

test('a reading of a sensor that nobody has heard of makes it known', () => {
  const state = told(all(), reading('new', 2000, { value: 7, unit: 'ppm' }));
  expect(state.sensors.get('new')).toMatchObject({
    seenMs: 2005,
    count: 1,
    values: { value: 7, unit: 'ppm' },
  });
});

test('values that a reading does not have stay', () => {
  const state = told(all(sensor('a', { values: { x: 1, y: 2 } })), reading('a', 2000, { y: 3 }));
  expect(state.sensors.get('a')!.values).toEqual({ x: 1, y: 3 });
});

test('telemetry without a temperature says that the sensor could not be read', () => {
  const before = sensor('kit_2', { kit, values: { temperature: 24, humidity: 45, light: 1 } });
  const state = told(all(before), reading('kit_2', 2000, { light: 512, uptimeS: 12 }));
  expect(state.sensors.get('kit_2')!.values).toEqual({ light: 512, uptimeS: 12 });
});

test('an answer that has the light alone says nothing of the temperature', () => {
  const before = sensor('kit_2', { kit, values: { temperature: 24, humidity: 45 } });
  const state = told(all(before), reading('kit_2', 2000, { light: 512 }));
  expect(state.sensors.get('kit_2')!.values).toEqual({ temperature: 24, humidity: 45, light: 512 });
});

test('what waited for a connection is told to the charts and is not the newest', () => {
  const state = told(all());
  const charted: number[] = [];
  state.onReading = ({ atMs }) => charted.push(atMs);
  state.apply([reading('a', 9000, { x: 9 }), reading('a', 3000, { x: 3 })], 40_000);
  expect(state.sensors.get('a')!.values).toEqual({ x: 9 });
  expect(charted).toEqual([9000, 3000]);
});

test('a kit that changes keeps its values', () => {
  const before = sensor('kit_2', { kit, values: { light: 5 } });
  const state = told(all(before), {
    type: 'kit',
    seenMs: 3000,
    kit: { ...kit, lamp: 'ON', lampEndsMs: 9000 },
  });
  expect(state.sensors.get('kit_2')).toMatchObject({
    seenMs: 3000,
    values: { light: 5 },
    kit: { lamp: 'ON', lampEndsMs: 9000 },
  });
});

test('views are replaced, never altered: a card that shows an old one is drawn again', () => {
  const state = told(all(sensor('a'), sensor('b')));
  const [a, b] = [state.sensors.get('a'), state.sensors.get('b')];
  state.apply([reading('a', 2000, { x: 1 })], 40_000);
  expect(state.sensors.get('a')).not.toBe(a);
  expect(state.sensors.get('b')).toBe(b);
  expect(a!.values).toEqual({});
});

test('a configuration and the state of the broker are taken over', () => {
  const config = { interval: 10, thresholds: {} };
  const state = told(
    all(sensor('a')),
    { type: 'config', sensor: 'a', config },
    { type: 'broker', broker: 'lost' },
  );
  expect([state.sensors.get('a')!.config, state.broker]).toEqual([config, 'lost']);
});

test('kits come first, by their number; sensors by name, numbers in them as numbers', () => {
  const state = told(
    all(
      sensor('b10'),
      sensor('kit_10', { kit: { ...kit, kit: 10 } }),
      sensor('b9'),
      sensor('kit_2', { kit }),
    ),
  );
  expect(state.inOrder().map(({ id }) => id)).toEqual(['kit_2', 'kit_10', 'b9', 'b10']);
  state.apply([reading('a', 2000, { x: 1 })], 40_000);
  expect(state.inOrder().map(({ id }) => id)).toEqual(['kit_2', 'kit_10', 'a', 'b9', 'b10']);
});
