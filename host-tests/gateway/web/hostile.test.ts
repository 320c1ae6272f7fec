import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodyBytesMax, gatheredBytesMax, readBody } from '../../../gateway/web/request-body';
import { Problem } from '../../../gateway/web/problem';
import { testCertificate, testKey } from '../../support/certificate';
import { WebBench } from './web-bench';

describe('a client that means no good', () => {
  let bench: WebBench;
  const sockets: Socket[] = [];
  /** None of these is waited for as long as people would be. */
  const patience = { timeout: 200, handshakeTimeout: 100 };

  beforeEach(async () => {
    bench = await new WebBench({ patience, tls: { port: 0, key: testKey, cert: testCertificate } }).start();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await bench.web.stop();
  });

  function client(port = bench.web.port!): Socket {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  }

  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

  test('and asks thousands of times without reading an answer loses its connection', async () => {
    const socket = client().pause();
    socket.write(get('/api/openapi.json').repeat(20_000));
    await closed(socket.resume());
    expect(bench.web.counters.http).toMatchObject({ greedy: 1, failed: 0 });
    expect(bench.web.counters.http.requests).toBeLessThan(2000);
  });

  test('is not one that sends some requests ahead', async () => {
    const socket = client();
    socket.write(
      get('/healthz').repeat(30) + get('/healthz').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
    );
    expect((await text(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(31);
  });

  test('and reads nothing of a long answer loses its connection, and an export is free again', async () => {
    bench.store.pieces = Array<string>(4000).fill('x'.repeat(65_536));
    const slow = [1, 2, 3, 4].map(() => client().pause());
    for (const socket of slow) socket.write(get('/api/export.csv'));
    const oneMore = async () => (await fetch(`${bench.url}/api/export.csv`, { method: 'HEAD' })).status;
    await expect.poll(oneMore).toBe(503);
    await expect.poll(oneMore).toBe(200);
  });

  test('and says nothing where TLS begins loses its connection', async () => {
    await closed(client(bench.web.tlsPort));
  });

  test('is counted among the connections, and so is everybody', async () => {
    const socket = client();
    socket.write(get('/healthz'));
    await once(socket, 'data');
    expect(bench.web.counters.http).toMatchObject({ connections: 1, refusedConnections: 0 });
  });

  test('and nests JSON without end is told what was expected, by whatever asks for JSON', async () => {
    bench.registry.showSettings(new Map([[2, { holdMs: 1, darkBelow: 1, brightFrom: 1, telemetryMs: 1 }]]));
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const [path, body, error] of [
      ['/api/login', `{"user":${deep}}`, 'user: expected a text, got an array'],
      ['/api/kits/2/commands', `{"command":${deep}}`, 'command: expected one of '],
      ['/api/sensors/a/data', `{"t":${deep}}`, 't: expected a number, true, false or a text, got an array'],
      ['/api/sensors/a/data', deep, '[0]: expected a JSON object, got an array'],
    ] as const) {
      const answer = await bench.ask('POST', path, { body });
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(error)]);
    }
    for (const [body, error] of [
      [`{"interval":${deep}}`, 'interval: expected seconds from 1 to 86400, got an array'],
      [`{"thresholds":{"t":${deep}}}`, 'thresholds.t: expected a JSON object, got an array'],
    ] as const) {
      const { status, text } = await bench.ask('PUT', '/api/sensors/kit_2/config', { body });
      expect([status, text]).toEqual([400, expect.stringContaining(error)]);
    }
    expect(bench.logged).not.toContain('a request failed');
  });

  test('and calls a parameter __proto__ has mistyped it like any other', async () => {
    await bench.ask('POST', '/api/sensors/a/data', { body: { t: 1 } });
    const answer = await bench.ask('GET', '/api/sensors/a/data?__proto__=1');
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ field: '__proto__' })]);
  });
});

describe('a body in pieces', () => {
  class Request extends EventEmitter {
    pause = () => this;
    got: string | Problem | undefined;

    constructor(...pieces: Buffer[]) {
      super();
      const take = (got: string | Problem) => (this.got = got);
      readBody(this as unknown as IncomingMessage, take, take);
      for (const piece of pieces) this.emit('data', piece);
    }

    end(): this['got'] {
      this.emit('end');
      this.emit('close');
      return this.got;
    }
  }

  test('is the same as in one, also where a letter is cut in two', () => {
    const body = Buffer.from(JSON.stringify({ 온도: '따뜻함', note: 'x'.repeat(1000) }));
    for (const size of [1, 2, 7, 500, body.length]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.subarray(index * size, (index + 1) * size),
      );
      expect(new Request(...pieces).end()).toBe(body.toString());
    }
    expect(new Request().end()).toBe('');
    expect(new Request(Buffer.alloc(bodyBytesMax, 'x')).end()).toHaveLength(bodyBytesMax);
    expect(new Request(Buffer.alloc(bodyBytesMax, 'x'), Buffer.from('x')).end()).toMatchObject({
      status: 413,
    });
  });

  test('that never end have a bound together, and those that end or are given up make room', () => {
    const piece = Buffer.alloc(bodyBytesMax / 2);
    const open: Request[] = [];
    for (;;) {
      const request = new Request(piece, piece.subarray(1));
      open.push(request);
      if (request.got) break;
    }
    expect(open.at(-1)!.got).toMatchObject({ status: 503, retryAfterS: 5 });
    expect(open).toHaveLength(gatheredBytesMax / bodyBytesMax + 1);
    // In one piece there is nothing to put together.
    expect(new Request(piece).end()).toHaveLength(piece.length);
    for (const request of open) request.emit('close');
    for (let count = 0; count < 1000; count++)
      expect(new Request(piece, piece.subarray(1)).end()).toHaveLength(bodyBytesMax - 1);
  });
});
