import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileJournal, lockFolder, RotatingLog } from '../../../network/report/files';
import { outcomeOf, parseServer, retryAfterIn } from '../../../network/report/http';
import { type Batch, entriesMax, type Journal, ReportQueue } from '../../../network/report/queue';
import { type Outcome, Reporter } from '../../../network/report/reporter';

const folder = () => mkdtempSync(join(tmpdir(), 'lamplighter-report-'));
const one = (sensor: string, n: number) => ({ sensor, report: { n } });
const numbers = (batch: Batch | undefined) => batch?.entries.map(({ report }) => report['n']);

/** A disk whose writes can be cut off anywhere. */
class Disk implements Journal {
  /** All that a crash at any later byte would leave: the text, and how long it was before the last append. */
  readonly states: string[] = [];
  /** It takes nothing. */
  full = false;
  constructor(public text = '') {}
  read = () => Promise.resolve(this.text);
  append = (text: string) => {
    if (this.full) return Promise.reject(new Error('the disk is full'));
    for (let cut = 1; cut <= text.length; cut++) this.states.push(this.text + text.slice(0, cut));
    this.text += text;
    return Promise.resolve();
  };
  replace = (text: string) => {
    this.text = text;
    this.states.push(text);
    return Promise.resolve();
  };
}

describe('the queue', () => {
  test('gives each batch a key that stays the same after a restart, with the same content', async () => {
    const disk = new Disk();
    const queue = await ReportQueue.open(disk, 'me');
    await queue.add(Array.from({ length: 12 }, (_, n) => one('a', n)));
    const batch = queue.begin('a');
    await queue.flush();
    expect([batch!.key, numbers(batch)]).toEqual(['me-1', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    const again = await ReportQueue.open(new Disk(disk.text), 'another');
    expect(again.open.map((open) => [open.key, numbers(open)])).toEqual([
      ['me-1', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
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

  test('damage in the middle is said, not skipped', async () => {
    const disk = new Disk('{"client":"me","next":1}\nrubbish\n{"add":1,"sensor":"a","report":{}}\n');
    await expect(ReportQueue.open(disk, 'x')).rejects.toThrow('line 2 of the queue is damaged');
  });
});

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
    expect(new Set(posted.map(({ key }) => key))).toEqual(new Set(['me-1']));
    up = true;
    await pass();
    expect(posted.slice(9).map(({ key, reports }) => [key, reports.length])).toEqual([
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

  test('idle comes when nothing waits; stop waits for what is under way', async () => {
    const { queue, reporter, settle } = await bench(() => failed);
    let idle = false;
    void reporter.idle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(true);
    await queue.add([one('a', 0)]);
    reporter.wake();
    await reporter.stop();
    expect(queue.length).toBe(1);
  });

  test('whatever fails, each report is taken exactly once by a server that knows keys', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, seed) => {
        const stored = new Map<string, readonly object[]>();
        const random = generator(seed);
        const { queue, reporter, settle, pass } = await bench(
          (sensor, key) => {
            const chance = random();
            if (chance < 0.3) return failed;
            const known = stored.get(key);
            const reports = queue.open.find((open) => open.key === key)!.entries.map(({ report }) => report);
            if (known && JSON.stringify(known) !== JSON.stringify(reports))
              throw new Error(`seed ${seed}: ${key} changed`);
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
        for (let round = 0; round < 400 && queue.length > 0; round++) {
          await settle();
          await pass();
        }
        const all = [...stored.values()].flat().map((report) => (report as { n: number }).n);
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

describe('answers of a server', () => {
  test.each([
    [200, 'taken'],
    [201, 'taken'],
    [302, 'failed'],
    [400, 'refused'],
    [401, 'refused'],
    [408, 'failed'],
    [413, 'refused'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('%d is %s', (status, type) => {
    expect(outcomeOf(status, 'why', null, 0).type).toBe(type);
  });

  test("the gateway's sentence is told, not its JSON", () => {
    expect(outcomeOf(503, '{"error":"the disk is full"}', null, 0)).toMatchObject({
      reason: 'status 503, the disk is full',
    });
    expect(outcomeOf(401, '{"error":"wrong"}', null, 0)).toMatchObject({ reason: 'wrong' });
  });

  test.each([
    [null, undefined],
    ['30', 30_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 59_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('Retry-After: %s', (header, ms) => {
    expect(retryAfterIn(header, 1000)).toBe(ms);
  });

  test('an address may hold a user, and errors never repeat a password', () => {
    expect(parseServer('http://me:p%40ss@pi:5000/')).toEqual({
      url: 'http://pi:5000',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
    for (const text of ['me:secret@pi', 'ftp://me:secret@pi', 'http://me:secret@:x'])
      expect(() => parseServer(text)).toThrow(/^--server: expected(?!.*secret)/);
  });
});

describe('files', () => {
  test('a journal in a file is what was written, and only for its owner', async () => {
    const file = join(folder(), 'sub', 'queue.jsonl');
    const journal = new FileJournal(file);
    expect(await journal.read()).toBe('');
    await journal.append('a\n');
    await journal.replace('b\n');
    await journal.append('c\n');
    expect(await journal.read()).toBe('b\nc\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a log is kept in so many files of such a size, the newest lines without a number', () => {
    const place = folder();
    const log = new RotatingLog(join(place, 'report.log'), { bytes: 20, count: 3 });
    for (let n = 10; n < 24; n++) log.write(`line ${n}`);
    expect(readdirSync(place).sort()).toEqual(['report.log', 'report.log.1', 'report.log.2']);
    const text = (name: string) => readFileSync(join(place, name), 'utf8');
    expect([text('report.log'), text('report.log.1'), text('report.log.2')]).toEqual([
      'line 22\nline 23\n',
      'line 20\nline 21\n',
      'line 18\nline 19\n',
    ]);
  });

  test('two processes do not share a queue; one that died leaves it to the next', () => {
    const place = folder();
    const unlock = lockFolder(place);
    expect(() => lockFolder(place)).toThrow(`is in use by process ${process.pid}: end it`);
    unlock();
    expect(readdirSync(place)).toEqual([]);
    writeFileSync(join(place, 'lock'), '999999999 ');
    lockFolder(place)();
  });

  test('after a power cut, a process that happens to have the number of the one that held the queue does not count', () => {
    const place = folder();
    writeFileSync(join(place, 'lock'), `${process.pid} 6d1f1f0a-0000-4000-8000-000000000000 1234`);
    lockFolder(place)();
    expect(readdirSync(place)).toEqual([]);
  });

  test('a disk that takes no log stops nothing: the lines are counted', () => {
    const place = folder();
    const log = new RotatingLog(join(place, 'report.log'), { bytes: 20, count: 3 });
    mkdirSync(join(place, 'report.log'));
    log.write('lost');
    expect(log.counters).toEqual({ lost: 1 });
  });

  test('what the system refuses is said with the name of the file', async () => {
    const place = folder();
    mkdirSync(join(place, 'queue.jsonl'));
    const refused = new FileJournal(join(place, 'queue.jsonl')).append('x\n');
    await expect(refused).rejects.toThrow(`cannot write ${place}/queue.jsonl: it is a folder`);
    expect(() => lockFolder('/dev/null/x')).toThrow(
      'cannot write /dev/null/x: there is a file where its folder should be',
    );
  });
});
