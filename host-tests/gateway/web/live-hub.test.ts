import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Answer, KitMessage, LiveEvent } from '../../../shared/live';
import type { LiveBrowser, LiveLine } from '../../../gateway/web/live-browser';
import { waitingMax } from '../../../gateway/web/live-browser';
import { browsersMax, LiveHub } from '../../../gateway/web/live-hub';

const all: Extract<LiveEvent, { type: 'all' }> = {
  type: 'all',
  nowMs: 0,
  version: '1',
  broker: 'connected',
  sensors: [],
};

/** A line that keeps what was written to it; `takes` is what the system takes at once. */
class FakeLine implements LiveLine {
  readonly frames: Buffer[] = [];
  readonly ended: unknown[] = [];
  takes = true;
  waiting = 0;
  pings = 0;

  write(frame: Buffer): void {
    this.frames.push(frame);
    if (!this.takes) this.waiting += frame.length;
  }

  ping(): void {
    this.pings++;
  }

  close(...why: [number, string]): void {
    this.ended.push(why);
  }

  destroy(): void {
    this.ended.push('destroyed');
  }

  get events(): LiveEvent[][] {
    return this.frames.map((frame) => JSON.parse(frame.toString('utf8', headOf(frame))) as LiveEvent[]);
  }

  /** The types of the events since `all`, a text for each frame. */
  get told(): string[] {
    return this.events.slice(1).map((events) => events.map(({ type }) => type).join(' '));
  }
}

function headOf(frame: Buffer): number {
  return frame[1]! < 126 ? 2 : frame[1] === 126 ? 4 : 10;
}

const reading = (sensor: string): LiveEvent => ({
  type: 'reading',
  sensor,
  transport: 'udp',
  atMs: 1,
  seenMs: 1,
  values: { t: 1 },
});
const message = (kit: number): KitMessage => ({
  type: 'message',
  kit,
  atMs: 1,
  topic: `iot/${kit}`,
  payload: 'led',
  retained: false,
});

