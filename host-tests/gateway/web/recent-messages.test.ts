import { expect, test } from 'vitest';
import { RecentMessages } from '../../../gateway/web/recent-messages';
import type { KitMessage } from '../../../shared/live';

const message = (kit: number, atMs: number): KitMessage => ({
  ...{ type: 'message', kit, atMs, topic: `iot/${kit}`, payload: 'led', retained: false },
});
const timesOf = (recent: RecentMessages, kit: number) => recent.of(kit).map(({ atMs }) => atMs);

test('of each kit the newest fifty are kept, oldest first', () => {
  const recent = new RecentMessages();
  for (let atMs = 1; atMs <= 60; atMs++) recent.add(message(2, atMs));
  recent.add(message(3, 61));
  expect(timesOf(recent, 2)).toEqual(Array.from({ length: 50 }, (_, index) => 11 + index));
  expect([timesOf(recent, 3), timesOf(recent, 4)]).toEqual([[61], []]);
});

test('of all kits three thousand: whoever is quiet loses the oldest, and nobody else', () => {
  const recent = new RecentMessages();
  for (let atMs = 1; atMs <= 3; atMs++) recent.add(message(1, atMs));
  for (let kit = 2; kit <= 61; kit++) for (let atMs = 10; atMs < 60; atMs++) recent.add(message(kit, atMs));
  expect(recent.count).toBe(3000);
  expect([timesOf(recent, 1), recent.of(2).length, recent.of(61).length]).toEqual([[], 50, 50]);
  // Every number that a kit may have.
  for (let kit = 1; kit <= 9999; kit++) recent.add(message(kit, 100));
  expect(recent.count).toBe(3000);
  expect([recent.of(6999).length, recent.of(7000).length]).toEqual([0, 1]);
});
