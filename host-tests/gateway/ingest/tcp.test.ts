import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { TcpIngest, type TcpIngestOptions } from '../../../gateway/ingest/tcp';
import { TcpClient, type TcpRoom } from '../../../gateway/ingest/tcp-client';
import type { Reading, Source } from '../../../gateway/reading';
import { forSeeds, newRandom } from '../../support/random';

let nowMs = Date.UTC(2026, 0, 1);
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startTcp(options: Partial<TcpIngestOptions> = {}) {
  const taken: [Reading, Source][] = [];
  const ingest = (reading: Reading, source: Source): void => {
    if (reading.sensor === 'refused') throw new Error('sensor_id: refused is one too many');
    taken.push([reading, source]);
  };
  const tcp = new TcpIngest({ port: 0, ingest, now: () => nowMs, ...options });
  ends.push(() => tcp.stop());
  await tcp.start();
  return { tcp, taken };
}

/** A raw socket, and everything that it has received. */
class Client {
  received = '';
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text: string) => (this.received += text));
    // A server that closes with bytes unread resets the connection.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
    ends.push(() => this.socket.destroy());
  }

  /** Each piece arrives by itself: in one process a few turns are enough for it to be read. */
  async send(...pieces: (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      this.socket.write(piece);
      for (let turns = 0; turns < 4; turns++) await turn();
    }
  }

  /** Waits for exactly this and forgets it. */
  async gets(text: string): Promise<void> {
    await expect.poll(() => this.received, { interval: 1, timeout: 10_000 }).toBe(text);
    this.received = '';
  }
}

async function newClient({ port }: { port: number }): Promise<Client> {
  const client = new Client(port);
  await once(client.socket, 'connect');
  return client;
}

async function untilNothingIsRead({ counters }: TcpIngest): Promise<void> {
  let before = -1;
  while (before !== counters.problems) {
    before = counters.problems;
    for (let turns = 0; turns < 200; turns++) await turn();
  }
}

const ok = (sensor: string) => `{"status":"ok","received":"${sensor}"}`;
const bad = (error: string) => JSON.stringify({ status: 'error', error });

describe('each reading is answered', () => {
  test('with a newline only if it had one', async () => {
    const { tcp, taken } = await startTcp();
    const client = await newClient(tcp);
    await client.send('{"sensor_id":"a","value":1.5,"unit":"V"}');
    await client.gets(ok('a'));
    await client.send('{"sensor_id":"b","temperature":21}\n');
    await client.gets(`${ok('b')}\n`);
    await client.send('{"sensor_id":"c","humidity":40,"timestamp":1767225500}\r\n');
    await client.gets(`${ok('c')}\n`);
    await client.send('{"sensor_id":"d","motion_detected":true}{"sensor_id":"e","value":2}\n');
    await client.gets(`${ok('d')}${ok('e')}\n`);
    expect(taken.map(([reading]) => reading)).toEqual([
      { sensor: 'a', atMs: nowMs, values: { value: 1.5, unit: 'V' } },
      { sensor: 'b', atMs: nowMs, values: { temperature: 21 } },
      { sensor: 'c', atMs: 1767225500_000, values: { humidity: 40 } },
      { sensor: 'd', atMs: nowMs, values: { motion_detected: true } },
      { sensor: 'e', atMs: nowMs, values: { value: 2 } },
    ]);
    expect(taken[0]![1]).toEqual({ transport: 'tcp', address: '127.0.0.1' });
  });

  test('with a newline that follows when the reading’s own comes late', async () => {
    const { tcp } = await startTcp();
    const client = await newClient(tcp);
    await client.send('{"sensor_id":"a","value":1}');
    await client.gets(ok('a'));
    await client.send('\n');
    await client.gets('\n');
    await client.send('\n\n');
    await client.send('{"sensor_id":"a","value":1}');
    await client.gets(ok('a'));
  });

  test('wherever the bytes are split', async () => {
    const { tcp, taken } = await startTcp();
    const client = await newClient(tcp);
    const bytes = Buffer.from('{"sensor_id":"a","문":"열림 \\"}{"}\n{"sensor_id":"b","value":2}{}\n');
    const answers = `${ok('a')}\n${ok('b')}${bad('sensor_id: expected 1 to 64 letters, digits or _ - . :, got nothing')}\n`;
    for (let at = 0; at <= bytes.length; at++) {
      await client.send(bytes.subarray(0, at), bytes.subarray(at));
      await client.gets(answers);
    }
    expect(taken).toHaveLength(2 * (bytes.length + 1));
    expect(new Set(taken.map(([{ values }]) => JSON.stringify(values)))).toEqual(
      new Set(['{"문":"열림 \\"}{"}', '{"value":2}']),
    );
  });

  test('when thousands come in one piece', async () => {
    const { tcp, taken } = await startTcp();
    const client = await newClient(tcp);
    await client.send('{"sensor_id":"a","value":1}'.repeat(5000));
    await client.gets(ok('a').repeat(5000));
    expect(taken).toHaveLength(5000);
  });

  test.each([33, 100, 1000, 5000])(
    'of %i that a client sends at once before it says that this was all',
    async (n) => {
      const { tcp, taken } = await startTcp();
      const client = new Client(tcp.port);
      client.socket.end('{"sensor_id":"a","value":1}\n'.repeat(n));
      await client.gets(`${ok('a')}\n`.repeat(n));
      await expect.poll(() => client.closed).toBe(true);
      expect(taken).toHaveLength(n);
    },
  );

  test('also to a client that has sent all it has and said so', async () => {
    const { tcp } = await startTcp();
    const client = await newClient(tcp);
    client.socket.end('{"sensor_id":"a","value":1}\n{"sensor_id":"b","va');
    await once(client.socket, 'close');
    expect(client.received).toBe(`${ok('a')}\n${bad('the connection ended before the object did')}`);
  });
});

