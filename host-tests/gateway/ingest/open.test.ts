import { describe, expect, test } from 'vitest';
import { OpenLimit, openProblem } from '../../../gateway/ingest/open';

describe('where anybody may send', () => {
  test('an address that has read ahead waits until what it owes has come in', () => {
    let nowMs = 0;
    const limit = new OpenLimit(() => nowMs);
    for (let read = 0; read < 31; read++) {
      expect(limit.waits('192.0.2.1')).toBe(false);
      limit.charge('192.0.2.1', 32);
    }
    limit.charge('192.0.2.1', 32);
    expect(limit.waits('192.0.2.1')).toBe(true);
    expect(limit.waits('192.0.2.2')).toBe(false);
    nowMs += 230;
    expect(limit.waits('192.0.2.1')).toBe(true);
    nowMs += 20;
    expect(limit.waits('192.0.2.1')).toBe(false);
  });

  test('hundreds of connections of one address owe no more than it can ever pay', () => {
    let nowMs = 0;
    const limit = new OpenLimit(() => nowMs);
    for (let client = 0; client < 1024; client++) limit.charge('192.0.2.1', 32);
    nowMs += 10_001;
    expect(limit.waits('192.0.2.1')).toBe(false);
  });

  test('one machine with as many addresses of IPv6 as it likes owes as one', () => {
    const limit = new OpenLimit(() => 0);
    for (let client = 0; client < 32; client++) limit.charge(`2001:db8:1:2::${client}`, 32);
    expect(limit.waits('2001:db8:1:2::ffff')).toBe(true);
    expect(limit.waits('2001:db8:1:3::1')).toBe(false);
  });

  test('programs of this computer are not limited', () => {
    const limit = new OpenLimit(() => 0);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      for (let count = 0; count < 2000; count++) {
        limit.charge(address, 32);
        expect(limit.waits(address) || !limit.takes(address)).toBe(false);
      }
  });

  test('it has been said', () => {
    expect(openProblem('TCP', '0.0.0.0', true)).toBeUndefined();
    expect(openProblem('TCP', '::1')).toBeUndefined();
    expect(openProblem('TCP', '192.168.0.10')).toMatch(/on 192\.168\.0\.10 with --open-ingest$/);
  });
});
