import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FlashFiles, flashFilesPath, flashKeyPath, flashPageMark } from '../../flashing';
import type { StaticFiles } from '../../gateway/web/static-files';

export interface FlashUiOptions {
  files: FlashFiles;
  /** The built dashboard, and its index.html. */
  dashboard: StaticFiles;
  shell: string;
  /** Trades for the key, once; stands in the address. */
  token: string;
  /** Opens the files, for as long as the server runs. */
  key: string;
}

const bodyMax = 256;

/** As the gateway's pages have it; the styles in the page are those of @espruino-tools/core, whose window nobody sees. */
const headers = {
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/**
 * The flash page and what it flashes, for a browser on this computer: passwords are among it. Only who has the token of
 * the address gets the key to it, only under a name of loopback, and only a page of ours may ask.
 */
export class FlashUiServer {
  readonly #server: Server;
  #traded = false;

  constructor(private readonly options: FlashUiOptions) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of 127.0.0.1 and returns the address of the page. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    // Behind the # it is sent to nobody; the page takes it from there.
    return `http://127.0.0.1:${this.#port}/flash#token=${this.options.token}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.split('?')[0]!;
    // A page of somebody else's whose name leads here has another name in its address.
    const names = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    const { host, origin } = request.headers;
    if (host === undefined || !names.includes(host))
      return say(response, 403, 'not the address of this page');
    if (origin !== undefined && origin !== `http://${host}`)
      return say(response, 403, 'not for pages of others');
    if (path === flashKeyPath) return this.#trade(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'only GET and HEAD');
    if (path === flashFilesPath) return this.#sendFiles(request, response);
    if (path === '/' || path === '/flash')
      return send(response, 200, 'text/html; charset=utf-8', this.#shell());
    if (path !== '/index.html' && this.options.dashboard.has(path))
      return this.options.dashboard.send(request, response, path, headers);
    say(response, 404, 'no such page');
  }

  async #trade(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return say(response, 405, 'only POST');
    const token = await bodyOf(request);
    if (token === undefined) return say(response, 413, 'expected the token');
    if (!same(token, this.options.token)) return say(response, 403, 'not the token');
    if (this.#traded) return say(response, 403, 'the address was used already');
    this.#traded = true;
    send(response, 200, 'text/plain; charset=utf-8', this.options.key);
  }

  #sendFiles(request: IncomingMessage, response: ServerResponse): void {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!same(given, this.options.key)) return say(response, 403, 'not the key');
    send(response, 200, 'application/json', JSON.stringify(this.options.files));
  }

  #shell(): string {
    return this.options.shell.replace('</head>', `<meta name="${flashPageMark}" content="flash" /></head>`);
  }
}

/** Undefined when there is too much of it. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const piece of request.setEncoding('latin1')) {
    body += piece;
    if (body.length > bodyMax) return undefined;
  }
  return body;
}

/** In a time that tells nothing of how much of it is right. */
function same(given: string, wanted: string): boolean {
  const bytes = Buffer.from(given);
  return bytes.length === wanted.length && timingSafeEqual(bytes, Buffer.from(wanted));
}

function say(response: ServerResponse, status: number, sentence: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${sentence}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  // HEAD gets no body: Node's response leaves it out.
  response.writeHead(status, {
    ...headers,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
