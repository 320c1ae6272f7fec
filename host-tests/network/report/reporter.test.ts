import { describe, expect, test } from 'vitest';
import { type Batch, entriesMax, ReportQueue } from '../../../network/report/queue';
import { type Outcome, Reporter } from '../../../network/report/reporter';
import { Disk, idIn, numbers, one } from './disk';

/** A reporter whose server answers as the test says, under timers that the test lets pass. */
async function bench(
  answers: (sensor: string, key: string, attempt: number) => Outcome,
  concurrency = 1,
  disk = new Disk(),
) {
  const queue = await ReportQueue.open(disk, 'me');
  const posted: { sensor: string; key: string; reports: readonly object[] }[] = [];
  const pauses: number[] = [];
  const aside: Batch[] = [];
  const lines: string[] = [];
  const reasons: string[] = [];
  let then: (() => void) | undefined;
  let underWay = 0;
  let most = 0;
  const reporter = new Reporter({
    queue,
    concurrency,
    post: async (sensor, key, reports) => {
      posted.push({ sensor, key, reports });
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < 30; turn++) await Promise.resolve();
      underWay--;
      return answers(sensor, key, posted.length);
    },
    setAside: (batch) => Promise.resolve(void aside.push(batch)),
    log: (line) => lines.push(line),
    pausing: (_, reason) => reasons.push(reason),
    after: (ms, next) => {
      pauses.push(ms);
      then = next;
      return () => (then = undefined);
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 3000; turn++) await Promise.resolve();
  };
  return {
    queue,
    reporter,
    posted,
    pauses,
    aside,
    lines,
    reasons,
    most: () => most,
    settle,
    pass: async () => {
      const next = then;
      then = undefined;
      next?.();
      await settle();
    },
  };
}

const taken: Outcome = { type: 'taken', status: 201 };
const failed: Outcome = { type: 'failed', reason: 'ECONNREFUSED' };

