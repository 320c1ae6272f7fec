import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { topicMatches } from '../../../gateway/broker/access';
import { ClientStream, type CloseReason, Flusher } from '../../../gateway/broker/client-stream';
import { Connections, plainAddress } from '../../../gateway/broker/connections';
import { PacketLimit } from '../../../gateway/broker/packet-limit';
import { Persistence } from '../../../gateway/broker/persistence';
import { QuietLog } from '../../../gateway/broker/quiet-log';
import { Retained } from '../../../gateway/broker/retained';
import { Sessions } from '../../../gateway/broker/sessions';
import { Turnstile } from '../../../gateway/broker/turnstile';

/** A packet whose body is as long as it says. */
function packet(length: number): Buffer {
  const header = [0x30];
  for (let rest = length; ;) {
    const more = rest > 127;
    header.push((rest & 127) | (more ? 128 : 0));
    if (!more) return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
    rest >>= 7;
  }
}

describe('the limit of packets', () => {
  test('lets every row of packets pass that are not too long, however it is cut', () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 400 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lengths, fc.array(fc.integer({ min: 1, max: 300 })), (lengths, cuts) => {
        let rest = Buffer.concat([packet(100), ...lengths.map(packet)]);
        const limit = new PacketLimit(100, 400);
        for (const cut of [...cuts, Infinity]) {
          expect(limit.accepts(rest.subarray(0, cut))).toBe(true);
          rest = rest.subarray(cut);
        }
      }),
    );
  });

  test.each([
    ['a first packet one byte too long', [packet(101)], 2],
    ['a later one', [packet(5), packet(401)], 7 + 3],
    ['256 MB', [packet(0), Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])], 2 + 3],
    ['a length that does not end', [packet(0), Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80])], 2 + 5],
    ['a length that does not end, of large digits', [packet(0), Buffer.from([0x30, 0xff, 0xff])], 2 + 3],
  ])('stops at the header of %s', (_title, packets, at) => {
    const limit = new PacketLimit(100, 400);
    const bytes = Buffer.concat(packets);
    expect(limit.accepts(bytes.subarray(0, at - 1))).toBe(true);
    expect(limit.accepts(bytes.subarray(at - 1, at))).toBe(false);
  });
});

/** A connection to somebody who reads only what he is let read. */
class Stuck extends Duplex {
  readonly written: Buffer[] = [];
  readonly pending: (() => void)[] = [];
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(bytes);
    this.pending.push(done);
  }
}

describe('the connection of a client', () => {
  function open(limits = { drop: 100, close: 200 }) {
    const stream = new Stuck();
    const closed: CloseReason[] = [];
    const packets = { connect: 100, packet: 400 };
    const client = new ClientStream(stream, packets, limits, new Flusher(), (reason) => closed.push(reason));
    return { stream, client, closed };
  }
  const nextTurn = () => new Promise(setImmediate);

  it('writes once in a turn what came in many pieces, text and bytes, in their order', async () => {
    const { stream } = open();
    for (const piece of [Buffer.from('a'), 'Ω', Buffer.alloc(0), 'z']) expect(stream.write(piece)).toBe(true);
    expect(stream.written).toEqual([]);
    await nextTurn();
    expect(stream.written.map(String)).toEqual(['aΩz']);
  });

  it('never says that the buffer is full, tells how much waits, and closes beyond the limit', async () => {
    const { stream, client, closed } = open();
    for (let turn = 0; turn < 4; turn++) {
      expect(stream.write(Buffer.alloc(50))).toBe(true);
      await nextTurn();
    }
    expect(client.waitingBytes).toBe(200);
    expect(closed).toEqual([]);
    stream.write('x');
    expect(closed).toEqual(['reads too slowly']);
    expect(stream.destroyed).toBe(true);
  });

  it('sends what was said last before it is destroyed', () => {
    const { stream } = open();
    stream.write('refused');
    stream.destroy();
    expect(stream.written.map(String)).toEqual(['refused']);
  });

  it('hands nothing on of a packet that is too long', async () => {
    const { stream, closed } = open();
    stream.push(Buffer.concat([packet(5), packet(401)]));
    expect(stream.read()).toBeNull();
    expect(closed).toEqual(['packet too long']);
    expect(stream.destroyed).toBe(true);
  });
});