describe('what is no reading', () => {
  test('is answered, and the connection lives on', async () => {
    const { tcp } = await startTcp();
    const client = await newClient(tcp);
    const cases: [string, string][] = [
      ['hello\n', 'expected a JSON object, got h'],
      ['{"sensor_id":"a"}\n', 'expected at least one value beside sensor_id, such as "temperature": 21.5'],
      [
        '{"sensor_id":"a","values":{"x":1}}\n',
        'values: expected a number, true, false or a text, got an object',
      ],
      ['[{"sensor_id":"a","value":1}]\n', 'expected a JSON object, got an array'],
      ['{"sensor_id":"refused","value":1}\n', 'sensor_id: refused is one too many'],
    ];
    for (const [request, error] of cases) {
      await client.send(request);
      await client.gets(`${bad(error)}\n`);
    }
    await client.send('nonsense');
    await client.gets(bad('expected a JSON object, got n'));
    await client.send('{"sensor_id":"a","value":1}');
    await client.gets(ok('a'));
    expect(tcp.counters).toMatchObject({ connections: 1, readings: 1, problems: cases.length + 1 });
  });

  test('because it stays open for 2 s is given up, and reading starts anew', async () => {
    const { tcp } = await startTcp();
    const client = await newClient(tcp);
    await client.send('{"sensor_id":"a","val');
    nowMs += 1999;
    tcp.tick();
    await client.send('ue"');
    expect(client.received).toBe('');
    nowMs += 1;
    tcp.tick();
    await client.gets(bad('an object was not closed within 2 s'));
    await client.send(':1}\n', '{"sensor_id":"b","value":1}\n');
    await client.gets(`\n${ok('b')}\n`);
  });
});

describe('a hostile client disturbs nobody', () => {
  const reading = '{"sensor_id":"good","value":1}\n';

  test('with a megabyte without a newline', async () => {
    const { tcp } = await startTcp();
    const [hostile, good] = [await newClient(tcp), await newClient(tcp)];
    for (const start of ['{"sensor_id":"', 'x', '{"a":[']) {
      hostile.socket.write(start + ' '.repeat(1_000_000));
      await good.send(reading);
      await good.gets(`${ok('good')}\n`);
    }
    await hostile.send('\n{"sensor_id":"sorry","value":1}');
    await expect.poll(() => hostile.received).toMatch(/\n\{"status":"ok","received":"sorry"\}$/);
    expect(hostile.received.length).toBeLessThan(500);
  });

  test('with any bytes at all', async () => {
    const { tcp, taken } = await startTcp();
    const good = await newClient(tcp);
    const hostile = await newClient(tcp);
    forSeeds(200, (random) => hostile.socket.write(Buffer.from(random.bytes(random.int(1, 300)), 'latin1')));
    const random = newRandom(7);
    for (let count = 0; count < 10; count++) {
      const at = random.int(1, reading.length - 1);
      await good.send(reading.slice(0, at), reading.slice(at));
      await good.gets(`${ok('good')}\n`);
    }
    expect(taken).toHaveLength(10);
  });

  test('by not reading its answers: no more is read of it, and everything is answered when it does', async () => {
    const { tcp } = await startTcp();
    const [hostile, good] = [await newClient(tcp), await newClient(tcp)];
    hostile.socket.pause();
    // Two bytes are answered with a hundred: what the buffers of the system cannot take would have to be kept.
    const requests = 120_000;
    hostile.socket.write('{}'.repeat(requests));
    await untilNothingIsRead(tcp);
    expect(tcp.counters.problems).toBeLessThan(requests);
    await good.send(reading);
    await good.gets(`${ok('good')}\n`);
    hostile.socket.resume();
    await expect.poll(() => tcp.counters.problems, { timeout: 30_000 }).toBe(requests);
    const answer = bad('sensor_id: expected 1 to 64 letters, digits or _ - . :, got nothing');
    await expect.poll(() => hostile.received.length).toBe(requests * answer.length);
    expect(hostile.closed).toBe(false);
  });

  test('by never reading its answers: it is closed after half a minute', async () => {
    const { tcp } = await startTcp();
    const [hostile, good] = [await newClient(tcp), await newClient(tcp)];
    hostile.socket.pause();
    hostile.socket.write('{}'.repeat(120_000));
    await untilNothingIsRead(tcp);
    nowMs += 45_000;
    tcp.tick();
    await expect.poll(() => tcp.counters.connections).toBe(1);
    expect(tcp.counters.stalled).toBe(1);
    await good.send(reading);
    await good.gets(`${ok('good')}\n`);
  });

  test('with hundreds of connections where there is room for twenty', async () => {
    const { tcp } = await startTcp({ clientsMax: 20 });
    const good = await newClient(tcp);
    await good.send(reading);
    await good.gets(`${ok('good')}\n`);
    const hostile: Client[] = [];
    for (let count = 0; count < 300; count++) {
      hostile.push(await newClient(tcp));
      expect(tcp.counters.connections).toBeLessThanOrEqual(20);
    }
    await good.send(reading);
    await good.gets(`${ok('good')}\n`);
    const late = await newClient(tcp);
    await late.send('{"sensor_id":"late","value":1}\n');
    await late.gets(`${ok('late')}\n`);
    await expect.poll(() => hostile.filter(({ closed }) => closed).length).toBe(300 - 18);
    expect(tcp.counters).toMatchObject({ accepted: 302, displaced: 302 - 20, connections: 20 });
  });

  test('by going away in the middle of an object, or with a reset', async () => {
    const { tcp } = await startTcp();
    const [leaving, resetting, good] = [await newClient(tcp), await newClient(tcp), await newClient(tcp)];
    await leaving.send('{"sensor_id":"x');
    leaving.socket.destroy();
    await resetting.send('{"sensor_id":"x","value":1}', '{');
    resetting.socket.resetAndDestroy();
    await expect.poll(() => tcp.counters.connections).toBe(1);
    nowMs += 5000;
    tcp.tick();
    await good.send(reading);
    await good.gets(`${ok('good')}\n`);
  });

  test('by being silent: one that never reported goes after ten minutes, a sensor after two hours', async () => {
    const { tcp } = await startTcp();
    const [silent, sensor] = [await newClient(tcp), await newClient(tcp)];
    await sensor.send(reading);
    await sensor.gets(`${ok('good')}\n`);
    nowMs += 599_000;
    tcp.tick();
    expect(tcp.counters.connections).toBe(2);
    nowMs += 20_000;
    tcp.tick();
    await once(silent.socket, 'close');
    await expect.poll(() => tcp.counters).toMatchObject({ connections: 1, idle: 1 });
    nowMs += 2 * 3_600_000;
    tcp.tick();
    await once(sensor.socket, 'close');
    await expect.poll(() => tcp.counters).toMatchObject({ connections: 0, idle: 2 });
  });
});

