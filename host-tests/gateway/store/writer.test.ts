import { describe, expect, test } from 'vitest';
import { HistoryError, type HistoryProblem } from '../../../gateway/store/history-error';
import type { Batch } from '../../../gateway/store/protocol';
import { Writer } from '../../../gateway/store/writer';
import { ManualTimers } from './manual-timers';
import { noonMs, reading } from './rows';

interface Attempt {
  name: string;
  batches: Batch[];
  retried: boolean;
  store: () => Promise<void>;
  fail: (problem?: HistoryProblem) => Promise<void>;
}

/** A writer above a disk that answers when the test says so. */
function newWriter(waitingMax = 1000) {
  const timers = new ManualTimers();
  const attempts: Attempt[] = [];
  const said: string[] = [];
  const writer = new Writer({
    ...{ file: 'h.db', name: 'w', timers, waitingMax, say: (sentence) => said.push(sentence) },
    write: (name, batches, retried) =>
      new Promise((resolve, reject) => {
        const settled = async (): Promise<void> => {
          for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        };
        attempts.push({
          ...{ name, batches, retried },
          store: () => (resolve(batches.map(() => 'stored')), settled()),
          fail: (problem = 'full') => (reject(new HistoryError(problem, `h.db: ${problem}`)), settled()),
        });
      }),
  });
  let next = 0;
  const add = (count: number): void => {
    for (let i = 0; i < count; i++) writer.add([reading('a', noonMs + next, { n: next++ })], noonMs);
  };
  const numbers = ({ batches }: Attempt): number[] =>
    batches.flatMap(({ text }) => {
      const joined = typeof text === 'string' ? text : text.map(String).join(',');
      const flat = JSON.parse(`[${joined}]`) as number[];
      return flat.filter((_, at) => at % 5 === 1).map((atMs) => atMs - noonMs);
    });
  return { timers, attempts, said, writer, add, numbers };
}

describe('readings', () => {
  test('are written together, 80 ms after the first of them', () => {
    const { timers, attempts, add, numbers } = newWriter();
    add(1);
    timers.pass(79);
    add(2);
    expect(attempts).toHaveLength(0);
    timers.pass(1);
    expect(attempts.map(numbers)).toEqual([[0, 1, 2]]);
  });

  test('are written at once when there are 500', () => {
    const { attempts, add } = newWriter();
    add(499);
    expect(attempts).toHaveLength(0);
    add(1);
    expect(attempts).toHaveLength(1);
  });

  test('that came during a write follow it, one write at a time', async () => {
    const { timers, attempts, add, numbers } = newWriter(5000);
    add(500);
    add(700);
    timers.pass(1000);
    expect(attempts).toHaveLength(1);
    await attempts[0]!.store();
    expect(attempts).toHaveLength(2);
    expect(numbers(attempts[1]!)).toHaveLength(700);
  });

  test('with a key are refused at once while others cannot be written, and taken again when they can', async () => {
    const { timers, attempts, writer, add } = newWriter();
    const once = (key: string) => writer.addOnce(key, [reading('b', noonMs, { n: 1 })], noonMs);
    add(500);
    const waiting = once('first');
    await attempts[0]!.fail();
    await expect(waiting).rejects.toThrow('h.db: full');
    await expect(once('second')).rejects.toThrow('h.db: full');
    timers.pass(1000);
    const during = once('third');
    await attempts[1]!.store();
    await attempts[2]!.store();
    expect(await during).toBe('stored');
  });

  test('with a key find out how the disk is when nothing else waits', async () => {
    const { timers, attempts, writer } = newWriter();
    const once = (key: string) => writer.addOnce(key, [reading('b', noonMs, { n: 1 })], noonMs);
    const first = once('first');
    await attempts[0]!.fail();
    await expect(first).rejects.toThrow('h.db: full');
    const second = once('second');
    timers.pass(1000);
    await attempts[1]!.store();
    expect(await second).toBe('stored');
  });

  test('are written before a question that is asked next, but not while the disk fails', async () => {
    const { attempts, writer, add, numbers } = newWriter();
    writer.hurry();
    expect(attempts).toHaveLength(0);
    add(2);
    writer.hurry();
    writer.hurry();
    expect(attempts.map(numbers)).toEqual([[0, 1]]);
    await attempts[0]!.fail();
    add(1);
    writer.hurry();
    expect(attempts).toHaveLength(1);
  });

  test('with a key are not waited with, and answered for', async () => {
    const { attempts, writer, add } = newWriter();
    add(1);
    const answer = writer.addOnce('key', [reading('b', noonMs, { n: 1 })], noonMs);
    expect(attempts[0]!.batches.map(({ key }) => key)).toEqual([undefined, 'key']);
    await attempts[0]!.store();
    expect(await answer).toBe('stored');
  });
});

