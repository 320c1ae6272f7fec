import { expect, test } from 'vitest';
import { entriesMax, matching, MessageLog } from '../../dashboard/live/message-log';

function filled(count: number): MessageLog {
  const log = new MessageLog();
  for (let i = 1; i <= count; i++)
    log.add({
      atMs: i,
      topic: `iot/2/${i % 2 ? 'state' : 'telemetry'}`,
      payload: `{"seq":${i}}`,
      retained: false,
    });
  return log;
}

test('the oldest go first when there are too many, and are counted', () => {
  const log = filled(entriesMax + 7);
  expect(log.entries).toHaveLength(entriesMax);
  expect([log.entries[0]!.number, log.entries.at(-1)!.number, log.dropped]).toEqual([8, entriesMax + 7, 7]);
});

test('what was shown when the log was paused does not change', () => {
  const log = filled(3);
  const held = log.entries;
  log.add({ atMs: 9, topic: 'iot/2', payload: 'led', retained: false });
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
