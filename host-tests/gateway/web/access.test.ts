import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { basic, WebBench } from './web-bench';

/** With headers that fetch would not send; the answer's status and body. */
function raw(
  bench: WebBench,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: bench.web.port, host: '127.0.0.1', method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.on('error', reject).end();
  });
}

/** `open`, or the status with which the upgrade was refused. */
function upgrade(
  bench: WebBench,
  path: string,
  headers: Record<string, string> = {},
): Promise<string | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}${path}`, { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
    socket.on('error', () => undefined);
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
  });
}

describe('on this computer alone', () => {
  const bench = new WebBench({ rules: { hosts: ['pi.local'] } });
  beforeAll(() => bench.start());
  afterAll(() => bench.web.stop());

  test('nobody has to log in', async () => {
    expect((await bench.ask('GET', '/api/session')).json).toEqual({ user: null, loginRequired: false });
    expect((await bench.ask('GET', '/api/sensors')).status).toBe(200);
    expect(await upgrade(bench, '/live')).toBe('open');
  });

  test.each(['localhost:5000', '127.0.0.1', '[::1]:5000', 'lamp.localhost', 'Pi.local:5000', '192.168.0.7'])(
    'it answers under the name %s',
    async (host) => {
      expect((await raw(bench, 'GET', '/api/sensors', { Host: host })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'evil.example:5000',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
  ])('it does not answer under a name that somebody else has given it: %s', async (host) => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/api/sensors'],
      ['GET', '/healthz'],
      ['POST', '/api/sensors/roof/data'],
    ] as const) {
      const { status, text } = await raw(bench, method, path, { Host: host });
      expect(status).toBe(403);
      expect(text).toContain('--host-name');
    }
    expect(await upgrade(bench, '/live', { Host: host })).toBe(403);
    expect(await upgrade(bench, '/mqtt', { Host: host })).toBe(403);
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1', 'file://', 'http://evil.example/127.0.0.1'])(
    'a page from elsewhere changes nothing: %s',
    async (origin) => {
      const headers = { Origin: origin };
      for (const [method, path] of [
        ['POST', '/api/sensors/roof/data'],
        ['POST', '/api/login'],
        ['POST', '/api/logout'],
        ['PUT', '/api/sensors/roof/config'],
        ['POST', '/api/kits/2/commands'],
      ] as const)
        expect((await bench.ask(method, path, { body: { t: 1 }, headers })).status).toBe(403);
      expect(await upgrade(bench, '/live', headers)).toBe(403);
      expect(bench.store.stored).toEqual([]);
    },
  );

  test('its own page may', async () => {
    const headers = { Origin: bench.url };
    expect((await bench.ask('POST', '/api/sensors/own/data', { body: { t: 1 }, headers })).status).toBe(201);
    expect(await upgrade(bench, '/live', headers)).toBe('open');
  });

  test('MQTT over WebSocket goes to the broker', async () => {
    expect(await upgrade(bench, '/mqtt')).toBe(418);
    expect(bench.upgrades).toEqual(['/mqtt']);
    expect(await upgrade(bench, '/other')).toBe(404);
  });
});

describe('when others can connect', () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await new WebBench({ rules: { loginNeeded: true } }).start();
  });
  afterAll(() => bench.web.stop());
  beforeEach(() => {
    bench.tooManyWrong = false;
  });

  test.each(['/api/sensors', '/api/kits', '/api/export.csv', '/api/openapi.json', '/metrics'])(
    '%s needs a login',
    async (path) => {
      const cookie = await bench.logIn();
      expect((await bench.ask('GET', path)).status).toBe(401);
      expect((await bench.ask('GET', path, { headers: { Cookie: cookie } })).status).toBe(200);
      expect((await bench.ask('GET', path, { headers: basic('anna') })).status).toBe(200);
      expect((await bench.ask('GET', path, { headers: basic('anna', 'x') })).status).toBe(401);
      expect((await bench.ask('GET', path, { headers: basic('probe') })).status).toBe(403);
    },
  );

  test('a route that is none needs one, too', async () => {
    expect((await bench.ask('GET', '/api/other')).status).toBe(401);
  });

  test('/healthz and /api/session do not', async () => {
    expect((await bench.ask('GET', '/healthz')).status).toBe(200);
    expect((await bench.ask('GET', '/api/session')).json).toEqual({ user: null, loginRequired: true });
  });

  test('the cookie is for this site and for no script', async () => {
    const { headers, json } = await bench.ask('POST', '/api/login', {
      body: { user: 'anna', password: 'secret a' },
    });
    expect(headers.get('set-cookie')).toMatch(
      /^lamplighter_session=[\w-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
    );
    expect(json).toEqual({ user: 'anna', loginRequired: true });
    const secure = await bench.ask('POST', '/api/login', {
      body: { user: 'anna', password: 'secret a' },
      headers: { 'X-Forwarded-Proto': 'https' },
    });
    expect(secure.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test('a session has a user until it is over', async () => {
    const cookie = await bench.logIn();
    const session = async () =>
      (await bench.ask('GET', '/api/session', { headers: { Cookie: cookie } })).json;
    expect(await session()).toEqual({ user: 'anna', loginRequired: true });
    const out = await bench.ask('POST', '/api/logout', { headers: { Cookie: cookie } });
    expect(out.headers.get('set-cookie')).toMatch(/^lamplighter_session=; Path=\/; Max-Age=0;/);
    expect(await session()).toEqual({ user: null, loginRequired: true });
  });

  test('logging in anew ends the session before', async () => {
    const old = await bench.logIn();
    await bench.ask('POST', '/api/login', {
      body: { user: 'anna', password: 'secret a' },
      headers: { Cookie: old },
    });
    expect((await bench.ask('GET', '/api/sensors', { headers: { Cookie: old } })).status).toBe(401);
  });

  test('a week without use ends a session, and use keeps it', async () => {
    const cookie = await bench.logIn();
    const status = async () =>
      (await bench.ask('GET', '/api/sensors', { headers: { Cookie: cookie } })).status;
    const day = 86_400_000;
    for (let i = 0; i < 3; i++) {
      bench.nowMs += 6 * day;
      expect(await status()).toBe(200);
    }
    bench.nowMs += 7 * day + 1;
    expect(await status()).toBe(401);
  });

  test('a cookie of somebody’s own making opens nothing', async () => {
    for (const token of ['x'.repeat(32), '', '__proto__________', 'constructor12345'])
      expect(
        (await bench.ask('GET', '/api/sensors', { headers: { Cookie: `lamplighter_session=${token}` } }))
          .status,
      ).toBe(401);
  });

  test('only a controller logs in', async () => {
    const { status, headers, json } = await bench.ask('POST', '/api/login', {
      body: { user: 'kit2', password: 'secret 2' },
    });
    expect(status).toBe(403);
    expect(json).toEqual({ error: 'kit2 has the role kit and may only report; expected a controller' });
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('no password is repeated in an answer', async () => {
    for (const body of [
      { user: 'anna', password: 7777 },
      { user: 'anna', password: '7777' },
    ])
      expect((await bench.ask('POST', '/api/login', { body })).text).not.toContain('7777');
  });

  test('too many wrong passwords are told so, by login and by Basic', async () => {
    bench.tooManyWrong = true;
    const login = await bench.ask('POST', '/api/login', { body: { user: 'anna', password: 'x' } });
    const other = await bench.ask('GET', '/api/sensors', { headers: basic('anna') });
    for (const { status, headers, json } of [login, other]) {
      expect([status, headers.get('retry-after')]).toEqual([429, '10']);
      expect(json).toEqual({ error: 'too many wrong passwords' });
    }
    expect(bench.verified.at(-1)).toBe('127.0.0.1');
  });

  test('a browser is not made to open its own window for a password', async () => {
    const { headers } = await bench.ask('GET', '/api/sensors', {
      headers: { 'User-Agent': 'Mozilla/5.0 (X11)' },
    });
    expect(headers.get('www-authenticate')).toBe('Session realm="lamplighter"');
  });

  describe('the live events', () => {
    test('need a login of a controller', async () => {
      const cookie = await bench.logIn();
      expect(await upgrade(bench, '/live')).toBe(401);
      expect(await upgrade(bench, '/live', basic('probe'))).toBe(403);
      expect(await upgrade(bench, '/live', { Cookie: cookie })).toBe('open');
      expect(await upgrade(bench, '/live', { Cookie: cookie, Origin: 'http://evil.example' })).toBe(403);
      expect(await upgrade(bench, '/live', basic('anna'))).toBe('open');
    });

    const closing = async (act: (cookie: string) => unknown): Promise<number> => {
      const cookie = await bench.logIn();
      const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/live`, {
        headers: { Cookie: cookie },
      });
      await new Promise((resolve) => socket.once('open', resolve));
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      await act(cookie);
      return closed;
    };

    test('end with the session', async () => {
      expect(await closing((Cookie) => bench.ask('POST', '/api/logout', { headers: { Cookie } }))).toBe(4401);
    });

    test('end with the user, and so do the sessions', async () => {
      let cookie = '';
      const code = await closing((own) => {
        cookie = own;
        bench.removeUser('anna');
      });
      expect(code).toBe(4401);
      expect((await bench.ask('GET', '/api/sensors', { headers: { Cookie: cookie } })).status).toBe(401);
    });
  });
});