describe('when the disk is full', () => {
  test('readings wait, and the very same are tried again with growing pauses', async () => {
    const { timers, attempts, said, writer, add, numbers } = newWriter();
    add(3);
    timers.pass(80);
    await attempts[0]!.fail();
    expect(writer.trouble).toBe('h.db: full');
    expect(writer.counters).toEqual({ stored: 0, waiting: 3, dropped: 0, commits: 0 });
    add(2);
    const pauses = [1000, 2000, 4000, 8000, 10_000, 10_000];
    for (const [index, ms] of pauses.entries()) {
      timers.pass(ms - 1);
      expect(attempts).toHaveLength(index + 1);
      timers.pass(1);
      expect(attempts[index + 1]).toMatchObject({ name: attempts[0]!.name, retried: true });
      expect(numbers(attempts[index + 1]!)).toEqual([0, 1, 2]);
      if (index < pauses.length - 1) await attempts[index + 1]!.fail();
    }
    expect(said).toEqual(['h.db: full; readings are kept in memory, 1000 at most']);
    await attempts.at(-1)!.store();
    expect(writer.trouble).toBeUndefined();
    expect(said.at(-1)).toBe('h.db: readings are written again; 2 wait, 0 were given up');
    timers.pass(80);
    expect(attempts.at(-1)!.retried).toBe(false);
    expect(attempts.at(-1)!.name).not.toBe(attempts[0]!.name);
    expect(numbers(attempts.at(-1)!)).toEqual([3, 4]);
  });

  test('the oldest are given up beyond the bound, and counted', async () => {
    const { timers, attempts, writer, add, numbers } = newWriter(100);
    add(1);
    timers.pass(80);
    await attempts[0]!.fail();
    add(150);
    expect(writer.counters).toMatchObject({ waiting: 101, dropped: 50 });
    timers.pass(1000);
    await attempts[1]!.store();
    timers.pass(80);
    expect(numbers(attempts[2]!)).toEqual(Array.from({ length: 100 }, (_, n) => n + 51));
  });

  test('whoever has given a key is told, and its readings are not kept', async () => {
    const { timers, attempts, writer } = newWriter();
    const answer = writer.addOnce('key', [reading('b', noonMs, { n: 1 })], noonMs);
    await attempts[0]!.fail();
    await expect(answer).rejects.toThrow('h.db: full');
    timers.pass(60_000);
    expect(attempts).toHaveLength(1);
    expect(writer.counters.waiting).toBe(0);
  });

  test('a batch with a key is refused while others fill the memory', async () => {
    const { timers, attempts, writer, add } = newWriter(10);
    add(10);
    timers.pass(80);
    // The disk is at it, and has not said yet how it went.
    expect(attempts).toHaveLength(1);
    add(10);
    const answer = writer.addOnce('key', [reading('b', noonMs, { n: 1 })], noonMs);
    await expect(answer).rejects.toThrow('no room');
  });
});

test('a disk that does not answer is said after 5 s, and when it answers', async () => {
  const { timers, attempts, said, writer, add } = newWriter();
  add(1);
  timers.pass(80);
  timers.pass(4999);
  expect(writer.trouble).toBeUndefined();
  timers.pass(1);
  expect(writer.trouble).toBe('h.db: the disk has not answered for 5 s');
  await attempts[0]!.store();
  expect(writer.trouble).toBeUndefined();
  expect(said).toHaveLength(2);
});

test('draining writes all that waits, and gives up when it cannot', async () => {
  const { timers, attempts, writer, add, numbers } = newWriter(10_000);
  add(3000);
  const drained = writer.drain();
  for (let index = 0; index < 3; index++) await attempts[index]!.store();
  await drained;
  expect(attempts.map((attempt) => numbers(attempt).length)).toEqual([500, 2000, 500]);
  add(1);
  const failing = writer.drain();
  await Promise.resolve();
  await attempts[3]!.fail();
  await failing;
  expect(writer.counters).toMatchObject({ stored: 3000, waiting: 1 });
  timers.pass(60_000);
  expect(attempts).toHaveLength(4);
});
