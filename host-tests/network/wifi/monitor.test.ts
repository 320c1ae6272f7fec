import { expect, test } from 'vitest';
import { csvRow } from '../../../cli/wifi/signal-csv';
import { durationText, SignalWatch, sparkline } from '../../../network/wifi/monitor';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const strong = { ssid: 'classroom', signal_dbm: -52, quality: '58/70' };

test('a row has the time, the network, the signal and the quality', () => {
  expect(csvRow(atMs, strong)).toBe('2026-01-02T03:04:05.000Z,classroom,-52,58/70');
});

test('what is not known is empty', () => {
  expect(csvRow(atMs, {})).toBe('2026-01-02T03:04:05.000Z,,,');
});

test.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['=1+1', "'=1+1"],
  ['교실', '교실'],
])('the name %j is written %s', (ssid, cell) => {
  expect(csvRow(atMs, { ssid })).toBe(`2026-01-02T03:04:05.000Z,${cell},,`);
});

test('a weak signal is told once, until it is better again', () => {
  const watch = new SignalWatch(-70);
  const look = (dbm: number) => watch.look(atMs, { ssid: 'a', signal_dbm: dbm }).map(({ type }) => type);
  expect([-52, -70, -71, -80, -70, -75].map(look)).toEqual([
    [],
    [],
    ['weak'],
    [],
    ['strong again'],
    ['weak'],
  ]);
});

test('a network whose name nobody tells is there when it has a signal', () => {
  const watch = new SignalWatch(-70);
  expect(watch.look(1000, { signal_dbm: -52 })).toEqual([]);
  expect(watch.look(2000, {})).toEqual([{ type: 'gone', atMs: 2000 }]);
});

test('an outage is told when it begins, and when it ends with how long it was', () => {
  const watch = new SignalWatch(-70);
  expect(watch.look(1000, strong)).toEqual([]);
  expect(watch.look(2000, undefined)).toEqual([{ type: 'gone', atMs: 2000 }]);
  expect(watch.look(3000, {})).toEqual([]);
  expect(watch.look(67_000, strong)).toEqual([{ type: 'back', atMs: 67_000, outMs: 65_000 }]);
});

test('a network that is not there at the start is an outage, too', () => {
  expect(new SignalWatch(-70).look(5, undefined)).toEqual([{ type: 'gone', atMs: 5 }]);
});

test('the bars go from -90 dBm to -40 dBm, with gaps, and keep the newest', () => {
  expect(sparkline([-120, -90, -65, -40, -10, undefined, -77], 6)).toBe('▁▅██ ▃');
});

test.each([
  [58_400, '58 s'],
  [125_000, '2 min 5 s'],
  [10_800_000, '3 h 0 min'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
