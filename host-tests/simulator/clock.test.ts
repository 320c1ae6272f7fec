import { describe, expect, test, vi } from 'vitest';
import { RealClock, VirtualClock } from '../../simulator';
import { forSeeds } from '../support/random';

describe('a virtual clock', () => {
  test('runs what is due in order of time, and at the same time in order of making', () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.at(20, () => seen.push('late'));
    clock.at(10, () => seen.push('early'));
    clock.at(10, () => seen.push('early, made second'));
    clock.advance(20);
    expect(seen).toEqual(['early', 'early, made second', 'late']);
  });

  test('stands at the time of the appointment while it runs', () => {
    const clock = new VirtualClock();
    let seenMs = NaN;
    clock.at(7.25, () => (seenMs = clock.now()));
    clock.advance(100);
    expect([seenMs, clock.now()]).toEqual([7.25, 100]);
  });

  test('runs within the same advance what is scheduled meanwhile', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(clock.now());
      clock.at(clock.now() + 30, tick);
    };
    clock.at(0, tick);
    clock.advance(100);
    expect(seen).toEqual([0, 30, 60, 90]);
  });

  test('puts what lies in the past at the present', () => {
    const clock = new VirtualClock();
    clock.advance(50);
    let seenMs = NaN;
    clock.at(10, () => (seenMs = clock.now()));
    clock.advance(0);
    expect(seenMs).toBe(50);
  });

  test('forgets cancelled appointments, however many were made and cancelled', () => {
    const clock = new VirtualClock();
    let ran = 0;
    for (let i = 0; i < 10_000; i++) clock.at(1e9, () => ran++)();
    clock.at(5, () => ran++);
    expect(clock.pending()).toBe(1);
    clock.advance(2e9);
    expect([ran, clock.pending()]).toEqual([1, 0]);
  });

  test('keeps the order for generated appointments, some of them cancelled', () => {
    forSeeds(200, (random) => {
      const clock = new VirtualClock();
      const seen: { dueMs: number; order: number }[] = [];
      const expected: { dueMs: number; order: number }[] = [];
      for (let order = 0; order < 120; order++) {
        const dueMs = random.int(0, 40);
        const cancel = clock.at(dueMs, () => seen.push({ dueMs, order }));
        if (random.oneIn(3)) cancel();
        else expected.push({ dueMs, order });
      }
      clock.advance(40);
      expect(seen).toEqual(expected.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order));
    });
  });
});

test('a real clock never runs anything before its time', () => {
  vi.useFakeTimers();
  try {
    const clock = new RealClock();
    const dueMs = clock.now() + 10.3;
    let ranMs = NaN;
    clock.at(dueMs, () => (ranMs = clock.now()));
    clock.at(clock.now() + 5, () => expect.unreachable('it was cancelled'))();
    vi.advanceTimersByTime(20);
    expect(ranMs).toBeGreaterThanOrEqual(dueMs);
  } finally {
    vi.useRealTimers();
  }
});

test('a real clock runs what is due already without waiting for a millisecond to pass', () => {
  vi.useFakeTimers();
  try {
    const clock = new RealClock();
    const ran: string[] = [];
    clock.at(clock.now() - 5, () => ran.push('late'));
    clock.at(clock.now(), () => ran.push('cancelled'))();
    vi.advanceTimersByTime(0);
    expect(ran).toEqual(['late']);
  } finally {
    vi.useRealTimers();
  }
});
