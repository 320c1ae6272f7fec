import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SensorView } from '../../shared/live';
import { isKitCommand, kitCommands } from '../commands';
import { type Access, addressOf, onlyReports } from './access';
import { kitMax } from './live-request';
import { openApi } from './openapi';
import { ingestRoute } from './ingest-route';
import { badField, Problem } from './problem';
import { queryOf, spanOf, wholeNumber } from './query';
import { readJson } from './request-body';
import type { Rooms } from './rooms';
import { type Answer, json, queryIn, type Route, Router, send } from './router';
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

const readingsMax = 10_000;
const pointsMax = 2000;
const dayMs = 86_400_000;
/** An export reads the whole history: more at once would only make each slower. */
const exportsMax = 4;
/** Everything under `/api` but the reporting of readings, `/healthz` and `/metrics`. */
export class Api {
  readonly routes: readonly Route[];
  private readonly router: Router;

  constructor(
    rooms: Rooms,
    private readonly parts: ApiParts,
  ) {
    this.routes = [
      ...sessionRoutes(parts),
      ...sensorRoutes(rooms),
      ...historyRoutes(rooms, parts),
      ...kitRoutes(rooms),
      ...operationRoutes(rooms, parts),
    ];
    this.router = new Router(this.routes, [ingestRoute]);
  }

