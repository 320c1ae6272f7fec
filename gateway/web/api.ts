import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { IncomingMessage } from 'node:http';
import type { SensorView } from '../../shared/live';
import { isKitCommand, kitCommands } from '../commands';
import { type Access, addressOf, onlyReports } from './access';
import { kitMax } from './live-request';
import { openApi } from './openapi';
import { badField, Problem } from './problem';
import { queryOf, spanOf, wholeNumber } from './query';
import { readJson } from './request-body';
import type { Rooms } from './rooms';
import { apiHeaders } from './security-headers';
import { defaultConfig, parseConfig } from './sensor-config';
import { cookieFor, type Sessions, tokenIn } from './sessions';

/** What the API is handed beside the rooms. */
export interface ApiParts {
  access: Access;
  sessions: Sessions;
  version: string;
  now(): number;
  /** Text for Prometheus. */
  metrics(): string;
  onLogout(session: string): void;
  onError(error: unknown): void;
}

type Env = { Bindings: HttpBindings };
type Ask = Context<Env>;

const readingsMax = 10_000;
const pointsMax = 2000;
const dayMs = 86_400_000;
/** An export reads the whole history: more at once would only make each slower. */
const exportsMax = 4;
/** What answers before anybody has logged in. */
const free = ['/healthz', '/api/session', '/api/login', '/api/logout'];

/** Everything under `/api` but the reporting of readings, `/healthz` and `/metrics`. */
export function createApi(rooms: Rooms, parts: ApiParts): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(apiHeaders)) c.header(name, value);
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') parts.access.checkOrigin(c.env.incoming.headers);
    if (!free.includes(c.req.path)) await parts.access.checkController(c.env.incoming);
    await next();
  });
  addSession(app, parts);
  addSensors(app, rooms, parts);
  addHistory(app, rooms, parts);
  addKits(app, rooms);
  addOperations(app, rooms, parts);
  app.notFound((c) => failed(c, noSuchRoute(app, c.req.method, c.req.path)));
  app.onError((error, c) => {
    if (error instanceof Problem) return failed(c, error);
    parts.onError(error);
    return failed(c, new Problem(500, 'the gateway failed; its log says why'));
  });
  return app;
}

function addSession(app: Hono<Env>, { access, sessions, onLogout }: ApiParts): void {
  const session = async (c: Ask) => {
    const loginRequired = access.rules.loginNeeded;
    const identity = loginRequired ? await access.identify(c.env.incoming) : undefined;
    return { user: identity?.name ?? null, loginRequired };
  };
  const leave = (c: Ask) => {
    const token = tokenIn(c.env.incoming.headers.cookie);
    if (!token) return;
    sessions.close(token);
    onLogout(token);
  };
  app.get('/api/session', async (c) => c.json(await session(c)));
  app.post('/api/login', async (c) => {
    const { user, password } = await jsonObject(c.env.incoming);
    if (typeof user !== 'string') throw badField('user', 'a text', user);
    // What was sent is not repeated: it may be most of a password.
    if (typeof password !== 'string') throw new Problem(400, 'password: expected a text', 'password');
    const identity = await access.verify(user, password, addressOf(c.env.incoming));
    if (identity.role !== 'controller') throw onlyReports(identity);
    leave(c);
    c.header('Set-Cookie', cookieFor(sessions.open(identity), isSecure(c.env.incoming)));
    return c.json({ user: identity.name, loginRequired: access.rules.loginNeeded });
  });
  app.post('/api/logout', (c) => {
    leave(c);
    c.header('Set-Cookie', cookieFor('', isSecure(c.env.incoming)));
    return c.json({ user: null, loginRequired: access.rules.loginNeeded });
  });
}

function addSensors(app: Hono<Env>, { sensors, store }: Rooms, _parts: ApiParts): void {
  app.get('/api/sensors', (c) => {
    query(c, []);
    return c.json({ sensors: sensors.views() });
  });
  app.get('/api/sensors/:id', (c) => c.json(known(sensors.view(c.req.param('id')), c.req.param('id'))));
  app.get('/api/sensors/:id/config', async (c) => {
    const id = c.req.param('id');
    known(sensors.view(id), id);
    return c.json((await store.config(id)) ?? defaultConfig);
  });
  app.put('/api/sensors/:id/config', async (c) => {
    const id = c.req.param('id');
    const config = parseConfig(await readJson(c.env.incoming));
    known(sensors.view(id), id);
    await store.setConfig(id, config);
    sensors.setConfig(id, config);
    return c.json(config);
  });
}

