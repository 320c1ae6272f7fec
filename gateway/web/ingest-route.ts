import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSensorId, type Reading, ReadingError, type Source } from '../reading';
import { type Access, addressOf } from './access';
import { badField, Problem } from './problem';
import { parseJson, readBody } from './request-body';
import type { Ingestion } from './rooms';

/** As the API's other routes are written. */
export const ingestRoute = 'POST /api/sensors/:id/data';

const batchMax = 500;
const keyLengthMax = 128;

/** A request whose body is there. */
interface Post {
  request: IncomingMessage;
  response: ServerResponse;
  sensor: string;
  text: string;
}

/**
 * `POST /api/sensors/{id}/data`, on the bare request: this is the one route that a thousand sensors call. Answers with
 * what was stored, after it is on disk when the request carries an idempotency key.
 *
 * What comes in one turn of the event loop is taken together at its end. One after the other, each between a read and
 * a write of the system, the same code has to be fetched into the processor's caches for each: 12 us, where it is 3.
 */
export class IngestRoute {
  readonly counters = { requests: 0, readings: 0, duplicates: 0 };

  private posts: Post[] = [];

  constructor(
    private readonly ingestion: Ingestion,
    private readonly access: Access,
    private readonly fail: (response: ServerResponse, error: unknown) => void,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse, sensor: string): void {
    this.counters.requests++;
    readBody(
      request,
      (text) => this.add({ request, response, sensor, text }),
      (problem) => this.fail(response, problem),
    );
  }

  private add(post: Post): void {
    if (this.posts.length === 0) setImmediate(() => this.takeAll());
    this.posts.push(post);
  }

  private takeAll(): void {
    const { posts } = this;
    this.posts = [];
    for (const post of posts) this.take(post);
  }

  private take(post: Post): void {
    const { request, response, sensor } = post;
    try {
      if (this.access.ingestIsOpen) this.accept(post);
      else
        this.access
          .checkIngest(request, sensor)
          .then(() => this.accept(post))
          .catch((error: unknown) => this.fail(response, error));
    } catch (error) {
      this.fail(response, error);
    }
  }

  private accept({ request, response, sensor, text }: Post): void {
    if (!isSensorId(sensor)) throw badField('id', '1 to 64 letters, digits or _ - . :', sensor);
    const readings = this.parse(text, sensor);
    if (this.access.rules.openIngest) this.access.checkOpenIngest(request, readings.length);
    const source: Source = { transport: 'http', address: addressOf(request) };
    const key = request.headers['idempotency-key'];
    if (key === undefined) {
      this.keep(readings, source);
      this.answer(response, sensor, readings, false);
      return;
    }
    checkKey(key);
    this.ingestion
      // A key is unique for the one who chose it: two sensors that both count from 1 must not take away each other's.
      .takeOnce(`${sensor} ${key as string}`, readings, source)
      .then((outcome) => this.answer(response, sensor, readings, outcome === 'duplicate'))
      .catch((error: unknown) =>
        this.fail(response, new Problem(503, `not stored: ${(error as Error).message}`, undefined, 5)),
      );
  }

  private parse(text: string, sensor: string): Reading[] {
    const json = parseJson(text);
    if (!Array.isArray(json)) return [this.parseOne(json, sensor)];
    if (json.length < 1 || json.length > batchMax)
      throw new Problem(400, `expected 1 to ${batchMax} readings in a batch, got ${json.length}`);
    return json.map((entry, index) => this.parseOne(entry, sensor, `[${index}]`));
  }

  private parseOne(json: unknown, sensor: string, place = ''): Reading {
    try {
      return this.ingestion.parse(json, sensor);
    } catch (error) {
      if (!(error instanceof ReadingError)) throw error;
      const { message } = error;
      const name = /^([^\s:]+):/.exec(message)?.[1];
      if (name === undefined)
        throw new Problem(400, place ? `${place}: ${message}` : message, place || undefined);
      const dot = place && '.';
      throw new Problem(400, `${place}${dot}${message}`, `${place}${dot}${name}`);
    }
  }

  private keep(readings: readonly Reading[], source: Source): void {
    try {
      this.ingestion.take(readings, source);
    } catch (error) {
      throw new Problem(503, (error as Error).message, undefined, 60);
    }
  }

  private answer(response: ServerResponse, sensor: string, readings: Reading[], duplicate: boolean): void {
    if (duplicate) this.counters.duplicates++;
    else this.counters.readings += readings.length;
    const list = readings.map(({ atMs, values }) => `{"atMs":${atMs},"values":${JSON.stringify(values)}}`);
    // A sensor's name has nothing that JSON would escape; made by hand it takes a third of the time.
    const body = `{"sensor":"${sensor}","stored":${duplicate ? 0 : readings.length},"duplicate":${duplicate},"readings":[${list.join(',')}]}`;
    response.writeHead(201, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body)),
      'X-Content-Type-Options',
      'nosniff',
    ]);
    response.end(body);
  }
}

/** The sensor that an address is about when it is `/api/sensors/{id}/data`. */
export function sensorOfDataPath(url: string): string | undefined {
  if (!url.startsWith(prefix)) return undefined;
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (!path.endsWith(suffix) || path.length < prefix.length + suffix.length) return undefined;
  const id = path.slice(prefix.length, -suffix.length);
  if (id.includes('/')) return undefined;
  try {
    return id.includes('%') ? decodeURIComponent(id) : id;
  } catch {
    return id;
  }
}

const prefix = '/api/sensors/';
const suffix = '/data';

function checkKey(key: string | string[]): void {
  if (typeof key === 'string' && key.length <= keyLengthMax && /^[\x21-\x7e]+$/.test(key)) return;
  throw badField('Idempotency-Key', `1 to ${keyLengthMax} visible ASCII characters`, key);
}