describe('retained messages', () => {
  const message = (topic: string, text: string) => ({ topic, payload: Buffer.from(text), qos: 0 as const });
  const topicsIn = (retained: Retained, ...filters: string[]) =>
    [...retained.matching(filters)].map(({ topic }) => topic).sort();

  it('are found by any filter, as a look at every one of them would find them', () => {
    const level = fc.constantFrom('', 'iot', '2', '3', 'state', '$SYS');
    const topics = fc.array(
      fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/')),
      { maxLength: 30 },
    );
    const filters = fc
      .tuple(
        fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/#'),
      )
      .map(([levels, end]) => levels.join('/') + end);
    fc.assert(
      fc.property(topics, topics, filters, (stored, removed, filter) => {
        const retained = new Retained();
        for (const topic of stored) retained.store(message(topic, 'x'));
        for (const topic of removed) retained.store(message(topic, ''));
        const left = [...new Set(stored)].filter((topic) => !removed.includes(topic));
        expect(topicsIn(retained, filter)).toEqual(
          left.filter((topic) => topicMatches(filter, topic)).sort(),
        );
        expect(retained.counters.messages).toBe(left.length);
        if (left.length === 0) expect(retained.counters.bytes).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('of one kit leave the room of the others alone', () => {
    const retained = new Retained({ messages: 100, bytes: 1e6, perTree: 3 });
    for (let index = 0; index < 10; index++) retained.store(message(`iot/2/${index}`, 'x'));
    retained.store(message('iot/3/state', 'x'));
    expect(topicsIn(retained, '#')).toEqual(['iot/2/0', 'iot/2/1', 'iot/2/2', 'iot/3/state']);
    expect(retained.counters).toMatchObject({ messages: 4, dropped: 7 });
  });

  it('are bounded in number and bytes, and what does not fit takes its outdated predecessor along', () => {
    const retained = new Retained({ messages: 2, bytes: 400, perTree: 10 });
    retained.store(message('a', 'x'));
    retained.store(message('b', 'x'));
    retained.store(message('c', 'x'));
    expect(topicsIn(retained, '#')).toEqual(['a', 'b']);
    retained.store(message('a', 'x'.repeat(300)));
    expect(topicsIn(retained, '#')).toEqual(['b']);
    expect(retained.counters).toEqual({ messages: 1, bytes: 102, dropped: 2 });
  });

  it('do not hold the piece of the socket that they came in', () => {
    const retained = new Retained();
    const read = Buffer.alloc(65_536);
    retained.store({ topic: 'a', payload: read.subarray(10, 20), qos: 0 });
    const [kept] = retained.matching(['a']);
    expect(kept!.payload.buffer).not.toBe(read.buffer);
  });
});

it('what a client was refused is not kept for it either', async () => {
  const persistence = new Persistence({
    connected: () => true,
    permits: (_client, filter) => filter !== '#',
  });
  const asked = [{ topic: '#', qos: 1 } as const, { topic: 'iot/2', qos: 1 } as const];
  await persistence.addSubscriptions({ id: 'kit_2' }, asked);
  expect(await persistence.subscriptionsByClient({ id: 'kit_2' })).toEqual([asked[1]]);
});

describe('sessions that outlive a connection', () => {
  const connected = new Set<string>();
  const limits = { sessions: 2, waiting: 3, bytes: 1000 };
  const sessions = () => new Sessions((id) => connected.has(id), limits);
  const packet = (brokerCounter: number, size = 1) => ({
    ...{ topic: 'a', payload: Buffer.alloc(size), brokerId: 'b', brokerCounter },
  });
  const waiting = async (all: Sessions, id: string) => (await all.waitingOf(id).toArray()) as object[];

  it('keep so many messages of so many bytes, and count the others', async () => {
    const all = sessions();
    all.subscribe('x', [{ topic: 'a', qos: 1 }]);
    for (let index = 0; index < 5; index++) all.enqueue('x', packet(index));
    expect((await waiting(all, 'x')).length).toBe(3);
    all.subscribe('y', [{ topic: 'a', qos: 1 }]);
    all.enqueue('y', packet(1, 2000));
    expect(await waiting(all, 'y')).toEqual([]);
    expect(all.counters).toEqual({ sessions: 2, dropped: 3 });
  });

  it('make room by what is acknowledged', async () => {
    const all = sessions();
    all.subscribe('x', [{ topic: 'a', qos: 1 }]);
    for (let index = 1; index <= 3; index++) {
      all.enqueue('x', packet(index, 200));
      all.update('x', { ...packet(index, 200), messageId: 10 + index });
    }
    expect(all.acknowledge('x', 12)).toMatchObject({ brokerCounter: 2 });
    expect(all.acknowledge('x', 99)).toBeUndefined();
    all.enqueue('x', packet(4, 200));
    expect(await waiting(all, 'x')).toMatchObject([
      { brokerCounter: 1 },
      { brokerCounter: 3 },
      { brokerCounter: 4 },
    ]);
  });

  it('that were not used for longest and are not connected go first', () => {
    const all = sessions();
    connected.add('old');
    all.subscribe('old', [{ topic: 'a', qos: 1 }]);
    all.subscribe('gone', [{ topic: 'a', qos: 1 }]);
    all.subscribe('new', [{ topic: 'a', qos: 1 }]);
    expect(all.subscribersOf('a').map(({ clientId }) => clientId)).toEqual(['old', 'new']);
    connected.add('new');
    expect(() => all.subscribe('one more', [])).toThrow(
      'all 2 sessions that outlive a connection are in use',
    );
    connected.clear();
  });

  it('are subscribed once, however many of their filters match, and not with QoS 0', () => {
    const all = sessions();
    all.subscribe('x', [
      { topic: 'iot/#', qos: 1 },
      { topic: 'iot/2', qos: 2 },
    ]);
    all.subscribe('y', [{ topic: 'iot/2', qos: 0 }]);
    expect(all.subscribersOf('iot/2')).toHaveLength(1);
    expect(all.subscriptionsOf('x')).toHaveLength(2);
    all.unsubscribe('x', ['iot/#', 'iot/2']);
    expect(all.counters.sessions).toBe(1);
  });
});

test('a turnstile lets so many pass in one turn, in their order', async () => {
  const turns: (() => void)[] = [];
  const turnstile = new Turnstile(2, (then) => turns.push(then));
  const passed: number[] = [];
  const all = [1, 2, 3, 4, 5].map((one) => turnstile.pass().then(() => passed.push(one)));
  for (const expected of [
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
  ]) {
    await new Promise(setImmediate);
    expect(passed).toEqual(expected);
    turns.shift()?.();
  }
  await Promise.all(all);
  turns.shift()?.();
  expect(turns).toEqual([]);
});

test('a log that is hammered at says how much it kept back, and is open again later', () => {
  vi.useFakeTimers();
  try {
    const lines: string[] = [];
    const { say } = new QuietLog((line) => lines.push(line));
    for (let line = 0; line < 50; line++) say(`line ${line}`);
    expect(lines).toHaveLength(20);
    vi.advanceTimersByTime(10_000);
    say('later');
    expect(lines.slice(20)).toEqual(['30 more lines like these within 10 s', 'later']);
    vi.advanceTimersByTime(10_000);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

describe('connections', () => {
  const limits = { connections: 3, connectionsPerAddress: 2 };
  const stream = () => new Stuck();

  it('are bounded in all, and from one address that is not this computer’s', async () => {
    const all = new Connections(limits);
    const first = stream();
    expect(all.add(first, '10.0.0.1')).toBe(true);
    expect(all.add(stream(), '10.0.0.1')).toBe(true);
    expect(all.add(stream(), '10.0.0.1')).toBe(false);
    expect(all.add(stream(), '10.0.0.2')).toBe(true);
    expect(all.add(stream(), '10.0.0.3')).toBe(false);
    first.destroy();
    await new Promise(setImmediate);
    expect(all.add(stream(), '10.0.0.1')).toBe(true);
    expect(all.counters).toEqual({ connections: 3, refusedConnections: 2 });
  });

  it('of one network of IPv6, which one machine has for itself, are of one address', () => {
    const all = new Connections(limits);
    expect([1, 2, 3].map((n) => all.add(stream(), `2001:db8:1:2::${n}`))).toEqual([true, true, false]);
    expect(all.add(stream(), '2001:db8:1:3::1')).toBe(true);
  });

  it('of this computer may all come from one address', () => {
    const all = new Connections(limits);
    expect([1, 2, 3].map(() => all.add(stream(), '127.0.0.1'))).toEqual([true, true, true]);
  });

  test.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['fe80::1', 'fe80::1'],
    [undefined, 'unknown'],
  ])('%s is %s', (address, expected) => expect(plainAddress(address)).toBe(expected));
});
