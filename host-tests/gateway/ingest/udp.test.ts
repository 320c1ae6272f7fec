import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { UdpIngest } from '../../../gateway/ingest/udp';
import type { Reading, Source } from '../../../gateway/reading';

let nowMs = Date.UTC(2026, 0, 1);
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function newIngest(options: { host?: string; open?: boolean; port?: number } = {}) {
  const taken: [Reading, Source][] = [];
  const ingest = (reading: Reading, source: Source): void => {
    if (reading.sensor === 'refused') throw new Error('sensor_id: refused is one too many');
    taken.push([reading, source]);
  };
  const udp = new UdpIngest({ port: 0, ingest, now: () => nowMs, ...options });
  ends.push(() => udp.stop());
  return { udp, taken };
}

async function newClient(): Promise<Socket> {
  const client = createSocket('udp4').bind(0, '127.0.0.1');
  ends.push(() => client.close());
  await once(client, 'listening');
  return client;
}

test('each datagram is a reading; bad ones are counted, and nothing is ever answered', async () => {
  const { udp, taken } = newIngest();
  await udp.start();
  const client = await newClient();
  const answers: unknown[] = [];
  client.on('message', (bytes) => answers.push(bytes));
  const send = (text: string) => client.send(text, udp.port, '127.0.0.1');
  const bad = ['', 'x', '{', '[{"sensor_id":"a","v":1}]', '{"v":1}', '{"sensor_id":"a"}{"sensor_id":"b"}'];
  for (const text of bad) send(text);
  send('{"sensor_id":"a","temperature":21.5}');
  send('{"sensor_id":"b","value":1}\n');
  await expect.poll(() => udp.counters.datagrams).toBe(bad.length + 2);
  expect(taken).toEqual([
    [
      { sensor: 'a', atMs: nowMs, values: { temperature: 21.5 } },
      { transport: 'udp', address: '127.0.0.1' },
    ],
    [
      { sensor: 'b', atMs: nowMs, values: { value: 1 } },
      { transport: 'udp', address: '127.0.0.1' },
    ],
  ]);
  expect(udp.counters).toEqual({ datagrams: bad.length + 2, readings: 2, problems: bad.length, limited: 0 });
  expect(answers).toEqual([]);
});

describe('a datagram', () => {
  const sender = { address: '127.0.0.1' };

  test.each([
    ['that is too long', Buffer.from(`{"sensor_id":"a","v":1${' '.repeat(16_384)}}`)],
    ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['of a sensor for which there is no room', Buffer.from('{"sensor_id":"refused","v":1}')],
  ])('%s is counted', (_title, bytes) => {
    const { udp, taken } = newIngest();
    udp.take(bytes, sender);
    expect(udp.counters).toMatchObject({ datagrams: 1, problems: 1, readings: 0 });
    expect(taken).toEqual([]);
  });

  test('of an address that sends too many is thrown away, and those of others are not', () => {
    const { udp, taken } = newIngest({ host: '0.0.0.0', open: true });
    const reading = Buffer.from('{"sensor_id":"a","v":1}');
    for (let count = 0; count < 3000; count++) udp.take(reading, { address: '192.0.2.1' });
    expect(taken).toHaveLength(1000);
    expect(udp.counters.limited).toBe(2000);
    udp.take(reading, { address: '192.0.2.2' });
    for (let count = 0; count < 2000; count++) udp.take(reading, sender);
    expect(taken).toHaveLength(3001);
    nowMs += 1000;
    for (let count = 0; count < 1000; count++) udp.take(reading, { address: '192.0.2.1' });
    expect(taken).toHaveLength(3101);
  });
});

test('a network is listened on only when it is said to be open', async () => {
  await expect(newIngest({ host: '0.0.0.0' }).udp.start()).rejects.toThrow(
    'readings over UDP come without a password: take them on 127.0.0.1, or on 0.0.0.0 with --open-ingest',
  );
});

test('a busy port is named, with what to do', async () => {
  const { udp } = newIngest();
  await udp.start();
  await expect(newIngest({ port: udp.port }).udp.start()).rejects.toThrow(
    `port ${udp.port} is already in use: stop the other program or choose another with --udp-port`,
  );
});
