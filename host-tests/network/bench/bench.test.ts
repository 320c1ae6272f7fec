import { createConnection } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { compare } from '../../../network/bench/compare';
import { answer, Lines, parseAnswer, request, sizeMax } from '../../../network/bench/message';
import { measureOverhead } from '../../../network/bench/overhead';
import { svgPlot, terminalHistogram } from '../../../network/bench/plot';
import { type Line, run, type RunOptions } from '../../../network/bench/run';
import { EchoServer, tcpLine, udpLine } from '../../../network/bench/sockets';
import { histogram, quantile, statisticsOf } from '../../../network/bench/statistics';

describe('statistics', () => {
  test('of known numbers', () => {
    expect(statisticsOf([2, 4, undefined, 4, 4, 5, 5, 7, 9], 3)).toEqual({
      sent: 9,
      answered: 8,
      lost: 1,
      outOfOrder: 3,
      min: 2,
      mean: 5,
      median: 4.5,
      p95: expect.closeTo(8.3) as number,
      p99: expect.closeTo(8.86) as number,
      max: 9,
      deviation: expect.closeTo(2.13809, 4) as number,
    });
  });

  test('of nothing are no numbers', () => {
    const { answered, mean, median, max } = statisticsOf([undefined], 0);
    expect([answered, mean, median, max]).toEqual([0, NaN, NaN, NaN]);
  });

  test('quantiles lie between neighbours', () => {
    expect([
      quantile([1, 2], 0.5),
      quantile([1, 2, 3], 0),
      quantile([1, 2, 3], 1),
      quantile([7], 0.99),
    ]).toEqual([1.5, 1, 3, 7]);
  });

  test('every answer falls into one bucket, the fastest and the slowest too', () => {
    const times = [0.05, 0.06, 0.5, 5, 50, undefined, 50];
    const buckets = histogram(times, 7);
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect([buckets[0]!.fromMs, buckets[6]!.toMs]).toEqual([0.05, expect.closeTo(50)]);
    expect(histogram([3, 3], 4).reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(histogram([undefined], 4)).toEqual([]);
  });
});

describe('messages', () => {
  test('a question has the size asked for, and its answer the same', () => {
    const question = request(7, 100);
    expect(question).toHaveLength(100);
    expect(question).toMatch(/^bench 7 \.+\n$/);
    const reply = answer(question, 1_700_000_000_000.5)!;
    expect(reply).toHaveLength(100);
    expect(parseAnswer(reply)).toEqual({ sequence: 7, serverMs: 1_700_000_000_000.5 });
  });

  test.each(['', 'bench', 'bench x ', 'GET / HTTP/1.1\r\n', `bench 1 ${'x'.repeat(sizeMax)}`])(
    '%j is no question',
    (text) => {
      expect(answer(text, 0)).toBeUndefined();
    },
  );

  test('lines come whole however the stream is cut', () => {
    const text = request(1, 60) + request(2, 60);
    for (let cut = 0; cut <= text.length; cut++) {
      const lines = new Lines();
      expect([...lines.take(text.slice(0, cut)), ...lines.take(text.slice(cut))].join('')).toBe(text);
    }
  });

  test('a line without an end is given up', () => {
    expect(() => new Lines().take('x'.repeat(sizeMax + 1))).toThrow('a line of more than');
  });
});

/** A line on which the other end does what the test says, under a clock of its own. */
function fakeLine(answerAfter: (sequence: number) => number | undefined) {
  let nowMs = 0;
  const timers: { atMs: number; then: () => void }[] = [];
  const after: RunOptions['after'] = (ms, then) => {
    const timer = { atMs: nowMs + ms, then };
    timers.push(timer);
    return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
  };
  const sent: number[] = [];
  const line: Line = {
    send(message) {
      const sequence = Number(/^bench (\d+)/.exec(message)![1]);
      sent.push(nowMs);
      const ms = answerAfter(sequence);
      if (ms !== undefined) after(ms, () => line.onMessage(answer(message, 5)!));
    },
    onMessage: () => undefined,
    onBroken: () => undefined,
  };
  const options: RunOptions = {
    count: 10,
    size: 60,
    everyMs: 0,
    timeoutMs: 1000,
    now: () => nowMs,
    after,
    progress: () => undefined,
  };
  const passAll = () => {
    while (timers.length > 0) {
      timers.sort((a, b) => a.atMs - b.atMs);
      const timer = timers.shift()!;
      nowMs = timer.atMs;
      timer.then();
    }
    return nowMs;
  };
  return { line, options, passAll, sent };
}

describe('a run', () => {
  test('sends the next message when the answer has come', async () => {
    const { line, options, passAll, sent } = fakeLine(() => 3);
    const running = run(line, options);
    expect(passAll()).toBe(30);
    expect((await running).roundTrips).toEqual(Array(10).fill(3));
    expect(sent).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  });

  test('a message without an answer is lost after the time-out, and the next is sent', async () => {
    const { line, options, passAll } = fakeLine((sequence) =>
      sequence === 4 || sequence === 9 ? undefined : 3,
    );
    const running = run(line, options);
    expect(passAll()).toBe(8 * 3 + 2 * 1000);
    expect((await running).roundTrips).toEqual([3, 3, 3, 3, undefined, 3, 3, 3, 3, undefined]);
  });

  test('at a pace, answers may overtake each other, and that is counted', async () => {
    const { line, options, passAll, sent } = fakeLine((sequence) => (sequence === 2 ? 25 : 3));
    const running = run(line, { ...options, everyMs: 10 });
    passAll();
    const { roundTrips, outOfOrder } = await running;
    expect(sent).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect([roundTrips[2], outOfOrder]).toEqual([25, 1]);
  });

  test('an answer that comes after the time-out is lost, and none counts twice', async () => {
    const { line, options, passAll } = fakeLine((sequence) => (sequence === 1 ? 1500 : 3));
    const sendOnce = line.send.bind(line);
    line.send = (message) => {
      sendOnce(message);
      if (message.startsWith('bench 5 ')) sendOnce(message);
    };
    const running = run(line, { ...options, everyMs: 1000 });
    passAll();
    const { roundTrips, repeated } = await running;
    expect([roundTrips[1], roundTrips[5], repeated]).toEqual([undefined, 3, 1]);
  });

  test('gives up when nobody answers for three time-outs, though not when somebody does at times', async () => {
    const nobody = fakeLine(() => undefined);
    const silent = run(nobody.line, nobody.options);
    expect(nobody.passAll()).toBe(3000);
    expect((await silent).roundTrips).toEqual([undefined, undefined, undefined]);
    const paced = fakeLine(() => undefined);
    const quick = run(paced.line, { ...paced.options, count: 1000, everyMs: 100 });
    expect(paced.passAll()).toBe(3000);
    await quick;
    const seldom = fakeLine((sequence) => (sequence === 1 ? 3 : undefined));
    const lossy = run(seldom.line, seldom.options);
    seldom.passAll();
    expect((await lossy).roundTrips).toHaveLength(10);
  });

  test('a late answer to an earlier run counts for none of this one', async () => {
    const { line, options, passAll } = fakeLine((sequence) => (sequence === 0 ? 1200 : 300));
    const before = run(line, { ...options, count: 1 });
    const running = before.then(() => {
      const second = run(line, { ...options, count: 2, first: 1 });
      passAll();
      return second;
    });
    passAll();
    expect((await before).roundTrips).toEqual([undefined]);
    expect((await running).roundTrips).toEqual([300, 300]);
  });

  test('ends when it is aborted, or the line breaks, with what was sent till then', async () => {
    const controller = new AbortController();
    const first = fakeLine((sequence) => (sequence === 3 ? (controller.abort(), undefined) : 3));
    const aborted = run(first.line, { ...first.options, signal: controller.signal });
    first.passAll();
    expect((await aborted).roundTrips).toEqual([3, 3, 3, undefined]);
    const second = fakeLine(() => undefined);
    const broken = run(second.line, second.options);
    second.line.onBroken('closed');
    expect((await broken).roundTrips).toEqual([undefined]);
  });
});

describe('on real sockets', () => {
  const servers: EchoServer[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.stop()));
  const serve = async () => {
    const server = new EchoServer({ host: '127.0.0.1', udpPort: 0, tcpPort: 0, now: () => 1234.5 });
    await server.start();
    servers.push(server);
    return server;
  };
  const real = {
    count: 50,
    size: 100,
    everyMs: 0,
    timeoutMs: 5000,
    now: () => performance.now(),
    after: (ms: number, then: () => void) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    progress: () => undefined,
  };

  test('both protocols answer every message with the time of the server', async () => {
    const { udpPort, tcpPort } = await serve();
    for (const line of [await udpLine('127.0.0.1', udpPort), await tcpLine('127.0.0.1', tcpPort, 5000)]) {
      const { roundTrips, serverMs, outOfOrder } = await run(line, real);
      line.close();
      expect(roundTrips.filter((time) => time !== undefined)).toHaveLength(50);
      expect(new Set(serverMs)).toEqual(new Set([1234.5]));
      expect(outOfOrder).toBe(0);
    }
  });

  test('what is no question is not answered: a TCP client is let go, a datagram is counted', async () => {
    const server = await serve();
    const client = createConnection(server.tcpPort, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\n\r\n');
    await once(client.resume(), 'close');
    const udp = createSocket('udp4');
    udp.send('hello', server.udpPort, '127.0.0.1');
    // A question sent after it is answered after it was seen.
    udp.send(request(1, 60), server.udpPort, '127.0.0.1');
    const [reply] = (await once(udp, 'message')) as [Buffer];
    udp.close();
    expect(parseAnswer(reply.toString())).toEqual({ sequence: 1, serverMs: 1234.5 });
    expect(server.counters).toEqual({ udp: 1, tcp: 0, refused: 2 });
  });

  test('a port that is in use is one sentence', async () => {
    const { udpPort } = await serve();
    const second = new EchoServer({ host: '127.0.0.1', udpPort, tcpPort: 0, now: () => 0 });
    await expect(second.start()).rejects.toThrow(`UDP port ${udpPort} is in use`);
  });

  test('nothing listening is one sentence', async () => {
    const { tcpPort } = await serve();
    servers.splice(0).forEach((server) => server.stop());
    await expect(tcpLine('127.0.0.1', tcpPort, 5000)).rejects.toThrow('nothing listens there');
  });
});

describe('the comparison in words', () => {
  const steady = statisticsOf([1, 1.1, 0.9, 1, 1], 0);
  const slow = statisticsOf([5, 9, 2, 30, undefined], 1);
  const words = (compared: Parameters<typeof compare>[0], language: 'en' | 'ko' = 'en') =>
    compare(compared, language).join('\n');

  test('names the faster and the steadier by the figures', () => {
    expect(words({ computer: { udp: steady, tcp: slow } })).toMatch(
      /UDP had the lower mean[^]*UDP was steadier/,
    );
    expect(words({ computer: { udp: slow, tcp: steady } })).toMatch(
      /TCP had the lower mean[^]*TCP was steadier/,
    );
    expect(words({ computer: { udp: steady, tcp: steady } })).toMatch(/equally fast[^]*equally steady/);
    expect(words({ computer: { udp: steady, tcp: slow } }, 'ko')).toMatch(
      /UDP가 더 짧았습니다[^]*UDP가 더 고르게/,
    );
  });

  test('tells the losses, and what follows from them', () => {
    expect(words({ kit: { udp: slow, tcp: steady } })).toMatch(
      /Of 5 messages over UDP 1 were lost and 1 came out of order[^]*must number and repeat/,
    );
  });

  test('of few answers it claims no hundredth, and says that they are few', () => {
    const once = { udp: statisticsOf([0.5], 0), tcp: statisticsOf([0.4], 0) };
    expect(words({ computer: once })).toMatch(
      /the slowest answers took 0\.500 ms and 0\.400 ms\.[^]*With 1 answer all this may be chance/,
    );
    expect(words({ computer: once }, 'ko')).toMatch(/가장 느린 응답은[^]*응답이 1개뿐/);
    const often = statisticsOf(Array<number>(100).fill(1), 0);
    expect(words({ computer: { udp: often, tcp: often } })).toMatch(/99 of 100 answers came within/);
    expect(words({ computer: { udp: often, tcp: often } })).not.toMatch(/chance/);
  });

  test('says when there is nothing to compare', () => {
    const none = statisticsOf([undefined], 0);
    expect(words({ computer: { udp: none, tcp: none } })).toMatch(/Nothing was answered/);
    expect(words({ computer: { udp: none, tcp: steady } })).toMatch(/Only TCP was answered/);
  });

  test('sees a kit beside a computer, by the figures of both', () => {
    const computer = { udp: steady, tcp: slow };
    const kit = { udp: slow, tcp: slow };
    const none = { udp: statisticsOf([undefined], 0), tcp: statisticsOf([undefined], 0) };
    expect(words({ computer, kit })).toMatch(
      /answered in 1\.00 ms and the kit in 7\.00 ms[^.]*\), 7\.0 times as long\.[^]* 6\.00 ms between them[^]*with 1 and 1 lost/,
    );
    expect(words({ computer: kit, kit: { udp: steady, tcp: steady } })).toMatch(/7\.0 times as fast/);
    expect(words({ computer, kit }, 'ko')).toMatch(/컴퓨터는 1\.00 ms, 키트는 7\.00 ms[^]*7\.0배 오래/);
    expect(words({ kit })).toMatch(/the other end is a kit, and a median of 7\.00 ms/);
    expect(words({ computer: none, kit })).toMatch(/the other end is a kit/);
    expect(words({ computer, kit: none })).toMatch(/the other end is a computer/);
    expect(words({ computer: none, kit: none })).toMatch(/^Nothing was answered/);
  });

  test('has some 200 words in English, and as much in Korean', () => {
    for (const both of [{}, { kit: { udp: slow, tcp: slow } }]) {
      const count = words({ computer: { udp: steady, tcp: slow }, ...both }).split(/\s+/).length;
      expect(count).toBeGreaterThan(170);
      expect(count).toBeLessThan(260);
    }
    expect(words({ kit: { udp: steady, tcp: slow } }, 'ko').length).toBeGreaterThan(500);
  });
});