test('an address that sends too many waits, and loses nothing', async () => {
  let tokens = 100;
  const taken: unknown[] = [];
  const watched = new Set<TcpClient>();
  const room: TcpRoom = {
    now: () => nowMs,
    take: (json) => {
      taken.push(json);
      return 'a';
    },
    onProblem: () => undefined,
    onReported: () => undefined,
    mustWait: () => tokens <= 0,
    charge: (_address, messages) => (tokens -= messages),
    queue: (client) => void setImmediate(() => client.goOn()),
    watch: (client, needsTicks) => void (needsTicks ? watched.add(client) : watched.delete(client)),
    onStall: () => undefined,
  };
  const server = createServer((socket) => {
    const client = new TcpClient(socket, room);
    ends.push(() => client.close());
  }).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const client = await newClient(server.address() as AddressInfo);
  await client.send('{"v":1}\n'.repeat(500));
  await client.gets(`${ok('a')}\n`.repeat(128));
  expect(watched.size).toBe(1);
  for (const each of watched) each.tick();
  expect(taken).toHaveLength(128);
  tokens = 1000;
  for (const each of watched) each.tick();
  await client.gets(`${ok('a')}\n`.repeat(372));
  expect(watched.size).toBe(0);
});

describe('the server', () => {
  test('stops at once, whatever its clients do, and may start again', async () => {
    const { tcp } = await startTcp();
    const [idle, deaf] = [await newClient(tcp), await newClient(tcp)];
    deaf.socket.pause();
    await deaf.send('{}'.repeat(120_000));
    await untilNothingIsRead(tcp);
    const { port } = tcp;
    await tcp.stop();
    await expect.poll(() => idle.closed).toBe(true);
    await tcp.stop();
    await tcp.start();
    expect(tcp.port).toBe(port);
  });

  test('answers what it has read before it stops', async () => {
    const { tcp, taken } = await startTcp();
    const client = await newClient(tcp);
    client.socket.write('{"sensor_id":"a","value":1}');
    while (taken.length === 0) await turn();
    await tcp.stop();
    await client.gets(ok('a'));
  });

  test('listens on a network only when it is said to be open', async () => {
    await expect(startTcp({ host: '0.0.0.0' })).rejects.toThrow(
      'readings over TCP come without a password: take them on 127.0.0.1, or on 0.0.0.0 with --open-ingest',
    );
  });

  test('names a busy port and what to do', async () => {
    const { tcp } = await startTcp();
    await expect(startTcp({ port: tcp.port })).rejects.toThrow(
      `port ${tcp.port} is already in use: stop the other program or choose another with --tcp-port`,
    );
  });
});
