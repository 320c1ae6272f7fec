import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMs, WebBench } from './web-bench';

describe('the API', () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await new WebBench().start();
    await bench.ask('POST', '/api/sensors/roof/data', { body: [{ t: 1, ageMs: 60_000 }, { t: 2 }] });
    await bench.ask('POST', '/api/sensors/kit_2/data', { body: { temperatureC: 20 } });
  });
  afterAll(() => bench.web.stop());
  beforeEach(() => {
    bench.store.failure = undefined;
    bench.broker = 'connected';
    bench.answer = { outcome: 'ok', lamp: 'ON' };
  });

  test('lists sensors, and the kits among them', async () => {
    const { json } = await bench.ask('GET', '/api/sensors');
    expect(json).toMatchObject({ sensors: [{ id: 'roof', transport: 'http', count: 2 }, { id: 'kit_2' }] });
    expect((await bench.ask('GET', '/api/kits')).json).toMatchObject({
      kits: [{ id: 'kit_2', kit: { kit: 2 } }],
    });
  });

  describe('readings', () => {
    const path = '/api/sensors/roof/data';

    test('come newest last, the newest first to be kept', async () => {
      const values = async (query: string) => {
        const { json } = await bench.ask('GET', path + query);
        return (json as { readings: { values: { t: number } }[] }).readings.map(({ values }) => values.t);
      };
      expect(await values('')).toEqual([1, 2]);
      expect(await values('?limit=1')).toEqual([2]);
      expect(await values(`?to=${startMs - 1}`)).toEqual([1]);
      expect(await values(`?from=${(startMs - 60_000) / 1000}&to=${startMs - 60_000}`)).toEqual([1]);
      expect(await values('?from=2026-05-01T12:00:00Z')).toEqual([2]);
      expect(await values('?from=2026-05-01T21:00:00+09:00')).toEqual([2]);
      expect(await values('?from=2026-05-02')).toEqual([]);
    });

    test('say all that is known of them', async () => {
      const { json } = await bench.ask('GET', `${path}?limit=1`);
      expect(json).toEqual({
        sensor: 'roof',
        readings: [{ atMs: startMs, receivedMs: startMs, transport: 'http', values: { t: 2 } }],
      });
    });

    test.each([
      ['limit=0', 'limit', 'limit: expected a whole number from 1 to 10000, got "0"'],
      ['limit=10001', 'limit', 'limit: expected'],
      ['limit=1.5', 'limit', 'limit: expected'],
      ['limit=', 'limit', 'limit: expected'],
      ['from=yesterday', 'from', 'from: expected ISO 8601'],
      ['to=2026-13-01', 'to', 'to: expected ISO 8601'],
      ['from=2026-05-02&to=2026-05-01', 'from', 'from: expected a moment before to'],
      ['form=1', 'form', 'form: not a parameter; expected from, to, limit'],
    ])('are refused with the reason when asked for wrongly: %s', async (query, field, sentence) => {
      const { status, json } = await bench.ask('GET', `${path}?${query}`);
      expect(status).toBe(400);
      expect(json).toEqual({ error: expect.stringContaining(sentence) as string, field });
    });

    test('of a sensor that never reported are not there', async () => {
      expect(await bench.ask('GET', '/api/sensors/cellar/data')).toMatchObject({
        status: 404,
        json: { error: 'cellar has never reported' },
      });
    });

    test('that cannot be read are an error without its inside, and the log has it', async () => {
      bench.store.failure = new Error('/home/pi/secret.db is damaged');
      expect(await bench.ask('GET', path)).toMatchObject({
        status: 500,
        json: { error: 'the gateway failed; its log says why' },
      });
      expect(bench.logged).toContain('a request failed');
    });
  });

  test('a series is of the last day, unless said otherwise', async () => {
    const day = 86_400_000;
    await bench.ask('GET', '/api/sensors/roof/series?name=t');
    expect(bench.store.asked).toEqual(['roof', 't', { fromMs: startMs - day, toMs: startMs + day }, 500]);
    await bench.ask('GET', '/api/sensors/roof/series?name=t&from=1700000000000&to=1700003600&points=50');
    expect(bench.store.asked).toEqual(['roof', 't', { fromMs: 1.7e12, toMs: 1.7000036e12 }, 50]);
    expect(await bench.ask('GET', '/api/sensors/roof/series?name=t&points=1')).toMatchObject({
      status: 400,
      json: { field: 'points' },
    });
  });

  describe('the configuration', () => {
    const path = '/api/sensors/roof/config';

    test('is as by default until it is set, and then as it was set', async () => {
      expect((await bench.ask('GET', path)).json).toEqual({ interval: 10, thresholds: {} });
      const config = { interval: 60, thresholds: { temperature: { min: -5, max: 30 }, 온도: { max: 1 } } };
      expect(await bench.ask('PUT', path, { body: config })).toMatchObject({ status: 200, json: config });
      expect((await bench.ask('GET', path)).json).toEqual(config);
      expect(bench.registry.view('roof')!.config).toEqual(config);
    });

    test.each([
      ['{"interval":"5"}', 'interval', 'interval: expected seconds from 1 to 86400, got "5"'],
      ['{"interval":0.5}', 'interval', 'got 0.5'],
      ['{"interval":1e9}', 'interval', 'got 1000000000'],
      ['{"thresholds":[]}', 'thresholds', 'thresholds: expected a JSON object, got an array'],
      ['{"thresholds":{"t":5}}', 'thresholds.t', 'thresholds.t: expected a JSON object, got 5'],
      ['{"thresholds":{"t":{}}}', 'thresholds.t', 'or one of them'],
      [
        '{"thresholds":{"t":{"min":"1"}}}',
        'thresholds.t.min',
        'thresholds.t.min: expected a number, got "1"',
      ],
      ['{"thresholds":{"t":{"max":1e400}}}', 'thresholds.t.max', 'expected a number, got Infinity'],
      ['{"thresholds":{"t":{"min":2,"max":1}}}', 'thresholds.t.max', 'at least min, which is 2, got 1'],
      ['{"thresholds":{"t":{"mim":2}}}', 'mim', 'mim: not known; expected min and max'],
      ['{"thresholds":{"":{"min":2}}}', 'thresholds', '1 to 32 characters'],
      ['{"thresholds":{"__proto__":{"min":2}}}', 'thresholds', '1 to 32 characters'],
      [
        JSON.stringify({
          thresholds: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, { min: 1 }])),
        }),
        'thresholds',
        'at most 16 values',
      ],
      ['{"intervall":5}', 'intervall', 'intervall: not known; expected interval and thresholds'],
      ['7', 'config', 'config: expected a JSON object, got 7'],
      ['{"a"', undefined, 'the body is not JSON'],
    ])('is refused with the reason: %s', async (body, field, sentence) => {
      const { status, json } = await bench.ask('PUT', path, { body });
      expect(status).toBe(400);
      expect((json as { error: string }).error).toContain(sentence);
      expect((json as { field?: string }).field).toBe(field);
    });
  });

  describe('a command', () => {
    const send = (body: unknown, kit = '2') => bench.ask('POST', `/api/kits/${kit}/commands`, { body });

    test('is sent to the kit, and its answer comes back', async () => {
      bench.answer = { outcome: 'ok', text: 'Temperature is 25.50' };
      expect((await send({ command: 'dht22_t' })).json).toEqual({
        outcome: 'ok',
        text: 'Temperature is 25.50',
      });
      expect(bench.commands.at(-1)).toEqual({ kit: 2, command: 'dht22_t' });
    });

    test('that is none is never sent', async () => {
      const sent = bench.commands.length;
      expect((await send({ command: 'format' })).json).toMatchObject({ field: 'command' });
      expect((await send({})).json).toMatchObject({
        error: expect.stringContaining('got nothing') as string,
      });
      expect((await send([])).json).toEqual({ error: 'the body is JSON but no object' });
      for (const kit of ['0', 'x', '10000', '02'])
        expect((await send({ command: 'led' }, kit)).json).toMatchObject({ field: 'kit' });
      expect(bench.commands).toHaveLength(sent);
    });

    test('says what became of it', async () => {
      bench.answer = { outcome: 'refused', error: 'safe mode after crashes' };
      expect(await send({ command: 'led' })).toMatchObject({
        status: 409,
        json: { error: 'safe mode after crashes' },
      });
      bench.answer = { outcome: 'no answer' };
      expect(await send({ command: 'led' })).toMatchObject({
        status: 504,
        json: { error: 'kit 2 has not answered' },
      });
      bench.broker = 'lost';
      expect(await send({ command: 'led' })).toMatchObject({ status: 503 });
    });
  });

  describe('the export', () => {
    test('streams the pieces as they come', async () => {
      bench.store.pieces = ['a,b\n', '1,온도\n'];
      const { headers, text } = await bench.ask('GET', '/api/export.csv?sensor=roof&from=2026-01-01');
      expect(text).toBe('a,b\n1,온도\n');
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(headers.get('content-disposition')).toBe('attachment; filename="roof.csv"');
      expect(bench.store.asked).toEqual(['roof', { fromMs: Date.UTC(2026, 0), toMs: startMs + 86_400_000 }]);
    });

    test('that breaks off does not look whole', async () => {
      bench.store.failure = new Error('damaged');
      await expect(bench.ask('GET', '/api/export.csv')).rejects.toThrow();
      expect(bench.logged).toContain('a request failed');
    });

    test('is not made for too many at once, and again when they are done or gone', async () => {
      let more = () => undefined as void;
      const gate = new Promise<void>((resolve) => (more = resolve));
      const csv = bench.store.csv.bind(bench.store);
      bench.store.csv = async function* () {
        yield 'a\n';
        await gate;
        yield 'b\n';
      };
      const aborts = Array.from({ length: 4 }, () => new AbortController());
      const running = await Promise.all(
        aborts.map(({ signal }) => fetch(`${bench.url}/api/export.csv`, { signal })),
      );
      expect((await bench.ask('GET', '/api/export.csv')).status).toBe(503);
      aborts[0]!.abort();
      more();
      for (const response of running.slice(1)) expect(await response.text()).toBe('a\nb\n');
      bench.store.csv = csv;
      await expect.poll(async () => (await bench.ask('GET', '/api/export.csv')).status).toBe(200);
      for (let i = 0; i < 6; i++) await bench.ask('HEAD', '/api/export.csv');
      expect((await bench.ask('GET', '/api/export.csv')).status).toBe(200);
    });
  });

  test('/healthz says what is wrong', async () => {
    expect(await bench.ask('GET', '/healthz')).toMatchObject({
      status: 200,
      json: { ok: true, version: '1.2.3', broker: 'connected', store: 'ok' },
    });
    bench.store.trouble = 'the disk is full';
    expect(await bench.ask('GET', '/healthz')).toMatchObject({
      status: 503,
      json: { ok: false, store: 'the disk is full' },
    });
    bench.store.trouble = undefined;
  });

  test('a route that is none is 404, a method that is none 405', async () => {
    expect(await bench.ask('GET', '/api/other')).toMatchObject({
      status: 404,
      json: { error: '/api/other is not known; /api/openapi.json lists what is' },
    });
    expect((await bench.ask('GET', '/api')).status).toBe(404);
    expect(await bench.ask('DELETE', '/api/sensors/roof/config')).toMatchObject({
      status: 405,
      json: { error: 'DELETE /api/sensors/roof/config: expected GET or PUT' },
    });
    expect(await bench.ask('PUT', '/api/sensors/roof/data')).toMatchObject({
      status: 405,
      json: { error: 'PUT /api/sensors/roof/data: expected GET or POST' },
    });
  });

  test('answers are kept by nobody', async () => {
    const { headers } = await bench.ask('GET', '/api/sensors');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