  /** Rejects with a Problem, or with whatever has gone wrong. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { access } = this.parts;
    const { method = 'GET', headers, url = '/' } = request;
    if (method !== 'GET' && method !== 'HEAD') access.checkOrigin(headers);
    const found = this.router.find(method, path);
    if (!found?.route.free) await access.checkController(request);
    if (!found) throw new Problem(404, `${path.slice(0, 100)} is not known; /api/openapi.json lists what is`);
    const ask = { request, response, params: found.params, query: queryIn(url) };
    await send(ask, await found.route.answer(ask), apiHeaders);
  }
}

function sessionRoutes({ access, sessions, onLogout }: ApiParts): Route[] {
  const loginRequired = access.rules.loginNeeded;
  const leave = ({ headers }: IncomingMessage) => {
    const token = tokenIn(headers.cookie);
    if (!token) return;
    sessions.close(token);
    onLogout(token);
  };
  const withCookie = (request: IncomingMessage, token: string, user: string | null): Answer => ({
    ...json({ user, loginRequired }),
    headers: { 'Set-Cookie': cookieFor(token, isSecure(request)) },
  });
  return [
    {
      method: 'GET',
      path: '/api/session',
      free: true,
      answer: async ({ request }) => {
        const identity = loginRequired ? await access.identify(request) : undefined;
        return json({ user: identity?.name ?? null, loginRequired });
      },
    },
    {
      method: 'POST',
      path: '/api/login',
      free: true,
      answer: async ({ request }) => {
        const { user, password } = await jsonObject(request);
        if (typeof user !== 'string') throw badField('user', 'a text', user);
        // What was sent is not repeated: it may be most of a password.
        if (typeof password !== 'string') throw new Problem(400, 'password: expected a text', 'password');
        const identity = await access.verify(user, password, addressOf(request));
        if (identity.role !== 'controller') throw onlyReports(identity);
        leave(request);
        return withCookie(request, sessions.open(identity), identity.name);
      },
    },
    {
      method: 'POST',
      path: '/api/logout',
      free: true,
      answer: ({ request }) => {
        leave(request);
        return withCookie(request, '', null);
      },
    },
  ];
}

function sensorRoutes({ sensors, store }: Rooms): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/sensors',
      answer: ({ query }) => {
        queryOf(query, []);
        return json({ sensors: sensors.views() });
      },
    },
    {
      method: 'GET',
      path: '/api/sensors/:id',
      answer: ({ params: { id } }) => json(known(sensors, id!)),
    },
    {
      method: 'GET',
      path: '/api/sensors/:id/config',
      answer: async ({ params: { id } }) => {
        known(sensors, id!);
        return json((await store.config(id!)) ?? defaultConfig);
      },
    },
    {
      method: 'PUT',
      path: '/api/sensors/:id/config',
      answer: async ({ request, params: { id } }) => {
        const config = parseConfig(await readJson(request));
        known(sensors, id!);
        await store.setConfig(id!, config);
        sensors.setConfig(id!, config);
        return json(config);
      },
    },
  ];
}

function historyRoutes({ sensors, store }: Rooms, { now, onError }: ApiParts): Route[] {
  let exports = 0;
  return [
    {
      method: 'GET',
      path: '/api/sensors/:id/data',
      answer: async ({ params: { id }, query }) => {
        const asked = queryOf(query, ['from', 'to', 'limit']);
        const span = spanOf(asked, now());
        const limit = wholeNumber(asked, 'limit', 1, readingsMax, 1000);
        known(sensors, id!);
        const readings = await store.readings(id!, span, limit);
        return json({
          sensor: id,
          readings: readings.map(({ atMs, receivedMs, transport, values }) => ({
            atMs,
            receivedMs,
            transport,
            values,
          })),
        });
      },
    },
    {
      method: 'GET',
      path: '/api/sensors/:id/series',
      answer: async ({ params: { id }, query }) => {
        const asked = queryOf(query, ['name', 'from', 'to', 'points']);
        const { name } = asked;
        if (!name) throw badField('name', 'the name of a value, such as temperature', name);
        const span = spanOf(asked, now(), dayMs);
        const points = wholeNumber(asked, 'points', 2, pointsMax, 500);
        known(sensors, id!);
        return json({ sensor: id, name, points: await store.series(id!, name, span, points) });
      },
    },
    {
      method: 'GET',
      path: '/api/export.csv',
      answer: ({ request, query }) => {
        const asked = queryOf(query, ['sensor', 'from', 'to']);
        const span = spanOf(asked, now());
        const { sensor } = asked;
        if (sensor !== undefined) known(sensors, sensor);
        if (exports >= exportsMax)
          throw new Problem(
            503,
            `${exportsMax} exports are under way: try again when one is done`,
            undefined,
            10,
          );
        const name = sensor === undefined ? 'lamplighter' : sensor.replace(/[^\w.-]/g, '_');
        const answer = {
          type: 'text/csv; charset=utf-8',
          headers: { 'Content-Disposition': `attachment; filename="${name}.csv"` },
        };
        if (request.method === 'HEAD') return { ...answer, body: '' };
        exports++;
        return { ...answer, body: encoded(store.csv(sensor, span), onError, () => exports--) };
      },
    },
  ];
}

function kitRoutes({ sensors, commands, broker }: Rooms): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/kits',
      answer: ({ query }) => {
        queryOf(query, []);
        return json({ kits: sensors.views().filter((view) => view.kit !== undefined) });
      },
    },
    {
      method: 'POST',
      path: '/api/kits/:kit/commands',
      answer: async ({ request, params }) => {
        const kit = /^[1-9]\d{0,3}$/.test(params.kit!) ? Number(params.kit) : 0;
        if (kit === 0) throw badField('kit', `a number from 1 to ${kitMax}`, params.kit);
        const { command } = await jsonObject(request);
        if (!isKitCommand(command)) throw badField('command', `one of ${kitCommands.join(', ')}`, command);
        known(sensors, `kit_${kit}`);
        if (broker() === 'lost') throw new Problem(503, 'there is no connection to the broker', undefined, 5);
        const answer = await commands.send(kit, command);
        if (answer.outcome === 'refused') throw new Problem(409, answer.error);
        if (answer.outcome === 'no answer') throw new Problem(504, `kit ${kit} has not answered`);
        return json(answer);
      },
    },
  ];
}

function operationRoutes({ store, broker }: Rooms, { version, metrics }: ApiParts): Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      free: true,
      answer: () => {
        const ok = broker() === 'connected' && store.trouble === undefined;
        return json({ ok, version, broker: broker(), store: store.trouble ?? 'ok' }, ok ? 200 : 503);
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      answer: () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: metrics() }),
    },
    { method: 'GET', path: '/api/openapi.json', answer: () => json(openApi(version)) },
  ];
}

function known(sensors: Rooms['sensors'], id: string): SensorView {
  const view = sensors.view(id);
  if (view) return view;
  throw new Problem(404, `${id.slice(0, 64)} has never reported`);
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

async function* encoded(
  pieces: AsyncIterable<string>,
  onError: (error: unknown) => void,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) yield Buffer.from(piece);
  } catch (error) {
    onError(error);
    throw error;
  } finally {
    onEnd();
  }
}

/** A browser that is asked for Basic credentials opens a window of its own before the page can show a login. */
export function problemHeaders(problem: Problem, request: IncomingMessage): Record<string, string> {
  const scheme = request.headers['user-agent']?.startsWith('Mozilla/') ? 'Session' : 'Basic';
  return {
    ...(problem.status === 401 && { 'WWW-Authenticate': `${scheme} realm="lamplighter"` }),
    ...(problem.retryAfterS !== undefined && { 'Retry-After': String(problem.retryAfterS) }),
  };
}
