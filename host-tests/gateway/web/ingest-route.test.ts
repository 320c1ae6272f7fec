import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sensorOfDataPath } from '../../../gateway/web/ingest-route';
import { basic, startMs, WebBench } from './web-bench';

describe('a reading over HTTP', () => {
  const bench = new WebBench();
  const path = '/api/sensors/roof/data';

  beforeAll(() => bench.start());
  afterAll(() => bench.web.stop());
  beforeEach(() => {
    bench.store.stored.length = 0;
    bench.store.failure = undefined;
  });

  test('is stored, and answered with what was', async () => {
    const { status, json } = await bench.ask('POST', path, {
      body: { sensor_id: 'roof', temperatureC: 21.5, timestamp: startMs / 1000 - 60, note: '문 "열림"' },
    });
    expect(status).toBe(201);
    const reading = { atMs: startMs - 60_000, values: { temperature: 21.5, note: '문 "열림"' } };
    expect(json).toEqual({ sensor: 'roof', stored: 1, duplicate: false, readings: [reading] });
    expect(bench.store.stored).toEqual([{ sensor: 'roof', transport: 'http', ...reading }]);
  });

  test('may be a batch', async () => {
    const { status, json } = await bench.ask('POST', path, { body: [{ t: 1, ageMs: 5000 }, { t: 2 }] });
    expect(status).toBe(201);
    expect(json).toMatchObject({ stored: 2, readings: [{ atMs: startMs - 5000 }, { values: { t: 2 } }] });
    expect(bench.store.stored).toHaveLength(2);
  });

  test.each([
    ['no JSON', '{"t":1', 'the body is not JSON', undefined],
    ['an empty body', '', 'the body is not JSON', undefined],
    ['no object', '7', 'expected a JSON object, got 7', undefined],
    ['an empty batch', '[]', 'expected 1 to 500 readings in a batch, got 0', undefined],
    ['a batch too large', JSON.stringify(Array(501).fill({ t: 1 })), 'got 501', undefined],
    ['a wrong value', '{"temperature":"warm"}', 'temperature: expected a number, got "warm"', 'temperature'],
    ['another name', '{"sensor_id":"cellar","t":1}', 'sensor_id: expected roof', 'sensor_id'],
    [
      'a wrong value in a batch',
      '[{"t":1},{"humidity":true}]',
      '[1].humidity: expected a number',
      '[1].humidity',
    ],
    ['no reading in a batch', '[{"t":1},5]', '[1]: expected a JSON object, got 5', '[1]'],
    ['a wrong time', '{"t":1,"timestamp":"now"}', 'timestamp: expected seconds since 1970', 'timestamp'],
  ])(
    'that is wrong is refused with the reason and stores nothing: %s',
    async (_name, body, sentence, field) => {
      const { status, json } = await bench.ask('POST', path, { body });
      expect(status).toBe(400);
      expect((json as { error: string }).error).toContain(sentence);
      expect((json as { field?: string }).field).toBe(field);
      expect(bench.store.stored).toEqual([]);
    },
  );

  test.each([
    '/api/sensors/a%20b/data',
    `/api/sensors/${'x'.repeat(65)}/data`,
    '/api/sensors/%ff/data',
    '/api/sensors/%EC%98%A8/data',
  ])('of a sensor that cannot be called so is refused: %s', async (path) => {
    expect(await bench.ask('POST', path, { body: { t: 1 } })).toMatchObject({
      status: 400,
      json: { field: 'id' },
    });
  });

  test('of one sensor too many is refused, and says when to come back', async () => {
    const full = await new WebBench().start();
    for (let i = 0; i < 50; i++)
      full.registry.take({ sensor: `s${i}`, atMs: startMs, values: { t: 1 } }, { transport: 'udp' });
    const { status, headers, json } = await full.ask('POST', path, { body: { t: 1 } });
    expect([status, headers.get('retry-after')]).toEqual([503, '60']);
    expect((json as { error: string }).error).toContain('roof is one too many');
    await full.web.stop();
  });

  describe('with an Idempotency-Key', () => {
    const headers = { 'Idempotency-Key': 'kit_2/7/140' };

    test('counts once, however often it is sent', async () => {
      const first = await bench.ask('POST', path, { body: [{ t: 1 }], headers });
      const again = await bench.ask('POST', path, { body: [{ t: 1 }], headers });
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(first.json).toMatchObject({ stored: 1, duplicate: false });
      expect(again.json).toMatchObject({ stored: 0, duplicate: true, readings: [{ values: { t: 1 } }] });
      expect(bench.store.stored).toHaveLength(1);
    });

    test('does not take away what another sensor sends with the same key', async () => {
      const other = await bench.ask('POST', '/api/sensors/cellar/data', { body: [{ t: 1 }], headers });
      expect(other.json).toMatchObject({ stored: 1 });
    });

    test('is answered when it is on disk, and not before', async () => {
      let written = () => undefined as void;
      bench.store.disk = new Promise((resolve) => (written = resolve));
      let answered = false;
      const asked = bench
        .ask('POST', path, { body: { t: 1 }, headers: { 'Idempotency-Key': 'late' } })
        .then(() => (answered = true));
      await bench.ask('POST', path, { body: { t: 2 } });
      expect(answered).toBe(false);
      written();
      await asked;
    });

    test('is refused when it cannot be stored', async () => {
      bench.store.failure = new Error('the disk is full');
      const {
        status,
        json,
        headers: answered,
      } = await bench.ask('POST', path, {
        body: { t: 1 },
        headers: { 'Idempotency-Key': 'k2' },
      });
      expect(status).toBe(503);
      expect(json).toEqual({ error: 'not stored: the disk is full' });
      expect(answered.get('retry-after')).toBe('5');
    });

    test.each(['x'.repeat(129), 'a b', 'é'])('that is no key is refused: %s', async (key) => {
      const answer = await bench.ask('POST', path, { body: { t: 1 }, headers: { 'Idempotency-Key': key } });
      expect(answer).toMatchObject({ status: 400, json: { field: 'Idempotency-Key' } });
    });
  });

  describe('that is too long', () => {
    test('is refused, and the sender lives to read it', async () => {
      const { status, json } = await bench.ask('POST', path, { body: `{"t":"${'x'.repeat(800_000)}"}` });
      expect(status).toBe(413);
      expect(json).toEqual({ error: 'the body is longer than 262144 bytes' });
    });

    test('is not read to its end', async () => {
      const socket = connect(bench.web.port!, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n`);
      let sent = 0;
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (sent < 64e6 && !socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      socket.on('drain', more);
      more();
      await new Promise((resolve) => socket.once('close', resolve));
      expect(sent).toBeLessThan(64e6);
    });
  });

  test('is taken as existing clients send it: no content type, chunks, split anywhere', async () => {
    const socket = connect(bench.web.port!, '127.0.0.1');
    socket.setNoDelay(true);
    const text =
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nTransfer-Encoding: chunked\r\n\r\n` +
      '5\r\n{"t":\r\n2\r\n1}\r\n0\r\n\r\n';
    for (const byte of text) {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 201 ');
    expect(bench.store.stored).toMatchObject([{ values: { t: 1 } }]);
    socket.destroy();
  });

  test('that a client leaves half sent does not disturb others', async () => {
    const socket = connect(bench.web.port!, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"t":`);
    await bench.ask('POST', path, { body: { t: 1 } });
    socket.destroy();
    expect((await bench.ask('POST', path, { body: { t: 2 } })).status).toBe(201);
    expect(bench.store.stored).toHaveLength(2);
  });
});

describe('who may report, when others can connect', () => {
  const bench = new WebBench({ rules: { loginNeeded: true } });
  const open = new WebBench({ rules: { loginNeeded: true, openIngest: true } });

  beforeAll(() => Promise.all([bench.start(), open.start()]));
  afterAll(() => Promise.all([bench.web.stop(), open.web.stop()]));

  test.each([
    ['nobody', 'kit_2', {}, 401],
    ['a sensor', 'roof', basic('probe'), 201],
    ['a sensor as a kit that shows a password itself', 'kit_2', basic('probe'), 403],
    ['a sensor as what only looks like a kit', 'kit_02', basic('probe'), 201],
    ['a sensor as one of its own', 'porch', basic('porch'), 201],
    ['a sensor as one that is not its own', 'roof', basic('porch'), 403],
    ['a sensor as a kit that it was given', 'kit_9', basic('porch'), 201],
    ['a kit as itself', 'kit_2', basic('kit2'), 201],
    ['a kit as another', 'kit_3', basic('kit2'), 403],
    ['a kit as a sensor', 'roof', basic('kit2'), 403],
    ['a class as a kit', 'kit_3', basic('class'), 201],
    ['a class as a sensor', 'roof', basic('class'), 403],
    ['a controller', 'roof', basic('anna'), 201],
    ['a wrong password', 'roof', basic('probe', 'x'), 401],
    ['a user that is none', 'roof', basic('nobody', 'x'), 401],
  ])('%s as %s', async (_name, sensor, headers, status) => {
    const answer = await bench.ask('POST', `/api/sensors/${sensor}/data`, { body: { t: 1 }, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="lamplighter"' : null);
  });

  test('a sensor as a kit, where kits have no passwords', async () => {
    const without = new WebBench({ rules: { loginNeeded: true } });
    await without.start();
    without.removeUser('class');
    const { status } = await without.ask('POST', '/api/sensors/kit_2/data', {
      body: { t: 1 },
      headers: basic('probe'),
    });
    expect(status).toBe(201);
    await without.web.stop();
  });

  test('anybody with --open-ingest, but not endlessly', async () => {
    const batch = (count: number) =>
      open.ask('POST', '/api/sensors/roof/data', { body: Array(count).fill({ t: 1 }) });
    expect([(await batch(500)).status, (await batch(500)).status]).toEqual([201, 201]);
    const refused = await batch(1);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    open.nowMs += 1000;
    expect((await batch(100)).status).toBe(201);
    expect((await batch(1)).status).toBe(429);
  });
});

test.each([
  ['/api/sensors/roof/data', 'roof'],
  ['/api/sensors/roof/data?x=1', 'roof'],
  ['/api/sensors/a%3Ab/data', 'a:b'],
  ['/api/sensors/%/data', '%'],
  ['/api/sensors//data', ''],
  ['/api/sensors/data', undefined],
  ['/api/sensors/a/b/data', undefined],
  ['/api/sensors/roof/database', undefined],
  ['/other', undefined],
])('the sensor of %s is %s', (url, sensor) => {
  expect(sensorOfDataPath(url)).toBe(sensor);
});
