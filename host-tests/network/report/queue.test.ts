import { describe, expect, test } from 'vitest';
import { entriesMax, ReportQueue } from '../../../network/report/queue';
import { Disk, idIn, numbers, one } from './disk';

describe('the queue', () => {
  test('gives each batch a key that stays the same after a restart, with the same content', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add(Array.from({ length: 12 }, (_, n) => one('a', n)));
    const batch = queue.begin('a');
    await queue.flush();
    expect([batch!.key, numbers(batch)]).toEqual([
      expect.stringMatching(/^me-1-[\da-f]{8}$/),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]);
    const again = await ReportQueue.open(new Disk(disk.text), 'another');
    expect(again.open.map((open) => [open.key, numbers(open)])).toEqual([
      [batch!.key, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ]);
    await again.add([one('a', 12)]);
    expect(numbers(again.begin('a'))).toEqual([10, 11, 12]);
  });

  test('never gives a key twice, not even when it was empty in between', async () => {
    let disk = new Disk();
    const keys: string[] = [];
    for (let round = 0; round < 5; round++) {
      const queue = await ReportQueue.open(disk, 'me');
      await queue.add([one('a', round)]);
      const batch = queue.begin('a')!;
      keys.push(batch.key);
      await queue.settle(batch);
      disk = new Disk(disk.text);
    }
    expect(new Set(keys).size).toBe(5);
  });

  test('holds five hundred, drops the oldest that are not under way, and counts them', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add(Array.from({ length: entriesMax }, (_, n) => one('a', n)));
    const batch = queue.begin('a');
    await queue.add([one('b', 1000), one('b', 1001)]);
    expect([queue.length, queue.dropped]).toEqual([entriesMax, 2]);
    await queue.settle(batch!);
    expect(numbers(queue.begin('a'))!.slice(0, 2)).toEqual([12, 13]);
    expect((await ReportQueue.open(new Disk(disk.text), 'x')).length).toBe(entriesMax - 10);
  });

  test('a cut at any byte loses nothing that was acknowledged and sends nothing that was settled', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    /** What must and what may be in a queue that was cut off after so many states. */
    const facts: { from: number; acknowledged: Set<number>; settled: Set<number> }[] = [];
    const acknowledged = new Set<number>();
    const settled = new Set<number>();
    const note = () =>
      facts.push({
        from: disk.states.length,
        acknowledged: new Set(acknowledged),
        settled: new Set(settled),
      });
    note();
    for (let n = 0; n < 14; n++) {
      await queue.add([one(n % 3 ? 'a' : 'b', n)]);
      acknowledged.add(n);
      note();
      if (n % 4 !== 3) continue;
      const batch = queue.begin('a');
      await queue.flush();
      note();
      if (!batch || n === 11) continue;
      await queue.settle(batch);
      for (const number of numbers(batch)!) settled.add(number as number);
      note();
    }
    for (const [index, text] of disk.states.entries()) {
      const revived = await ReportQueue.open(new Disk(text), 'x');
      const seen = new Set<number>();
      for (const batch of revived.open) numbers(batch)!.forEach((n) => seen.add(n as number));
      for (const sensor of ['a', 'b'])
        for (let batch = revived.begin(sensor); batch; batch = revived.begin(sensor))
          numbers(batch)!.forEach((n) => seen.add(n as number));
      const before = facts.findLast(({ from }) => from <= index + 1)!;
      for (const n of before.acknowledged)
        if (!settled.has(n) && !seen.has(n)) throw new Error(`cut ${index}: ${n} is lost`);
      for (const n of before.settled) if (seen.has(n)) throw new Error(`cut ${index}: ${n} is sent again`);
    }
  });

  test('is written anew when it has grown, and stays what it was', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    const long = 'x'.repeat(5000);
    for (let n = 0; n < 400; n++) {
      await queue.add([{ sensor: 'a', report: { n, long } }]);
      if (n < 390) await queue.settle(queue.begin('a')!);
    }
    expect(disk.text.length).toBeLessThan(1_100_000);
    const revived = await ReportQueue.open(new Disk(disk.text), 'x');
    expect(numbers(revived.begin('a'))).toEqual([390, 391, 392, 393, 394, 395, 396, 397, 398, 399]);
  });

  test('a full disk loses nothing: what it refused is written with what comes next, in order', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add([one('a', 0)]);
    disk.full = true;
    const batch = queue.begin('a')!;
    await expect(queue.add([one('a', 1)])).rejects.toThrow('the disk is full');
    await expect(queue.settle(batch)).rejects.toThrow('the disk is full');
    disk.full = false;
    await queue.flush();
    const revived = await ReportQueue.open(new Disk(disk.text), 'x');
    expect([revived.open, numbers(revived.begin('a'))]).toEqual([[], [1]]);
  });

  test.each(['rubbish', '5', 'null', '{}', '{"add":"1"}', '{"batch":"x"}', '{"drop":1}', '\0\0\0\0'])(
    'a line that reads %j is said, and costs no other',
    async (line) => {
      const disk = new Disk(`{"client":"me","next":1}\n${line}\n{"add":1,"sensor":"a","report":{"n":1}}\n`);
      const queue = await ReportQueue.open(disk, 'x');
      expect(queue.damage).toBe('line 2 of the queue is damaged and left out; a copy is a copy');
      expect(numbers(queue.begin('a'))).toEqual([1]);
      expect((await ReportQueue.open(new Disk(disk.text), 'x')).damage).toBeUndefined();
    },
  );

  test('a file without any line in it is damage, the start of a line is none', async () => {
    expect((await ReportQueue.open(new Disk('\0\0\0'), 'x')).damage).toMatch(/^line 1 /);
    expect((await ReportQueue.open(new Disk('{"client":"me","ne'), 'x')).damage).toBeUndefined();
  });

  test('a copy of the folder does not give the key of one batch to another', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add([one('a', 0)]);
    const copy = await ReportQueue.open(new Disk('{"client":"me","next":1}\n'), 'x');
    await copy.add([one('a', 1)]);
    const [key, other] = [queue.begin('a')!.key, copy.begin('a')!.key];
    expect([idIn(key), idIn(other)]).toEqual(['me-1', 'me-1']);
    expect(key).not.toBe(other);
  });

  test('a batch that was split stays so, with a key for each, in order', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add(Array.from({ length: 3 }, (_, n) => one('a', n)));
    const batch = queue.begin('a')!;
    const parts = queue.split(batch);
    await queue.flush();
    expect(parts.map(numbers)).toEqual([[0], [1], [2]]);
    const revived = await ReportQueue.open(new Disk(disk.text), 'x');
    expect(revived.open).toEqual(parts);
    expect(new Set([batch, ...parts].map(({ key }) => key)).size).toBe(4);
  });

  test('500 long readings are not written anew for each that comes', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add(
      Array.from({ length: entriesMax }, (_, n) => ({ sensor: 'a', report: { n, long: 'x'.repeat(5000) } })),
    );
    const before = disk.written;
    for (let n = 0; n < 10; n++) await queue.add([one('b', n)]);
    expect(disk.written - before).toBe(0);
  });
});
