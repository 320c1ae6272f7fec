import { describe, expect, test } from 'vitest';
import type { Identity } from '../../../gateway/broker/access';
import { moment, spanOf } from '../../../gateway/web/query';
import { networkOf } from '../../../gateway/settings/address';
import { RateLimit } from '../../../gateway/web/rate-limit';
import { Sessions, tokenIn } from '../../../gateway/web/sessions';

describe('a rate limit', () => {
  let nowMs = 0;
  const limit = () => new RateLimit({ burst: 3, perS: 0.5 }, () => nowMs);

  test('lets a burst through, and then as many as come in', () => {
    const taken = limit();
    expect([1, 2, 3, 4].map(() => taken.take('a'))).toEqual([0, 0, 0, 2]);
    expect(taken.take('b')).toBe(0);
    nowMs += 2000;
    expect([taken.take('a'), taken.take('a')]).toEqual([0, 2]);
    nowMs += 1e6;
    expect([1, 2, 3, 4].map(() => taken.take('a'))).toEqual([0, 0, 0, 2]);
  });

  test('stands still when the clock is set back', () => {
    const taken = limit();
    taken.take('a', 3);
    nowMs -= 1e6;
    expect(taken.take('a')).toBe(2);
    nowMs += 2000;
    expect(taken.take('a')).toBe(2);
  });

  test('remembers a bounded number of addresses, and forgets those that were quiet longest', () => {
    const taken = limit();
    taken.take('a', 3);
    for (let i = 0; i < 4095; i++) taken.take(`x${i}`);
    expect([taken.addresses, taken.take('a')]).toEqual([4096, 2]);
    taken.take('one more');
    expect([taken.addresses, taken.take('a')]).toEqual([4096, 0]);
  });
});

test.each([
  ['10.0.0.2', '10.0.0.2'],
  ['::ffff:10.0.0.2', '10.0.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s belongs to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('sessions are bounded: the one that was used longest ago makes room', () => {
  let count = 0;
  const sessions = new Sessions(
    () => `token-number-${count++}`,
    () => 0,
  );
  const anna: Identity = { name: 'anna', role: 'controller' };
  for (let i = 0; i < 1000; i++) sessions.open(anna);
  expect(sessions.identityOf('token-number-0')).toBe(anna);
  sessions.open(anna);
  expect(sessions.size).toBe(1000);
  expect(sessions.identityOf('token-number-0')).toBe(anna);
  expect(sessions.identityOf('token-number-1')).toBeUndefined();
});

test.each([
  ['lamplighter_session=abcdefghijklmnop', 'abcdefghijklmnop'],
  ['a=b; lamplighter_session=abcdefghijklmnop; c=d', 'abcdefghijklmnop'],
  ['xlamplighter_session=abcdefghijklmnop', undefined],
  ['lamplighter_session=short', undefined],
  ['lamplighter_session=abcdefghijklmno"', undefined],
  [undefined, undefined],
])('the token in %s is %s', (cookies, token) => {
  expect(tokenIn(cookies)).toBe(token);
});

test.each([
  ['1700000000', 1.7e12],
  ['1700000000.25', 1.70000000025e12],
  ['1700000000000', 1.7e12],
  ['0', 0],
  ['2026-05-01', Date.UTC(2026, 4, 1)],
  ['2026-05-01T12:30', Date.UTC(2026, 4, 1, 12, 30)],
  ['2026-05-01T12:30:01.5Z', Date.UTC(2026, 4, 1, 12, 30, 1, 500)],
  ['2026-05-01T12:30:00+09:00', Date.UTC(2026, 4, 1, 3, 30)],
  ['2026-05-01T12:30:00 0900', Date.UTC(2026, 4, 1, 3, 30)],
  ['2026-05-01T12:30:00-03:00', Date.UTC(2026, 4, 1, 15, 30)],
])('%s is the moment %i', (text, ms) => {
  expect(moment('from', text)).toBe(ms);
});

test.each([
  '',
  '-5',
  '1e3',
  'now',
  '2026-02-30T',
  '2026-05-01 12:30',
  '2026-05-01T25:00',
  '2026-05-01+09:00',
])('%s is no moment', (text) => {
  expect(() => moment('from', text)).toThrow('from: expected ISO 8601');
});

test('a span that is open ends a day ahead, where readings may be dated', () => {
  expect(spanOf({}, 1e9)).toEqual({ fromMs: 0, toMs: 1e9 + 86_400_000 });
  expect(spanOf({ to: '1700000000' }, 1.7e12, 1000)).toEqual({ fromMs: 1.7e12 - 1000, toMs: 1.7e12 });
});
