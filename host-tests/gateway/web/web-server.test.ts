import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ListenError } from '../../../gateway/listen-problem';
import { testCertificate, testKey } from '../../support/certificate';
import { WebBench } from './web-bench';

describe('the web server', () => {
  const benches: WebBench[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const { web } of benches.splice(0)) await web.stop();
  });

  async function start(...options: ConstructorParameters<typeof WebBench>): Promise<WebBench> {
    const bench = new WebBench(...options);
    benches.push(bench);
    return bench.start();
  }

  test('says which port is busy and which option chooses another', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failing = new WebBench({ port });
    await expect(failing.web.start()).rejects.toThrow(
      `port ${port} is already in use: stop the other program or choose another with --web-port`,
    );
    await expect(failing.web.start()).rejects.toBeInstanceOf(ListenError);
    other.close();
  });

  test('opens no port when there shall be none', async () => {
    const { web } = await start({ port: false });
    expect([web.port, web.tlsPort]).toEqual([undefined, undefined]);
  });

  test('serves the same over TLS, where the cookie is for TLS only', async () => {
    const bench = await start({ tls: { port: 0, key: testKey, cert: testCertificate } });
    const asked = request({
      ...{ host: '127.0.0.1', port: bench.web.tlsPort, path: '/api/login', method: 'POST' },
      ca: testCertificate,
    });
    asked.end('{"user":"anna","password":"secret a"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers['set-cookie']![0]).toMatch(/; Secure$/);
    response.resume();
    await once(response, 'end');
  });

  describe('when it stops', () => {
    test('finishes what is under way, closes dashboards with a word, and lets nobody in', async () => {
      const bench = await start();
      const dashboard = new WebSocket(`${bench.url.replace('http', 'ws')}/live`);
      await once(dashboard, 'open');
      const closed = once(dashboard, 'close');
      let written = () => undefined as void;
      bench.store.disk = new Promise((resolve) => (written = resolve));
      const slow = bench.ask('POST', '/api/sensors/roof/data', {
        body: { t: 1 },
        headers: { 'Idempotency-Key': 'k' },
      });
      await expect.poll(() => bench.web.counters.httpIngest.requests).toBe(1);
      const { port } = bench.web;
      // What would cut off the rest never comes.
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      const stopped = bench.web.stop();
      expect((await closed)[0]).toBe(1001);
      const late = connect(port!, '127.0.0.1');
      expect((await once(late, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
      written();
      expect((await slow).status).toBe(201);
      await stopped;
    });

    test('does not wait for who only holds a connection', async () => {
      const bench = await start();
      const idle = connect(bench.web.port!, '127.0.0.1');
      idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(idle, 'data');
      const ended = text(idle);
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      await bench.web.stop();
      await ended;
    });

    test('may be stopped again, and without having been started', async () => {
      const bench = await start();
      await bench.web.stop();
      await bench.web.stop();
      await new WebBench().web.stop();
    });
  });

  test('a request that is no HTTP ends its connection only', async () => {
    const bench = await start();
    const socket = connect(bench.web.port!, '127.0.0.1');
    socket.write('\x16\x03\x01\x02\x00hello\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
    expect((await bench.ask('GET', '/healthz')).status).toBe(200);
  });
});
