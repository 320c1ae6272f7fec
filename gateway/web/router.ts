import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from './problem';

/** A request with what its address says. */
export interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  /** By their names in the route's path. */
  params: Record<string, string>;
  query: Record<string, string>;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  type: string;
  /** A text, or pieces of one that are sent as they come. */
  body: string | AsyncIterable<Uint8Array>;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT';
  /** `/api/sensors/:id` */
  path: string;
  /** Answered before anybody has logged in. */
  free?: boolean;
  answer(ask: Ask): Answer | Promise<Answer>;
}

export function json(body: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

interface Pattern {
  route: Route;
  regex: RegExp;
  names: string[];
}

/** Finds the route of a request among a few dozen. */
export class Router {
  private readonly patterns: readonly Pattern[];

  /** `elsewhere` is answered before the router is asked: methods and paths that a refusal names as well. */
  constructor(
    routes: readonly Route[],
    private readonly elsewhere: readonly string[] = [],
  ) {
    this.patterns = routes.map((route) => ({
      route,
      regex: regexOf(route.path),
      names: [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!),
    }));
  }

  /** Undefined when no path is like this. Throws a Problem when there is one for other methods only. */
  find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const others: string[] = [];
    for (const { route, regex, names } of this.patterns) {
      const match = regex.exec(path);
      if (!match) continue;
      if (route.method === method || (route.method === 'GET' && method === 'HEAD'))
        return {
          route,
          params: Object.fromEntries(names.map((name, index) => [name, decoded(match[index + 1]!)])),
        };
      others.push(route.method);
    }
    if (others.length === 0) return undefined;
    for (const route of this.elsewhere) {
      const [other, pattern] = route.split(' ') as [string, string];
      if (regexOf(pattern).test(path)) others.push(other);
    }
    throw new Problem(405, `${method} ${path.slice(0, 100)}: expected ${others.join(' or ')}`);
  }
}

function regexOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '([^/]+)')}$`);
}

/** The parameters of an address; the first of each name. */
export function queryIn(url: string): Record<string, string> {
  const start = url.indexOf('?');
  // Without a prototype `__proto__` is a name like any other.
  const query = Object.create(null) as Record<string, string>;
  if (start >= 0) for (const [name, value] of new URLSearchParams(url.slice(start))) query[name] ??= value;
  return query;
}

/** Sends an answer; breaks the connection when its pieces cannot go on, since what ends as usual would look whole. */
export async function send(
  { request, response }: Pick<Ask, 'request' | 'response'>,
  { status = 200, headers, type, body }: Answer,
  usual: Record<string, string>,
): Promise<void> {
  const whole = typeof body === 'string';
  response.writeHead(status, {
    ...usual,
    ...headers,
    'Content-Type': type,
    ...(whole && { 'Content-Length': Buffer.byteLength(body) }),
  });
  if (request.method === 'HEAD') response.end();
  else if (whole) response.end(body);
  // What goes wrong with the pieces is told by who makes them; else the client has left.
  else await pipeline(Readable.from(body, { objectMode: false }), response).catch(() => undefined);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