function addHistory(app: Hono<Env>, { sensors, store }: Rooms, { now, onError }: ApiParts): void {
  let exports = 0;
  app.get('/api/sensors/:id/data', async (c) => {
    const id = c.req.param('id');
    const asked = query(c, ['from', 'to', 'limit']);
    const span = spanOf(asked, now());
    const limit = wholeNumber(asked, 'limit', 1, readingsMax, 1000);
    known(sensors.view(id), id);
    const readings = await store.readings(id, span, limit);
    return c.json({
      sensor: id,
      readings: readings.map(({ atMs, receivedMs, transport, values }) => ({
        atMs,
        receivedMs,
        transport,
        values,
      })),
    });
  });
  app.get('/api/sensors/:id/series', async (c) => {
    const id = c.req.param('id');
    const asked = query(c, ['name', 'from', 'to', 'points']);
    const { name } = asked;
    if (!name) throw badField('name', 'the name of a value, such as temperature', name);
    const span = spanOf(asked, now(), dayMs);
    const points = wholeNumber(asked, 'points', 2, pointsMax, 500);
    known(sensors.view(id), id);
    return c.json({ sensor: id, name, points: await store.series(id, name, span, points) });
  });
  app.get('/api/export.csv', (c) => {
    const asked = query(c, ['sensor', 'from', 'to']);
    const span = spanOf(asked, now());
    const { sensor } = asked;
    if (sensor !== undefined) known(sensors.view(sensor), sensor);
    if (exports >= exportsMax)
      throw new Problem(
        503,
        `${exportsMax} exports are under way: try again when one is done`,
        undefined,
        10,
      );
    exports++;
    const onBreak = (error: unknown) => {
      onError(error);
      c.env.outgoing.destroy();
    };
    const pieces = encoded(store.csv(sensor, span), onBreak, () => exports--);
    c.header('Content-Type', 'text/csv; charset=utf-8');
    const name = sensor === undefined ? 'lamplighter' : sensor.replace(/[^\w.-]/g, '_');
    c.header('Content-Disposition', `attachment; filename="${name}.csv"`);
    if (c.req.method === 'HEAD') exports--;
    if (c.req.method === 'HEAD') return c.body(null);
    return c.body(ReadableStream.from(pieces) as Parameters<typeof c.body>[0] & object);
  });
}

function addKits(app: Hono<Env>, { sensors, commands, broker }: Rooms): void {
  app.get('/api/kits', (c) => {
    query(c, []);
    return c.json({ kits: sensors.views().filter((view) => view.kit !== undefined) });
  });
  app.post('/api/kits/:kit/commands', async (c) => {
    const kit = /^[1-9]\d{0,3}$/.test(c.req.param('kit')) ? Number(c.req.param('kit')) : 0;
    if (kit === 0) throw badField('kit', `a number from 1 to ${kitMax}`, c.req.param('kit'));
    const { command } = await jsonObject(c.env.incoming);
    if (!isKitCommand(command)) throw badField('command', `one of ${kitCommands.join(', ')}`, command);
    known(sensors.view(`kit_${kit}`), `kit_${kit}`);
    if (broker() === 'lost') throw new Problem(503, 'there is no connection to the broker', undefined, 5);
    const answer = await commands.send(kit, command);
    if (answer.outcome === 'refused') throw new Problem(409, answer.error);
    if (answer.outcome === 'no answer') throw new Problem(504, `kit ${kit} has not answered`);
    return c.json(answer);
  });
}

function addOperations(app: Hono<Env>, { store, broker }: Rooms, { version, metrics }: ApiParts): void {
  app.get('/healthz', (c) => {
    const ok = broker() === 'connected' && store.trouble === undefined;
    return c.json({ ok, version, broker: broker(), store: store.trouble ?? 'ok' }, ok ? 200 : 503);
  });
  app.get('/metrics', (c) => {
    c.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(metrics());
  });
  app.get('/api/openapi.json', (c) => c.json(openApi(version)));
}

function known(view: SensorView | undefined, id: string): SensorView {
  if (view) return view;
  throw new Problem(404, `${id.slice(0, 64)} has never reported`);
}

function query(c: Ask, names: readonly string[]): Record<string, string> {
  return queryOf(c.req.query(), names);
}

async function jsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const json = await readJson(request);
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw new Problem(400, 'the body is JSON but no object');
}

function isSecure(request: IncomingMessage): boolean {
  return 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https';
}

/** Pieces that cannot go on break the connection: what ended as usual would look whole. */
async function* encoded(
  pieces: AsyncIterable<string>,
  onError: (error: unknown) => void,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) yield Buffer.from(piece);
  } catch (error) {
    onError(error);
  } finally {
    onEnd();
  }
}

function failed(c: Ask, problem: Problem): Response {
  for (const [name, value] of Object.entries(problemHeaders(problem, c.env.incoming))) c.header(name, value);
  return c.json(problem.body, problem.status);
}

/** A browser that is asked for Basic credentials opens a window of its own before the page can show a login. */
export function problemHeaders(problem: Problem, request: IncomingMessage): Record<string, string> {
  const scheme = request.headers['user-agent']?.startsWith('Mozilla/') ? 'Session' : 'Basic';
  return {
    ...(problem.status === 401 && { 'WWW-Authenticate': `${scheme} realm="lamplighter"` }),
    ...(problem.retryAfterS !== undefined && { 'Retry-After': String(problem.retryAfterS) }),
  };
}

function noSuchRoute(app: Hono<Env>, method: string, path: string): Problem {
  const methods = app.routes
    .filter((route) => route.method !== 'ALL' && patternOf(route.path).test(path))
    .map((route) => route.method);
  return methods.length > 0
    ? new Problem(405, `${method} ${path.slice(0, 100)}: expected ${methods.join(' or ')}`)
    : new Problem(404, `${path.slice(0, 100)} is not known; /api/openapi.json lists what is`);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