describe('the live hub', () => {
  let answer: Promise<Answer>;
  let asked: unknown[];
  let recent: KitMessage[];
  let hub: LiveHub;

  beforeEach(() => {
    vi.useFakeTimers();
    answer = Promise.resolve({ outcome: 'ok', lamp: 'ON' });
    asked = [];
    recent = [];
    hub = new LiveHub({
      now: Date.now,
      all: () => all,
      recent: (kit) => recent.filter((one) => one.kit === kit),
      command: (kit, command) => {
        asked.push([kit, command]);
        return answer;
      },
    });
  });

  afterEach(() => {
    hub.close();
    vi.useRealTimers();
  });

  const turn = () => vi.advanceTimersByTimeAsync(0);

  function open(): { line: FakeLine; browser: LiveBrowser } {
    const line = new FakeLine();
    return { line, browser: hub.open(line, {}) };
  }

  test('tells a new browser everything first', () => {
    const { line } = open();
    expect(line.events).toEqual([[all]]);
  });

  test('tells the events of one turn in one frame, in their order, and the same bytes to all', async () => {
    const [one, two] = [open(), open()];
    hub.tell(reading('a'));
    hub.tell({ type: 'broker', broker: 'lost' });
    expect(one.line.told).toEqual([]);
    await turn();
    expect(one.line.told).toEqual(['reading broker']);
    expect(two.line.frames[1]).toBe(one.line.frames[1]);
  });

  test('encodes nothing while nobody listens', async () => {
    const event = reading('a');
    const toJSON = vi.fn(() => ({}));
    hub.tell(Object.assign(event, { toJSON }));
    await turn();
    expect(toJSON).not.toHaveBeenCalled();
    expect(hub.counters.events).toBe(0);
  });

  test('encodes an event once, however many browsers there are', async () => {
    for (let i = 0; i < 20; i++) open();
    const toJSON = vi.fn(() => ({}));
    hub.tell(Object.assign(reading('a'), { toJSON }));
    await turn();
    expect(toJSON).toHaveBeenCalledTimes(1);
    expect(hub.counters).toMatchObject({ events: 1, frames: 1, deliveries: 20 + 20 });
  });

  test('tells the messages of a kit to those who watch it, between the other events', async () => {
    const [watching, other, none] = [open(), open(), open()];
    watching.browser.onRequest('{"type":"watch","kit":2}');
    other.browser.onRequest('{"type":"watch","kit":3}');
    for (const event of [reading('a'), message(2), message(4), reading('b')]) hub.tell(event);
    await turn();
    expect(watching.line.told).toEqual(['reading message reading']);
    expect(other.line.told).toEqual(['reading reading']);
    expect(none.line.frames[1]).toBe(other.line.frames[1]);
  });

  test('tells who begins to watch a kit what came before, once, and before all that comes after', async () => {
    const [early, late] = [open(), open()];
    early.browser.onRequest('{"type":"watch","kit":2}');
    recent = [message(2), message(3)];
    for (const event of recent) hub.tell(event);
    // The one that is not sent yet is part of what came before.
    late.browser.onRequest('{"type":"watch","kit":2}');
    hub.tell(message(2));
    await turn();
    expect(early.line.told).toEqual(['message', 'message']);
    expect(late.line.told).toEqual(['messages', 'message']);
    expect(late.line.events[1]).toEqual([{ type: 'messages', messages: [message(2)] }]);
    late.browser.onRequest('{"type":"watch","kit":0}');
    expect(late.line.told).toHaveLength(2);
  });

  test('sends nothing to who would be told nothing', async () => {
    const [watching, none] = [open(), open()];
    watching.browser.onRequest('{"type":"watch","kit":2}');
    hub.tell(message(2));
    await turn();
    expect(watching.line.told).toEqual(['message']);
    expect(none.line.told).toEqual([]);
    watching.browser.onRequest('{"type":"watch","kit":0}');
    hub.tell(message(2));
    await turn();
    expect(watching.line.told).toEqual(['message']);
  });

  test('tells a browser that comes within a turn nothing twice', async () => {
    const first = open();
    hub.tell(reading('a'));
    const late = open();
    expect(first.line.told).toEqual(['reading']);
    await turn();
    expect(late.line.told).toEqual([]);
  });

  test('waits for more only while there is much to deliver', async () => {
    const lines = Array.from({ length: 100 }, () => open().line);
    const told = () => lines[99]!.told.length;
    // 1,000 a second: by the end of the first tenth of a second it is known.
    for (let i = 0; i < 110; i++) {
      hub.tell(reading('a'));
      await vi.advanceTimersByTimeAsync(1);
    }
    const busy = told();
    hub.tell(reading('a'));
    await turn();
    expect(told()).toBe(busy);
    await vi.advanceTimersByTimeAsync(4);
    expect(told()).toBe(busy + 1);
    // After a quiet while at once.
    await vi.advanceTimersByTimeAsync(300);
    hub.tell(reading('a'));
    await turn();
    expect(told()).toBe(busy + 2);
  });

  test('is never busy at 100 messages a second', async () => {
    const lines = Array.from({ length: 100 }, () => open().line);
    for (let i = 0; i < 50; i++) {
      hub.tell(reading('a'));
      await turn();
      expect(lines[0]!.told.length).toBe(i + 1);
      await vi.advanceTimersByTimeAsync(10);
    }
  });

  test('tells at once what would otherwise pile up', () => {
    const { line } = open();
    for (let i = 0; i < 30; i++)
      hub.tell({ ...reading('a'), values: { text: 'x'.repeat(10_000) } } as LiveEvent);
    expect(line.told.length).toBe(1);
  });

  describe('a browser that is too slow', () => {
    test('is told nothing more, and everything when it has taken what waited', async () => {
      const { line, browser } = open();
      const other = open();
      line.takes = false;
      line.waiting = waitingMax + line.frames[0]!.length + 1;
      for (let i = 0; i < 3; i++) {
        hub.tell(reading('a'));
        await turn();
      }
      expect(line.told).toEqual([]);
      expect(other.line.told).toEqual(['reading', 'reading', 'reading']);
      expect(hub.counters).toMatchObject({ skipped: 3, resynced: 0 });
      line.takes = true;
      line.waiting = 0;
      hub.tell(reading('b'));
      hub.drained(browser);
      expect(line.told).toEqual(['all']);
      expect(hub.counters.resynced).toBe(1);
      hub.tell(reading('a'));
      await turn();
      expect(line.told).toEqual(['all', 'reading']);
    });

    test('holds a bounded amount, whatever is told', async () => {
      const { line } = open();
      line.takes = false;
      const event = { ...reading('a'), values: { text: 'x'.repeat(1000) } } as LiveEvent;
      for (let i = 0; i < 2000; i++) {
        hub.tell(event);
        if (i % 10 === 0) await turn();
      }
      expect(line.waiting).toBeGreaterThan(waitingMax);
      // The frame that went over the limit is at most one turn's worth.
      expect(line.waiting).toBeLessThan(2 * waitingMax);
    });

    test('that is drained without having been behind is told nothing', () => {
      const { line, browser } = open();
      hub.drained(browser);
      expect(line.told).toEqual([]);
    });
  });

  describe('commands', () => {
    const ask = '{"type":"command","id":7,"kit":2,"command":"USBLED/ON"}';

    test('are answered to the one who asked, after what they have changed', async () => {
      const [asking, other] = [open(), open()];
      let settle = (_answer: Answer) => undefined as void;
      answer = new Promise((resolve) => (settle = resolve));
      asking.browser.onRequest(ask);
      expect(asked).toEqual([[2, 'USBLED/ON']]);
      hub.tell({ type: 'kit', seenMs: 1, kit: { kit: 2, status: 'online', textsOnly: false } });
      settle({ outcome: 'ok', lamp: 'ON' });
      await turn();
      expect(asking.line.told).toEqual(['kit', 'answer']);
      expect(asking.line.events[2]).toEqual([
        { type: 'answer', id: 7, answer: { outcome: 'ok', lamp: 'ON' } },
      ]);
      expect(other.line.told).toEqual(['kit']);
    });

    test('whose sender fails are refused', async () => {
      const { line, browser } = open();
      answer = Promise.reject(new Error('a defect with a secret'));
      browser.onRequest(ask);
      await turn();
      expect(line.events[1]).toEqual([
        {
          type: 'answer',
          id: 7,
          answer: { outcome: 'refused', error: 'the gateway failed; its log says why' },
        },
      ]);
    });

    test('of a browser that has gone are answered to nobody', async () => {
      const { line, browser } = open();
      browser.onRequest(ask);
      hub.forget(browser);
      await turn();
      expect(line.told).toEqual([]);
    });

    test.each([
      ['{"type":"command","id":7,"kit":2,"command":"format"}', 'command: expected one of led, LED/ON'],
      ['{"type":"command","id":7,"kit":0,"command":"led"}', 'kit: expected a whole number from 1 to 9999'],
      ['{"type":"command","id":7,"kit":1.5,"command":"led"}', 'kit: expected'],
      ['{"type":"command","id":7,"kit":"2","command":"led"}', 'kit: expected'],
    ])('that are wrong are refused with the reason: %s', async (text, reason) => {
      const { line, browser } = open();
      browser.onRequest(text);
      expect(line.events[1]).toEqual([
        {
          type: 'answer',
          id: 7,
          answer: { outcome: 'refused', error: expect.stringContaining(reason) as string },
        },
      ]);
      expect(asked).toEqual([]);
    });

    test.each([
      '',
      'null',
      '[]',
      '{',
      '{"type":"stop"}',
      '{"type":"command","kit":2}',
      '{"type":"watch","kit":-1}',
    ])('without an id to answer end the connection: %s', (text) => {
      const { line, browser } = open();
      browser.onRequest(text);
      expect(line.ended).toEqual([[1008, expect.stringContaining('expected')]]);
    });

    test('beyond ten a second are refused, and who goes on all the same is cut off', async () => {
      const { line, browser } = open();
      for (let i = 0; i < 25; i++) browser.onRequest(ask);
      await turn();
      expect(asked).toHaveLength(16);
      const refused = line.events
        .flat()
        .filter((event) => event.type === 'answer' && event.answer.outcome === 'refused');
      expect(refused).toHaveLength(9);
      expect(line.ended).toEqual([]);
      await vi.advanceTimersByTimeAsync(1000);
      for (let i = 0; i < 10; i++) browser.onRequest(ask);
      expect(asked).toHaveLength(26);
      for (let i = 0; i < 100; i++) browser.onRequest(ask);
      expect(line.ended).toContainEqual([1008, 'too many requests']);
    });

    test('of a browser that takes no answers end with it', async () => {
      const { line, browser } = open();
      line.takes = false;
      line.waiting = 3 * waitingMax;
      browser.onRequest(ask);
      await turn();
      expect(line.ended).toEqual(['destroyed']);
    });
  });

  test('a browser that answers no ping is cut off', async () => {
    const [dead, alive] = [open(), open()];
    await vi.advanceTimersByTimeAsync(20_000);
    expect([dead.line.pings, alive.line.pings]).toEqual([1, 1]);
    alive.browser.heard();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(dead.line.ended).toEqual(['destroyed']);
    expect(alive.line).toMatchObject({ ended: [], pings: 2 });
    expect(hub.counters.lost).toBe(1);
  });

  test('there is no timer while there is no browser', () => {
    const { browser } = open();
    expect(vi.getTimerCount()).toBe(1);
    hub.forget(browser);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is full with as many browsers as it takes', () => {
    for (let i = 1; i < browsersMax; i++) open();
    expect(hub.isFull).toBe(false);
    const { browser } = open();
    expect(hub.isFull).toBe(true);
    hub.forget(browser);
    expect(hub.isFull).toBe(false);
  });

  test('dismisses those who may not be there any more', () => {
    const lines = ['a', 'b'].map((session) => {
      const line = new FakeLine();
      hub.open(line, { session });
      return line;
    });
    hub.dismiss(({ session }) => session === 'b');
    expect(lines.map(({ ended }) => ended)).toEqual([[], [[4401, 'logged out']]]);
  });

  test('tells what is pending before it closes', () => {
    const { line } = open();
    hub.tell(reading('a'));
    hub.close();
    expect(line.told).toEqual(['reading']);
    expect(line.ended).toEqual([[1001, 'the gateway is stopping']]);
  });
});
