import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveEvent } from '../../../shared/live';
import { startMs, WebBench } from './web-bench';

describe('/live', () => {
  let bench: WebBench;
  const sockets: WebSocket[] = [];
  beforeAll(async () => {
    bench = await new WebBench().start();
  });
  afterAll(() => bench.web.stop());

  /** A browser, and what it has been told. */
  async function open(): Promise<{
    socket: WebSocket;
    events: LiveEvent[];
    until: (type: string) => Promise<unknown>;
  }> {
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/live`);
    sockets.push(socket);
    const events: LiveEvent[] = [];
    socket.on('message', (data: Buffer) => events.push(...(JSON.parse(data.toString()) as LiveEvent[])));
    const until = (type: string) => expect.poll(() => events.some((event) => event.type === type)).toBe(true);
    await until('all');
    return { socket, events, until };
  }

  test('a reading that comes over HTTP is told, with its values', async () => {
    const { events, until } = await open();
    expect(events[0]).toEqual({
      type: 'all',
      nowMs: startMs,
      version: '1.2.3',
      broker: 'connected',
      sensors: [],
    });
    await bench.ask('POST', '/api/sensors/roof/data', { body: { t: 1, note: '따뜻하다' } });
    await until('reading');
    expect(events[1]).toEqual({
      type: 'reading',
      sensor: 'roof',
      transport: 'http',
      atMs: startMs,
      seenMs: startMs,
      values: { t: 1, note: '따뜻하다' },
    });
  });

  test('a configuration that is set is told to all', async () => {
    const [one, two] = [await open(), await open()];
    await bench.ask('PUT', '/api/sensors/roof/config', { body: { interval: 5 } });
    for (const { events, until } of [one, two]) {
      await until('config');
      expect(events.at(-1)).toEqual({
        type: 'config',
        sensor: 'roof',
        config: { interval: 5, thresholds: {} },
      });
    }
  });

  test('a command goes to the kit and its answer comes back', async () => {
    const { socket, events, until } = await open();
    bench.answer = { outcome: 'ok', text: 'Light intensity is 512' };
    socket.send('{"type":"command","id":3,"kit":2,"command":"cds"}');
    await until('answer');
    expect(events.at(-1)).toEqual({
      type: 'answer',
      id: 3,
      answer: { outcome: 'ok', text: 'Light intensity is 512' },
    });
    expect(bench.commands.at(-1)).toEqual({ kit: 2, command: 'cds' });
  });

  test('frames longer than 64 KiB arrive whole, pings and pongs between them', async () => {
    const { socket, events } = await open();
    const before = events.length;
    for (let i = 0; i < 20; i++) {
      const payload = `${i}`.padEnd(i % 2 ? 100_000 : 200, 'x');
      bench.web.tell({ type: 'broker', broker: payload as 'lost' });
      socket.ping();
      await new Promise(setImmediate);
    }
    await expect.poll(() => events.length - before).toBe(20);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  test.each([
    ['a binary frame', Buffer.from([1, 2]), 1003],
    ['no JSON', 'hello', 1008],
    ['a frame that is too long', 'x'.repeat(5000), 1009],
  ])('%s ends the connection', async (_name, data, code) => {
    const { socket } = await open();
    socket.send(data);
    expect((await once(socket, 'close'))[0]).toBe(code);
  });

  /** A browser that is no more than its socket, and the bytes that come. */
  async function openRaw(): Promise<{ socket: Socket; bytes: () => Buffer }> {
    const socket = connect(bench.web.port!, '127.0.0.1');
    socket.write(
      'GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await expect.poll(() => String(Buffer.concat(chunks))).toContain('"all"');
    return { socket, bytes: () => Buffer.concat(chunks) };
  }

  test.each([
    ['text that is no UTF-8', '8182000000000ff0', 1007],
    ['a frame without a mask', '8102aaaa', 1002],
  ])('%s ends the connection', async (_name, frame, code) => {
    const { socket, bytes } = await openRaw();
    const before = bytes().length;
    socket.write(Buffer.from(frame, 'hex'));
    await once(socket, 'close');
    expect(bytes().readUInt16BE(before + 2)).toBe(code);
  });

  test('nothing follows a close frame, whatever happens meanwhile', async () => {
    const { socket, bytes } = await openRaw();
    const before = bytes().length;
    const closed = once(socket, 'close');
    socket.write(Buffer.from('818000000000', 'hex'));
    await expect.poll(() => bytes().length).toBeGreaterThan(before);
    bench.web.tell({ type: 'broker', broker: 'lost' });
    await new Promise(setImmediate);
    socket.write(Buffer.from('888000000000', 'hex'));
    await closed;
    const rest = bytes().subarray(before);
    expect(rest[0]).toBe(0x88);
    expect(rest.length).toBe(2 + rest[1]!);
  });

  test('a browser that leaves is forgotten', async () => {
    const { socket } = await open();
    const { browsers } = bench.web.hub.counters;
    socket.terminate();
    await expect.poll(() => bench.web.hub.counters.browsers).toBe(browsers - 1);
  });

  test('a browser that reads nothing holds a bounded amount, and is told everything when it reads on', async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await expect.poll(() => bench.web.hub.counters.browsers).toBe(0);
    const { socket, events } = await open();
    const { hub } = bench.web;
    (socket as unknown as { _socket: { pause(): void; resume(): void } })._socket.pause();
    const payload = 'x'.repeat(50_000);
    // The system's own buffers hold some megabytes; then what waits here grows until it is enough.
    for (let i = 0; i < 2000 && hub.counters.skipped < 50; i++) {
      bench.web.tell({ type: 'broker', broker: payload as 'lost' });
      await new Promise(setImmediate);
    }
    expect(hub.counters.skipped).toBe(50);
    const alls = events.filter(({ type }) => type === 'all').length;
    socket.resume();
    await expect.poll(() => hub.counters.resynced).toBe(1);
    await expect.poll(() => events.filter(({ type }) => type === 'all').length).toBe(alls + 1);
    bench.web.tell({ type: 'broker', broker: 'lost' });
    await expect.poll(() => events.at(-1)).toEqual({ type: 'broker', broker: 'lost' });
  });
});
