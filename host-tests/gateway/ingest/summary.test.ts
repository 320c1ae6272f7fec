import { expect, test } from 'vitest';
import { summaryLines } from '../../../gateway/ingest/summary';
import type { SensorView, Values } from '../../../shared/live';

const sensor = (id: string, values: Values, seenMs: number, count: number): SensorView => ({
  id,
  transport: 'tcp',
  seenMs,
  count,
  values,
});

test('each sensor that has reported has a line with its latest values, their age and how many came', () => {
  const views = [
    sensor('a', { value: 1.5, unit: '°C', door: 'open' }, 1000, 1),
    sensor('kit_2', { temperature: 24, light: 512 }, 9600, 12),
    sensor('from-last-week', { value: 1 }, 500, 0),
  ];
  expect(summaryLines(views, 12_000)).toEqual([
    'kit_2: temperature 24, light 512; 2 s ago; 12 readings',
    'a: value 1.5 °C, door open; 11 s ago; 1 reading',
  ]);
});

test('no text makes a second line', () => {
  expect(summaryLines([sensor('a', { note: 'x\nb: value 7' }, 0, 1)], 0)).toEqual([
    'a: note "x\\nb: value 7"; 0 s ago; 1 reading',
  ]);
});

test('a thousand sensors have fifty lines and one for the others', () => {
  const views = Array.from({ length: 1000 }, (_, index) => sensor(`s${index}`, { v: 1 }, index, 1));
  const lines = summaryLines(views, 1000);
  expect(lines).toHaveLength(51);
  expect(lines[0]).toBe('s999: v 1; 0 s ago; 1 reading');
  expect(lines[50]).toBe('and 950 more sensors');
});

test('a sensor with many values shows eight', () => {
  const values = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`v${index}`, index]));
  expect(summaryLines([sensor('a', values, 0, 2)], 0)[0]).toMatch(/v7 7, 2 more; 0 s ago; 2 readings$/);
});
