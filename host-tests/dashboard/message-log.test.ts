import { expect, test } from 'vitest';
import { entriesMax, matching, MessageLog } from '../../dashboard/live/message-log';
import type { KitMessage } from '../../shared/live';

const message = (atMs: number, payload = 'led', kit = 2): KitMessage => ({
  ...{ type: 'message', kit, atMs, topic: `iot/${kit}/${atMs % 2 ? 'state' : 'telemetry'}`, payload },
  retained: false,
});

function filled(count: number): MessageLog {
  const log = new MessageLog();
  log.begin(2);
  for (let i = 1; i <= count; i++) log.add(message(i, `{"seq":${i}}`));
  return log;
}

const timesOf = (log: MessageLog) => log.entries.map(({ atMs }) => atMs);

test('what came before the page was opened comes first, and after a reconnection only what was missed', () => {
  const log = filled(0);
  log.addBefore([message(1), message(2)]);
  log.add(message(3));
  log.addBefore([message(1), message(2), message(3), message(4), message(4)]);
  log.add(message(5));
  expect(timesOf(log)).toEqual([1, 2, 3, 4, 4, 5]);
});

test('what a person has cleared does not come back with the next connection', () => {
  const log = filled(3);
  log.clear();
  log.addBefore([message(2), message(3), message(4)]);
  expect(timesOf(log)).toEqual([4]);
  log.begin(2);
  log.addBefore([message(3), message(4)]);
  expect(timesOf(log)).toEqual([3, 4]);
});

test('messages of the page before, which were on their way, are those of another kit', () => {
  const log = filled(1);
  log.begin(3);
  log.add(message(2));
  log.addBefore([message(3)]);
  log.add(message(4, 'led', 3));
  expect(timesOf(log)).toEqual([4]);
});

test('the oldest go first when there are too many, and are counted', () => {
  const log = filled(entriesMax + 7);
  expect(log.entries).toHaveLength(entriesMax);
  expect([log.entries[0]!.number, log.entries.at(-1)!.number, log.dropped]).toEqual([8, entriesMax + 7, 7]);
});

test('what was shown when the log was paused does not change', () => {
  const log = filled(3);
  const held = log.entries;
  log.add(message(9));
  expect(held).toHaveLength(3);
});

test.each([
  ['', 4],
  ['telemetry', 2],
  ['TELEMETRY', 2],
  ['state 3', 1],
  ['"seq":4', 1],
  ['nothing', 0],
])('the filter %j leaves %i of four', (filter, count) => {
  expect(matching(filled(4).entries, filter)).toHaveLength(count);
});