describe('the reporter', () => {
  test('pauses 5, 10, 20 ... 300 s, then sends what waited in batches of ten, the failed one first', async () => {
    let up = false;
    const { queue, reporter, posted, pauses, settle, pass } = await bench(() => (up ? taken : failed));
    await queue.add([one('a', 0)]);
    reporter.wake();
    await settle();
    await queue.add(Array.from({ length: 25 }, (_, n) => one('a', n + 1)));
    reporter.wake();
    await settle();
    for (let attempt = 0; attempt < 8; attempt++) await pass();
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300].map((s) => s * 1000));
    expect(new Set(posted.map(({ key }) => key)).size).toBe(1);
    up = true;
    await pass();
    expect(posted.slice(9).map(({ key, reports }) => [idIn(key), reports.length])).toEqual([
      ['me-1', 1],
      ['me-2', 10],
      ['me-12', 10],
      ['me-22', 5],
    ]);
    expect([queue.length, reporter.counters.sent]).toEqual([0, 26]);
  });

  test('begins with 5 s again after the server was back', async () => {
    const { queue, reporter, pauses, settle, pass } = await bench((_, __, attempt) =>
      attempt === 3 ? taken : failed,
    );
    await queue.add([one('a', 0)]);
    reporter.wake();
    await settle();
    await pass();
    await pass();
    await queue.add([one('a', 1)]);
    reporter.wake();
    await settle();
    expect(pauses).toEqual([5000, 10_000, 5000]);
  });

  test('obeys Retry-After', async () => {
    const { queue, reporter, pauses, settle } = await bench(() => ({
      type: 'failed',
      reason: 'status 503',
      retryAfterMs: 42_000,
    }));
    await queue.add([one('a', 0)]);
    reporter.wake();
    await settle();
    expect(pauses).toEqual([42_000]);
  });

  test('a server that asks for no pause gets one of a second', async () => {
    const { queue, reporter, pauses, settle } = await bench(() => ({ ...failed, retryAfterMs: 0 }));
    await queue.add([one('a', 0)]);
    reporter.wake();
    await settle();
    expect(pauses).toEqual([1000]);
  });

  test('nothing is sent whose key is not on disk, and nothing twice whose end is not', async () => {
    const disk = new Disk();
    let fillUp = false;
    const { queue, reporter, posted, reasons, settle, pass } = await bench(
      () => {
        disk.full = fillUp;
        return taken;
      },
      1,
      disk,
    );
    await queue.add([one('a', 0)]);
    disk.full = true;
    reporter.wake();
    await settle();
    expect([posted.length, reasons]).toEqual([0, ['the disk is full']]);
    disk.full = false;
    fillUp = true;
    await pass();
    expect([posted.length, reporter.counters.sent, reasons.length]).toEqual([1, 1, 2]);
    fillUp = disk.full = false;
    await queue.add([one('a', 1)]);
    await pass();
    expect(posted.map(({ reports }) => reports)).toEqual([[{ n: 0 }], [{ n: 1 }]]);
    expect([queue.length, (await ReportQueue.open(new Disk(disk.text), 'x')).length]).toEqual([0, 0]);
  });

  test('sets aside what the server will never take, and goes on', async () => {
    const { queue, reporter, aside, posted, settle } = await bench((sensor) =>
      sensor === 'bad' ? { type: 'refused', status: 400, reason: 'no' } : taken,
    );
    await queue.add([one('bad', 0), one('good', 1)]);
    reporter.wake();
    await settle();
    expect(aside.map((batch) => numbers(batch))).toEqual([[0]]);
    expect([posted.length, queue.length, reporter.counters]).toEqual([
      2,
      0,
      { sent: 1, batches: 1, failures: 0, refused: 1 },
    ]);
  });

  test('of ten readings only the one that the server does not like is set aside', async () => {
    const stored: unknown[] = [];
    const bad = (report: object) => (report as { n: number }).n === 4;
    const { queue, reporter, aside, posted, pauses, settle } = await bench((_, key) => {
      const { reports } = posted.find((post) => post.key === key)!;
      if (reports.some(bad)) return { type: 'refused', status: 400, reason: '[4].n: expected another' };
      stored.push(...reports);
      return taken;
    });
    await queue.add(Array.from({ length: 12 }, (_, n) => one('a', n)));
    reporter.wake();
    await settle();
    expect(aside.map((batch) => numbers(batch))).toEqual([[4]]);
    expect(stored).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11].map((n) => ({ n })));
    expect([queue.length, pauses, reporter.counters.sent, reporter.counters.refused]).toEqual([0, [], 11, 1]);
  });

  test('a password that is wrong is no fault of a reading: the batch is not tried one by one', async () => {
    const { queue, reporter, aside, posted, settle } = await bench(() => ({
      type: 'refused',
      status: 401,
      reason: 'user or password is wrong',
    }));
    await queue.add([one('a', 0), one('a', 1)]);
    reporter.wake();
    await settle();
    expect([posted.length, aside.map((batch) => numbers(batch))]).toEqual([1, [[0, 1]]]);
  });

  test('a sensor that the server has no room for holds up no other', async () => {
    const { queue, reporter, posted, settle, pass } = await bench((sensor) =>
      sensor === 'one too many' ? { ...failed, retryAfterMs: 60_000 } : taken,
    );
    await queue.add([one('one too many', 0), one('a', 1), one('one too many', 2), one('b', 3)]);
    reporter.wake();
    for (let round = 0; round < 4; round++) {
      await settle();
      await pass();
    }
    expect(posted.map(({ sensor }) => sensor)).toEqual(
      ['one too many', 'a', 'b', ...Array<string>(4).fill('one too many')].slice(0, posted.length),
    );
    expect(posted.length).toBeGreaterThan(4);
    expect([queue.length, reporter.counters.sent]).toEqual([2, 2]);
  });

  test('what comes faster than a server takes it waits for room; of a server that fails the oldest make room', async () => {
    let up = true;
    const { queue, reporter, settle } = await bench(() => (up ? taken : failed));
    const feed = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await reporter.room();
        await queue.add([one('a', n)]);
        reporter.wake();
      }
    };
    await feed(1200);
    expect(queue.dropped).toBe(0);
    await reporter.idle();
    up = false;
    const full = feed(2 * entriesMax);
    for (let round = 0; round < 5; round++) await settle();
    await full;
    expect([queue.length, queue.dropped]).toEqual([entriesMax, 500]);
    const held = reporter.room();
    await reporter.stop();
    await held;
  });

  test('reports so many sensors at the same time and no more, each in its order', async () => {
    const { queue, reporter, posted, most, settle } = await bench(() => taken, 4);
    await queue.add(Array.from({ length: 60 }, (_, n) => one(`s${n % 6}`, n)));
    reporter.wake();
    await settle();
    expect(most()).toBe(4);
    const of = (name: string) =>
      posted
        .filter(({ sensor }) => sensor === name)
        .flatMap(({ reports }) => reports.map((report) => (report as { n: number }).n));
    expect(of('s1')).toEqual([1, 7, 13, 19, 25, 31, 37, 43, 49, 55]);
    expect(queue.length).toBe(0);
  });

  test('idle comes when nothing waits; stop waits for what is under way, and tells why it was not taken', async () => {
    const { queue, reporter, reasons, settle } = await bench(() => failed);
    let idle = false;
    void reporter.idle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(true);
    await queue.add([one('a', 0)]);
    reporter.wake();
    await reporter.stop();
    expect(queue.length).toBe(1);
    expect(reasons).toEqual(['the server does not take reports: ECONNREFUSED']);
  });

  test('whatever fails, each report is taken or refused exactly once by a server that knows keys, in the order of its sensor', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, seed) => {
        const stored = new Map<string, readonly object[]>();
        const random = generator(seed);
        /** Ids that are no good. */
        const bad = (report: object) => (report as { n: number }).n % 13 === seed % 13;
        const { queue, reporter, aside, settle, pass } = await bench(
          (sensor, key) => {
            const chance = random();
            if (chance < 0.3) return failed;
            const known = stored.get(key);
            const reports = queue.open.find((open) => open.key === key)!.entries.map(({ report }) => report);
            if (known && JSON.stringify(known) !== JSON.stringify(reports))
              throw new Error(`seed ${seed}: ${key} changed`);
            if (reports.some(bad)) return { type: 'refused', status: 422, reason: 'no' };
            stored.set(key, reports);
            // Stored, but the answer got lost.
            return chance < 0.5 ? { type: 'failed', reason: `answer of ${sensor} lost` } : taken;
          },
          1 + (seed % 4),
        );
        for (let n = 0; n < 100; n++) {
          await queue.add([one(`s${n % 5}`, n)]);
          reporter.wake();
          if (random() < 0.3) await pass();
        }
        for (let round = 0; round < 600 && queue.length > 0; round++) {
          await settle();
          await pass();
        }
        const set = aside.flatMap(({ entries }) => entries.map(({ report }) => report));
        expect(set.filter((report) => !bad(report))).toEqual([]);
        for (let sensor = 0; sensor < 5; sensor++) {
          const order = [...stored.values()].flat().map((report) => (report as { n: number }).n);
          const own = order.filter((n) => n % 5 === sensor);
          expect(own, `seed ${seed}, order of s${sensor}`).toEqual([...own].sort((a, b) => a - b));
        }
        const all = [...stored.values(), set].flat().map((report) => (report as { n: number }).n);
        expect(
          all.sort((a, b) => a - b),
          `seed ${seed}`,
        ).toEqual(Array.from({ length: 100 }, (_, n) => n));
      }),
    );
  });
});

function generator(seed: number): () => number {
  let state = (seed + 1) * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
