import { beforeEach, describe, expect, test } from 'vitest';
import { Connection, quietMs, type SocketLike, type Surroundings } from '../../dashboard/live/connection';
import type { LiveEvent } from '../../shared/live';

/** A socket that a test opens, fills and closes by hand. */
class FakeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  frame(data: unknown): void {
    this.onmessage?.({ data: typeof data === 'string' ? data : JSON.stringify(data) });
  }
}

/** Time, chance and network as a test wants them. */
class FakeWorld implements Surroundings {
  nowMs = 1000;
  chance = 1;
  isAlive = true;
  login = false;
  asked = 0;
  readonly sockets: FakeSocket[] = [];
  #timers: { atMs: number; call: () => void }[] = [];

  open = (): SocketLike => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };

  now = () => this.nowMs;
  random = () => this.chance;
  needsLogin = () => Promise.resolve(this.login);

  alive = () => {
    this.asked++;
    return Promise.resolve(this.isAlive);
  };

  after = (ms: number, call: () => void) => {
    const timer = { atMs: this.nowMs + ms, call };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  };

  get waiting(): number {
    return this.#timers.length;
  }

  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = next.atMs;
      next.call();
      await settled();
    }
    this.nowMs = endMs;
  }
}

/** Lets promises that are fulfilled already go on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

let world: FakeWorld;
let connection: Connection;
let events: LiveEvent[];

beforeEach(() => {
  world = new FakeWorld();
  connection = new Connection(world);
  events = [];
  connection.onEvents = (more) => events.push(...more);
});

async function opened(): Promise<FakeSocket> {
  connection.start();
  world.last.onopen!();
  await settled();
  return world.last;
}

/** How long the connection waits after having been refused so many times in a row. */
async function pausesMs(count: number): Promise<number[]> {
  connection.start();
  const pauses: number[] = [];
  for (let i = 0; i < count; i++) {
    world.last.onclose!();
    await settled();
    const { link } = connection;
    if (link.state !== 'waiting') throw new Error(`expected a pause, got ${link.state}`);
    pauses.push(link.retryAtMs - world.nowMs);
    await world.pass(pauses.at(-1)!);
  }
  return pauses;
}

describe('a lost connection', () => {
  test('is tried again for ever, after pauses that double up to 15 s', async () => {
    expect(await pausesMs(8)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
    expect(connection.failures).toBe(8);
    expect(world.sockets).toHaveLength(9);
  });

  test('is tried after half of the pause at least, so that browsers come back one by one', async () => {
    world.chance = 0;
    expect(await pausesMs(3)).toEqual([500, 1000, 2000]);
  });

  test('that held for ten seconds begins with the shortest pause again', async () => {
    await pausesMs(4);
    world.last.onopen!();
    world.last.frame([]);
    await world.pass(10_000);
    world.last.onclose!();
    expect(connection.failures).toBe(0);
    expect(connection.link).toEqual({ state: 'waiting', retryAtMs: world.nowMs + 500 });
  });

  test('that was closed right after it opened does not: a gateway that refuses us is not asked in a circle', async () => {
    await pausesMs(4);
    world.last.onopen!();
    world.last.onclose!();
    expect(connection.failures).toBe(5);
  });

  test('is tried at once when the network is back', async () => {
    await pausesMs(3);
    world.last.onclose!();
    await settled();
    const before = world.sockets.length;
    connection.hurry();
    expect(world.sockets).toHaveLength(before + 1);
    expect(connection.link.state).toBe('connecting');
    await world.pass(60_000);
    expect(world.sockets).toHaveLength(before + 1);
  });

  test('asks for a login when the gateway wants one, and no further', async () => {
    world.login = true;
    connection.start();
    world.last.onclose!();
    await settled();
    expect(connection.link).toEqual({ state: 'refused' });
    await world.pass(60_000);
    expect(world.sockets).toHaveLength(1);
    connection.hurry();
    expect(world.sockets).toHaveLength(2);
  });
});

describe('silence', () => {
  test('of 15 s is looked into, and a gateway that answers is believed', async () => {
    const socket = await opened();
    await world.pass(quietMs - 1);
    expect(world.asked).toBe(0);
    await world.pass(1);
    expect(world.asked).toBe(1);
    expect(connection.link.state).toBe('open');
    expect(socket.closed).toBe(false);
    await world.pass(quietMs);
    expect(world.asked).toBe(2);
  });

  test('of a gateway that has lost its power ends the connection', async () => {
    const socket = await opened();
    world.isAlive = false;
    await world.pass(quietMs);
    expect(connection.link.state).toBe('waiting');
    expect(socket.closed).toBe(true);
  });

  test('is none while frames come', async () => {
    const socket = await opened();
    for (let i = 0; i < 5; i++) {
      await world.pass(quietMs - 1);
      socket.frame([]);
    }
    expect(world.asked).toBe(0);
  });

  test('is looked into at once when the page is looked at again', async () => {
    await opened();
    connection.hurry();
    expect(world.asked).toBe(1);
  });
});

test('events arrive in their order, frame by frame', async () => {
  const socket = await opened();
  socket.frame([
    { type: 'broker', broker: 'lost' },
    { type: 'broker', broker: 'connected' },
  ]);
  socket.frame([{ type: 'broker', broker: 'lost' }]);
  expect(events.map((event) => event.type === 'broker' && event.broker)).toEqual([
    'lost',
    'connected',
    'lost',
  ]);
});

test.each(['', 'x', '{}', '"[]"', 'null'])('the frame %j is counted and harms nothing', async (frame) => {
  const socket = await opened();
  socket.frame(frame);
  expect([connection.malformed, events, connection.link.state]).toEqual([1, [], 'open']);
});

test('what is watched is asked for again at each connection', async () => {
  connection.watch(2);
  const first = await opened();
  expect(first.sent).toEqual([{ type: 'watch', kit: 2 }]);
  connection.watch(3);
  connection.watch(3);
  expect(first.sent).toEqual([
    { type: 'watch', kit: 2 },
    { type: 'watch', kit: 3 },
  ]);
  first.onclose!();
  connection.hurry();
  world.last.onopen!();
  expect(world.last.sent).toEqual([{ type: 'watch', kit: 3 }]);
});

test('nothing is kept for later while there is no connection', () => {
  connection.start();
  expect(connection.send({ type: 'command', id: 1, kit: 2, command: 'led' })).toBe(false);
  world.last.onopen!();
  expect(world.last.sent).toEqual([]);
});

test('a socket that was given up is heard no more', async () => {
  const socket = await opened();
  connection.stop();
  expect([socket.closed, socket.onmessage, socket.onclose]).toEqual([true, null, null]);
  expect(world.waiting).toBe(0);
});
