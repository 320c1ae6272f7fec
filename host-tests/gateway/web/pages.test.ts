import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, WebBench } from './web-bench';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-pages-'));
const shell = '<!doctype html><title>Lamplighter</title>';
const script = 'console.log("온도");'.repeat(100);

beforeAll(() => {
  mkdirSync(join(folder, 'dashboard/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dashboard/index.html'), shell);
  writeFileSync(join(folder, 'dashboard/favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'dashboard/assets/main-1a2b.js'), script);
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'dashboard/link.txt'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A request as it stands, whatever a client would make of its address. */
async function wire(bench: WebBench, head: string): Promise<string> {
  const socket = connect(bench.web.port!, '127.0.0.1');
  socket.write(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

describe('pages', () => {
  const bench = new WebBench({ folder: join(folder, 'dashboard') });
  beforeAll(() => bench.start());
  afterAll(() => bench.web.stop());

  test.each(['/', '/index.html', '/login', '/flash', '/iot/2', '/iot/9999', '/sensors/roof', '/?x=1'])(
    '%s is the shell',
    async (path) => {
      const { status, headers, text } = await bench.ask('GET', path);
      expect([status, text]).toEqual([200, shell]);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-cache');
    },
  );

  test.each([
    '/other',
    '/iot/0',
    '/iot/2/x',
    '/iot/10000',
    '/iot',
    '/sensors/',
    '/assets/gone.js',
    '/apix',
    '/healthz/x',
  ])('%s is the shell with 404', async (path) => {
    const { status, text } = await bench.ask('GET', path);
    expect([status, text]).toEqual([404, shell]);
  });

  test('are framed by nobody, and run no script but their own', async () => {
    const { headers } = await bench.ask('GET', '/');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  test('a hashed file is kept for ever, any other is asked for again', async () => {
    const hashed = await bench.ask('GET', '/assets/main-1a2b.js');
    expect(hashed.text).toBe(script);
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const icon = await bench.ask('GET', '/favicon.svg');
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    const tag = icon.headers.get('etag')!;
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await bench.ask('GET', '/favicon.svg', { headers: { 'If-None-Match': known } });
      expect([again.status, again.text]).toEqual([304, '']);
    }
    const other = await bench.ask('GET', '/favicon.svg', { headers: { 'If-None-Match': '"x"' } });
    expect(other.status).toBe(200);
  });

  test('what is worth it goes out compressed, to who takes it', async () => {
    const get = (encoding: string) =>
      wire(bench, `GET /assets/main-1a2b.js HTTP/1.1\r\nAccept-Encoding: ${encoding}`);
    await expect.poll(() => get('br, gzip')).toContain('Content-Encoding: gzip');
    const zipped = await fetch(`${bench.url}/assets/main-1a2b.js`);
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(zipped.headers.get('vary')).toBe('Accept-Encoding');
    expect(await zipped.text()).toBe(script);
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(script.length / 4);
    for (const encoding of ['identity', 'gzip;q=0', 'x-gzipped'])
      expect(await get(encoding)).not.toContain('Content-Encoding');
    expect(gunzipSync).toBeDefined();
  });

  test('HEAD is GET without the body', async () => {
    const { status, headers, text } = await bench.ask('HEAD', '/');
    expect([status, headers.get('content-length'), text]).toEqual([200, String(shell.length), '']);
  });

  test('other methods are refused', async () => {
    expect(await bench.ask('POST', '/')).toMatchObject({
      status: 405,
      text: 'POST /: expected GET or HEAD\n',
    });
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/link.txt',
    'http://localhost/../secret.txt',
    '/%00',
    '*',
  ])('no address leads out of the folder: %s', async (path) => {
    const answer = await wire(bench, `GET ${path} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1.1 4/);
    expect(answer).not.toMatch(/\r\n\r\nsecret/);
  });
});

describe('pages that need a login', () => {
  const bench = new WebBench({ folder: join(folder, 'dashboard'), rules: { loginNeeded: true } });
  beforeAll(() => bench.start());
  afterAll(() => bench.web.stop());

  test.each([
    ['/', '/login'],
    ['/iot/2?x=1&y=2', '/login?next=%2Fiot%2F2%3Fx%3D1%26y%3D2'],
    ['/other', '/login?next=%2Fother'],
    ['//evil.example/x', '/login'],
    ['/\\evil.example', '/login'],
  ])('%s leads to %s', async (path, location) => {
    const answer = await wire(bench, `GET ${path} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1.1 302 /);
    expect(answer).toContain(`\r\nLocation: ${location}\r\n`);
  });

  test('the login itself and the files of the dashboard do not', async () => {
    for (const path of ['/login', '/login?next=%2F', '/assets/main-1a2b.js', '/favicon.svg'])
      expect((await bench.ask('GET', path)).status).toBe(200);
  });

  test('are there for who has logged in', async () => {
    const headers = { Cookie: await bench.logIn() };
    expect(await bench.ask('GET', '/', { headers })).toMatchObject({ status: 200, text: shell });
    expect((await bench.ask('GET', '/other', { headers })).status).toBe(404);
    expect((await bench.ask('GET', '/', { headers: basic('probe') })).status).toBe(403);
  });
});

test('without a built dashboard it is said how to build one', async () => {
  const bench = await new WebBench({ folder: join(folder, 'none') }).start();
  expect(await bench.ask('GET', '/')).toMatchObject({
    status: 503,
    text: 'The dashboard is not built: run npm run build, then start the gateway again.\n',
  });
  expect(bench.logged).toEqual(['the dashboard is not built: run npm run build, then start again']);
  expect((await bench.ask('GET', '/api/sensors')).status).toBe(200);
  await bench.web.stop();
});
