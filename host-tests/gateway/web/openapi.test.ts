import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../../gateway/web/openapi';
import { problems, resolve } from './json-schema';
import { WebBench, basic } from './web-bench';

type Json = Record<string, unknown>;
interface Operation {
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
  requestBody?: { content: Record<string, { schema: unknown }> };
  parameters?: { name: string; in: string; schema: unknown }[];
}

const document = openApi('1.2.3') as { paths: Record<string, Record<string, Operation>> } & Json;
const described = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
);

describe('the OpenAPI document', () => {
  const bench = new WebBench();
  const locked = new WebBench({ rules: { loginNeeded: true, openIngest: true } });

  beforeAll(async () => {
    await Promise.all([bench.start(), locked.start()]);
    await bench.ask('POST', '/api/sensors/roof/data', { body: { temperature: 21.5, door: true, unit: 'C' } });
    bench.registry.takeKit(2, {
      status: 'online',
      lamp: 'ON',
      cause: 'dusk',
      remaining: 10,
      led: 'OFF',
      ip: '10.0.0.2',
    });
    bench.registry.showSettings(
      new Map([[2, { holdMs: 10_000, darkBelow: 300, brightFrom: 320, telemetryMs: 10_000 }]]),
    );
    bench.store.points = [{ atMs: 1, mean: 2, min: 1, max: 3, count: 2 }];
  });

  afterAll(() => Promise.all([bench.web.stop(), locked.web.stop()]));

  test('describes every route, and no others', () => {
    const routes = bench.web.routes.map((route) => route.replace(/:(\w+)/g, '{$1}'));
    expect(described.toSorted()).toEqual([...new Set(routes)].sort());
  });

  test('refers only to what it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    for (const ref of refs) expect(resolve(ref, document)).toBeDefined();
    const unused = Object.keys((document.components as Json).schemas as Json).filter(
      (name) => !refs.includes(`#/components/schemas/${name}`),
    );
    expect(unused).toEqual([]);
  });

  test('names the parameters that a path has', () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const { parameters = [] } of Object.values(operations)) {
        const inPath = parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => `{${name}}`);
        expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
      }
  });

  const led = { command: 'led' };
  const cases: [
    string,
    string,
    number,
    { body?: unknown; headers?: Record<string, string>; set?: () => void }?,
  ][] = [
    ['GET /api/session', '/api/session', 200],
    ['POST /api/login', '/api/login', 200, { body: { user: 'anna', password: 'secret a' } }],
    ['POST /api/login', '/api/login', 401, { body: { user: 'anna', password: 'x' } }],
    ['POST /api/login', '/api/login', 400, { body: { user: 1 } }],
    ['POST /api/login', '/api/login', 403, { body: { user: 'probe', password: 'secret p' } }],
    ['POST /api/login', '/api/login', 413, { body: 'x'.repeat(300_000) }],
    ['POST /api/logout', '/api/logout', 200],
    ['POST /api/logout', '/api/logout', 403, { headers: { Origin: 'http://elsewhere' } }],
    ['GET /api/sensors', '/api/sensors', 200],
    ['GET /api/sensors', '/api/sensors?x=1', 400],
    ['GET /api/sensors/{id}', '/api/sensors/roof', 200],
    ['GET /api/sensors/{id}', '/api/sensors/kit_2', 200],
    ['GET /api/sensors/{id}', '/api/sensors/cellar', 404],
    ['POST /api/sensors/{id}/data', '/api/sensors/roof/data', 201, { body: { t: 1 } }],
    ['POST /api/sensors/{id}/data', '/api/sensors/roof/data', 201, { body: [{ t: 1 }, { t: 2, s: 'dry' }] }],
    ['POST /api/sensors/{id}/data', '/api/sensors/roof/data', 400, { body: { t: [] } }],
    ['POST /api/sensors/{id}/data', '/api/sensors/roof/data', 413, { body: 'x'.repeat(300_000) }],
    ['GET /api/sensors/{id}/data', '/api/sensors/roof/data', 200],
    ['GET /api/sensors/{id}/data', '/api/sensors/roof/data?limit=0', 400],
    ['GET /api/sensors/{id}/data', '/api/sensors/cellar/data', 404],
    ['GET /api/sensors/{id}/series', '/api/sensors/roof/series?name=t', 200],
    ['GET /api/sensors/{id}/series', '/api/sensors/roof/series', 400],
    ['GET /api/sensors/{id}/series', '/api/sensors/cellar/series?name=t', 404],
    ['GET /api/sensors/{id}/config', '/api/sensors/roof/config', 200],
    ['GET /api/sensors/{id}/config', '/api/sensors/cellar/config', 404],
    [
      'PUT /api/sensors/{id}/config',
      '/api/sensors/roof/config',
      200,
      { body: { thresholds: { t: { max: 30 } } } },
    ],
    ['PUT /api/sensors/{id}/config', '/api/sensors/roof/config', 400, { body: { interval: 0 } }],
    ['PUT /api/sensors/{id}/config', '/api/sensors/cellar/config', 404, { body: {} }],
    ['PUT /api/sensors/{id}/config', '/api/sensors/roof/config', 413, { body: 'x'.repeat(300_000) }],
    ['GET /api/kits', '/api/kits', 200],
    ['POST /api/kits/{kit}/commands', '/api/kits/2/commands', 200, { body: led }],
    ['POST /api/kits/{kit}/commands', '/api/kits/2/commands', 400, { body: { command: 'x' } }],
    ['POST /api/kits/{kit}/commands', '/api/kits/9/commands', 404, { body: led }],
    [
      'POST /api/kits/{kit}/commands',
      '/api/kits/2/commands',
      409,
      { body: led, set: () => (bench.answer = { outcome: 'refused', error: 'safe mode after crashes' }) },
    ],
    [
      'POST /api/kits/{kit}/commands',
      '/api/kits/2/commands',
      504,
      { body: led, set: () => (bench.answer = { outcome: 'no answer' }) },
    ],
    ['GET /api/export.csv', '/api/export.csv', 200],
    ['GET /api/export.csv', '/api/export.csv?sensor=cellar', 404],
    ['GET /api/export.csv', '/api/export.csv?from=x', 400],
    ['GET /api/openapi.json', '/api/openapi.json', 200],
    ['GET /metrics', '/metrics', 200],
    ['GET /healthz', '/healthz', 200],
    ['GET /healthz', '/healthz', 503, { set: () => (bench.broker = 'lost') }],
    ['POST /api/kits/{kit}/commands', '/api/kits/2/commands', 503, { body: led }],
  ];

  test.each(cases)('%s describes what %s answers: %i', async (route, path, status, options = {}) => {
    options.set?.();
    const answer = await bench.ask(route.split(' ')[0]!, path, options);
    expect(answer.status).toBe(status);
    expect(wrong(route, answer)).toEqual([]);
    const { requestBody } = operation(route);
    if (status < 300 && requestBody)
      expect(problems(requestBody.content['application/json']!.schema, options.body, document)).toEqual([]);
  });

  test('every route but the last few has each of its good answers tried', () => {
    const tried = new Set(cases.filter(([, , status]) => status < 300).map(([route]) => route));
    expect(described.filter((route) => !tried.has(route))).toEqual([]);
  });

  test.each(described.filter((route) => !/session|login|logout|healthz/.test(route)))(
    '%s says 401 to nobody and 403 to a sensor, as described',
    async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      const ask = (headers: Record<string, string>) =>
        locked.ask(method, path.replace('{id}', 'roof').replace('{kit}', '2'), {
          headers,
          ...(method !== 'GET' && { body: { t: 1 } }),
        });
      const [nobody, sensor] = [await ask({}), await ask(basic('probe'))];
      expect([nobody.status, sensor.status]).toEqual(
        /\/data$/.test(path) && method === 'POST' ? [201, 201] : [401, 403],
      );
      expect([...wrong(route, nobody), ...wrong(route, sensor)]).toEqual([]);
    },
  );

  function operation(route: string): Operation {
    const [method, path] = route.split(' ') as [string, string];
    return document.paths[path]![method.toLowerCase()]!;
  }

  function wrong(
    route: string,
    { status, headers, text, json }: Awaited<ReturnType<WebBench['ask']>>,
  ): string[] {
    const response = operation(route).responses[status];
    if (!response) return [`${status} is not described`];
    const [type, { schema }] = Object.entries(response.content)[0]!;
    if (headers.get('content-type')?.split(';')[0] !== type) return [`expected ${type}`];
    return problems(schema, json || text, document);
  }
});
