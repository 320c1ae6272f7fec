import { describe, expect, test } from 'vitest';
import { parseReading, ReadingError, readingOrProblem } from '../../gateway/reading';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const nowS = nowMs / 1000;
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, index]));

describe('a reading', () => {
  test.each<[string, object, object]>([
    [
      'with a value and its unit',
      { sensor_id: 'a', value: 1.5, unit: 'V' },
      { sensor: 'a', atMs: nowMs, values: { value: 1.5, unit: 'V' } },
    ],
    [
      'with temperature, humidity and motion',
      { sensor_id: 'room-1.north:2_b', temperature: -3, humidity: 40.5, motion_detected: true },
      {
        sensor: 'room-1.north:2_b',
        atMs: nowMs,
        values: { temperature: -3, humidity: 40.5, motion_detected: true },
      },
    ],
    [
      'with a name and a text in any script',
      { sensor_id: 'a', 온도: 21, door: '열림' },
      { sensor: 'a', atMs: nowMs, values: { 온도: 21, door: '열림' } },
    ],
    [
      'of a kit, whose names become those of everybody',
      { sensor_id: 'kit_2', temperatureC: 24, humidityPct: 45, light: 512, boot: 1, seq: 7 },
      {
        sensor: 'kit_2',
        atMs: nowMs,
        values: { temperature: 24, humidity: 45, light: 512, boot: 1, seq: 7 },
      },
    ],
    [
      'with the time in seconds',
      { sensor_id: 'a', value: 1, timestamp: nowS - 60.25 },
      { sensor: 'a', atMs: nowMs - 60_250, values: { value: 1 } },
    ],
    [
      'with its age in milliseconds',
      { sensor_id: 'a', value: 1, ageMs: 17_464 },
      { sensor: 'a', atMs: nowMs - 17_464, values: { value: 1 } },
    ],
    [
      'of which something could not be read',
      { sensor_id: 'a', temperature: null, humidity: 40, timestamp: null },
      { sensor: 'a', atMs: nowMs, values: { humidity: 40 } },
    ],
    [
      'up to a day ahead',
      { sensor_id: 'a', value: 1, timestamp: nowS + 86_400 },
      { sensor: 'a', atMs: nowMs + 86_400_000, values: { value: 1 } },
    ],
  ])('%s is taken', (_title, json, reading) => {
    expect(parseReading(json, nowMs)).toEqual(reading);
  });

  test('of a transport that tells the sensor needs no sensor_id, and may have it', () => {
    const reading = { sensor: 'kit_2', atMs: nowMs, values: { light: 5 } };
    expect(parseReading({ light: 5 }, nowMs, 'kit_2')).toEqual(reading);
    expect(parseReading({ sensor_id: 'kit_2', light: 5 }, nowMs, 'kit_2')).toEqual(reading);
  });

  test('has sixteen values at most', () => {
    expect(Object.keys(parseReading({ sensor_id: 'a', ...many(16) }, nowMs).values)).toHaveLength(16);
    expect(readingOrProblem({ sensor_id: 'a', ...many(17) }, nowMs)).toBe(
      'v16: expected at most 16 values in a reading',
    );
  });

  test('does not reach the prototype of its values', () => {
    const json: unknown = JSON.parse('{"sensor_id":"a","constructor":1,"toString":2}');
    expect(Object.keys(parseReading(json, nowMs).values)).toEqual(['constructor', 'toString']);
    expect(() => parseReading(JSON.parse('{"sensor_id":"a","__proto__":1}'), nowMs)).toThrow(
      '"__proto__": expected a name',
    );
  });
});

describe('what is no reading is refused in one sentence', () => {
  const id = 'sensor_id: expected 1 to 64 letters, digits or _ - . :, got';
  const time = 'timestamp: expected seconds since 1970';
  const name =
    'expected a name of 1 to 32 letters, digits or _ . : % / ( ) -, the first a letter, a digit or _';

  test.each<[unknown, string]>([
    [[], 'expected a JSON object, got an array'],
    [null, 'expected a JSON object, got null'],
    ['x', 'expected a JSON object, got "x"'],
    [7, 'expected a JSON object, got 7'],
    [{}, `${id} nothing`],
    [{ value: 1 }, `${id} nothing`],
    [{ sensor_id: '', value: 1 }, `${id} ""`],
    [{ sensor_id: 7, value: 1 }, `${id} 7`],
    [{ sensor_id: null, value: 1 }, `${id} null`],
    [{ sensor_id: 'a b', value: 1 }, `${id} "a b"`],
    [{ sensor_id: 'a\n', value: 1 }, `${id} "a\\n"`],
    [{ sensor_id: '../../x', value: 1 }, `${id} "../../x"`],
    [{ sensor_id: 'x'.repeat(65), value: 1 }, `${id} "${'x'.repeat(32)}..."`],
    [{ sensor_id: 'a' }, 'expected at least one value beside sensor_id, such as "temperature": 21.5'],
    [
      { sensor_id: 'a', value: null },
      'expected at least one value beside sensor_id, such as "temperature": 21.5',
    ],
    [{ sensor_id: 'a', temperature: 'hot' }, 'temperature: expected a number, got "hot"'],
    [{ sensor_id: 'a', temperatureC: '24.5' }, 'temperatureC: expected a number, got "24.5"'],
    [{ sensor_id: 'a', humidity: true }, 'humidity: expected a number, got true'],
    [{ sensor_id: 'a', value: 1, unit: 5 }, 'unit: expected a text, got 5'],
    [{ sensor_id: 'a', value: Infinity }, 'value: expected a finite number, got Infinity'],
    [{ sensor_id: 'a', values: { x: 1 } }, 'values: expected a number, true, false or a text, got an object'],
    [{ sensor_id: 'a', list: [1] }, 'list: expected a number, true, false or a text, got an array'],
    [{ sensor_id: 'a', note: 'x'.repeat(65) }, 'note: expected at most 64 characters, got 65'],
    [{ sensor_id: 'a', '': 1 }, `"": ${name}`],
    [{ sensor_id: 'a', 'a"b': 1 }, `"a\\"b": ${name}`],
    [{ sensor_id: 'a', ['x'.repeat(33)]: 1 }, `"${'x'.repeat(32)}...": ${name}`],
    [{ sensor_id: 'a', value: 1, timestamp: '2026-01-02' }, `${time}, got "2026-01-02"`],
    [
      { sensor_id: 'a', value: 1, timestamp: 120 },
      `${time}, from the year 2000 to at most a day ahead, got 120`,
    ],
    [
      { sensor_id: 'a', value: 1, timestamp: nowMs },
      `${time}, from the year 2000 to at most a day ahead, got ${nowMs}`,
    ],
    [
      { sensor_id: 'a', value: 1, ageMs: -1 },
      'ageMs: expected the milliseconds since it was measured, got -1',
    ],
    [
      { sensor_id: 'a', value: 1, ageMs: '5' },
      'ageMs: expected the milliseconds since it was measured, got "5"',
    ],
    [
      { sensor_id: 'a', value: 1, ageMs: nowMs },
      `ageMs: expected the milliseconds since it was measured, got ${nowMs}`,
    ],
  ])('%j', (json, sentence) => {
    expect(readingOrProblem(json, nowMs)).toBe(sentence);
    expect(() => parseReading(json, nowMs)).toThrow(new ReadingError(sentence));
  });

  test('another sensor than the one that the transport tells', () => {
    expect(readingOrProblem({ sensor_id: 'b', value: 1 }, nowMs, 'a')).toBe(
      'sensor_id: expected a, which sends it, got "b"',
    );
  });
});