test('pictures: a bar for each bucket that is not empty, a curve for each protocol', () => {
  const times = [1, 1, 1, 10, 100];
  const bars = terminalHistogram(times, 60, 3);
  expect(bars.map((line) => line.replace(/.*ms {2}/, ''))).toEqual([
    expect.stringMatching(/^█+ 3$/),
    expect.stringMatching(/^█+.* 1$/),
    expect.stringMatching(/^█+.* 1$/),
  ]);
  const svg = svgPlot('a < b & "c"', [{ name: 'UDP', color: '#000', roundTrips: [...times, undefined] }]);
  expect(svg).toMatch(/^<svg [^]*a &#60; b &#38; &#34;c&#34;[^]*<polyline [^]*<\/svg>\n$/);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('a drawing of no answer, of one, and of a hundred thousand for each of four', () => {
  const drawn = (...all: (number | undefined)[][]) =>
    svgPlot(
      'x',
      all.map((roundTrips) => ({ name: 'UDP', color: '#000', roundTrips })),
    );
  for (const svg of [drawn(), drawn([undefined]), drawn([], [1])]) expect(svg).not.toMatch(/NaN|Infinity/);
  expect(drawn([10])).toMatch(/points="(\d+\.\d),425\.0 \1,50\.0"/);
  // Half of the messages were lost.
  expect(drawn([10, undefined])).toMatch(/,425\.0 \S+,237\.5"/);
  const many = Array<number>(100_000).fill(3);
  expect(drawn(many, many, many, many)).toMatch(/<polyline/);
  expect(terminalHistogram([...many, ...many], 60)).toHaveLength(12);
});

test('the overhead is measured, not assumed', () => {
  let nowMs = 0;
  const calls: number[] = [];
  const overhead = measureOverhead(
    () => (nowMs += 0.25),
    (sequence) => {
      calls.push(sequence);
      nowMs += 2;
    },
  );
  expect(overhead.clockStepMs).toBe(0.25);
  expect(overhead.emptyLoopMs).toBeCloseTo(2, 3);
});
