import { expect } from 'vitest';
import { parseAnswer, request } from '../../../network/bench/message';
import { boardEchoMax } from '../../../shared/echo';
import type { Caller } from '../../support/caller';
import type { Bench, Case } from '../../support/kit-bench';
import { ask, on, untilDark } from '../verbs';

/** From the moment at which WiFi is up until the ports are open, ms. */
const openMs = 6_000;
/** An answer may wait for the DHT22, ms. */
const answerMs = 300;
/** The kit lets go of a silent client within this time, ms. */
const idleMs = 70_000;

function callerOf({ caller }: Bench): Caller {
  if (caller === undefined) throw new Error('the case has no caller: expected `caller` in what is given');
  return caller;
}

async function untilOpen(bench: Bench): Promise<Caller> {
  const caller = callerOf(bench);
  await bench.until('the ports to be open', () => bench.console.some(isOpen), openMs + bench.slackMs);
  return caller;
}

function isOpen(line: string): boolean {
  return line.startsWith('echo: UDP ') && !line.includes('no socket');
}

async function answered(bench: Bench, count: number): Promise<string[]> {
  const { datagrams } = callerOf(bench);
  await bench.until(`${count} answers`, () => datagrams.length >= count, answerMs + bench.slackMs);
  return [...datagrams];
}

/** One question after the other over UDP; each is answered before the next. */
async function questions(bench: Bench, first: number, count: number, size = 100): Promise<void> {
  const caller = callerOf(bench);
  for (let i = first; i < first + count; i++) {
    const before = caller.datagrams.length;
    caller.send(request(i, size));
    await answered(bench, before + 1);
    expect(parseAnswer(caller.datagrams[before]!)?.sequence).toBe(i);
  }
}

const heard = { caller: 'heard' } as const;

export const echoCases: Case[] = [
  {
    title: 'a question over UDP is answered as long as it was, with the time of the board',
    main: true,
    given: heard,
    async run(bench) {
      const caller = await untilOpen(bench);
      for (const [i, size] of [48, 100, boardEchoMax].entries()) {
        caller.send(request(i, size));
        const text = (await answered(bench, i + 1))[i]!;
        expect(text).toMatch(new RegExp(`^echo ${i} \\d+ \\.*\\n$`));
        expect(text).toHaveLength(size);
      }
      const times = caller.datagrams.map((text) => parseAnswer(text)!.serverMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[2]! - times[0]!).toBeLessThan(3 * answerMs + 3 * bench.slackMs);
    },
  },
  {
    title: 'questions over TCP are answered in order, in whatever pieces they come',
    main: true,
    given: heard,
    async run(bench) {
      const call = (await untilOpen(bench)).connect();
      const text = [0, 1, 2].map((i) => request(i, 100)).join('');
      for (const piece of [text.slice(0, 1), text.slice(1, 130), text.slice(130)]) {
        call.write(piece);
        await bench.advance(100);
      }
      await bench.until('three answers', () => call.received.length >= 300, answerMs + bench.slackMs);
      const lines = call.received.split('\n');
      expect(lines.map((line) => line.length)).toEqual([99, 99, 99, 0]);
      expect(lines.slice(0, 3).map((line) => parseAnswer(line)?.sequence)).toEqual([0, 1, 2]);
      call.hangUp();
    },
  },
  {
    title: 'what is no question is not answered, and ends a connection',
    main: true,
    given: heard,
    async run(bench) {
      const caller = await untilOpen(bench);
      for (const text of ['', 'echo 1 2 ....\n', 'bench\n', 'bench x \n', 'bench -1 \n', 'bench 1', '\0\xff'])
        caller.send(text);
      caller.send(request(5, boardEchoMax + 1));
      for (const text of ['GET / HTTP/1.1\r\n', request(5, boardEchoMax + 1), 'x'.repeat(boardEchoMax + 1)]) {
        const call = caller.connect();
        call.write(text);
        await bench.until('the end of the connection', () => call.over, 1000 + bench.slackMs);
        expect(call.received).toBe('');
      }
      expect(caller.datagrams).toEqual([]);
    },
  },
  {
    title: 'an echo that an empty datagram has closed is open again soon',
    given: heard,
    async run(bench) {
      const caller = await untilOpen(bench);
      await questions(bench, 0, 1);
      for (let i = 0; i < 4; i++) caller.send('');
      await bench.advance(openMs);
      await questions(bench, 1, 1);
    },
  },
  {
    title: 'a kit that was not asked to listens nowhere',
    main: true,
    given: { caller: 'unheard' },
    async run(bench) {
      const caller = callerOf(bench);
      await bench.advance(openMs);
      caller.send(request(1, 100));
      const call = caller.connect();
      await bench.until('the refusal', () => call.over, 1000 + bench.slackMs);
      expect(caller.datagrams).toEqual([]);
      expect(bench.console.filter((line) => line.startsWith('echo'))).toEqual([]);
    },
  },
  {
    title: 'the echo has one client over TCP at a time, and the next one when that has left or fallen silent',
    given: heard,
    async run(bench) {
      const caller = await untilOpen(bench);
      const asks = async (call = caller.connect()) => {
        const before = call.received.length;
        call.write(request(1, 100));
        await bench.until('an answer', () => call.received.length > before, answerMs + bench.slackMs);
        return call;
      };
      const first = await asks();
      const second = caller.connect();
      await bench.until('the second to be sent away', () => second.over, 1000 + bench.slackMs);
      await asks(first);
      first.hangUp();
      await bench.advance(500);
      const third = await asks();
      await bench.until('the silent one to be let go', () => third.over, idleMs);
      (await asks()).hangUp();
    },
  },
  {
    title: 'questions without end hold up neither commands nor the lamp nor a reading',
    given: heard,
    async run(bench) {
      await untilOpen(bench);
      const { lamp, telemetryMs } = bench.settings;
      const endMs = bench.now() + 2 * telemetryMs;
      const telemetry = on(bench, 'telemetry').length;
      for (let i = 0; bench.now() < endMs; i += 5) {
        await questions(bench, i, 5);
        await ask(bench, 'USBLED/ON');
      }
      await untilDark(bench, lamp.holdMs);
      const texts = on(bench, 'telemetry').slice(telemetry);
      expect(texts.length).toBeGreaterThan(0);
      for (const { text } of texts) expect(text).toContain('"temperatureC":');
    },
  },
];
