import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { root } from '../../../build/root';
import { pageHeaders } from '../../../gateway/web/security-headers';
import { StaticFiles } from '../../../gateway/web/static-files';
import type { KitView, LiveEvent, LiveRequest, SensorView, Values } from '../../../shared/live';

/** A gateway that does what a test tells it: it has the pages, and says and answers what the test wants. */
export class FakeGateway {
  /** What browsers have asked for, oldest first. */
  readonly requests: LiveRequest[] = [];
  sensors: SensorView[] = [];
  /** 500 for every history. */
  historyFails = false;
  /** Connections are taken and nothing is answered: as when the power of the other end is gone. */
  dead = false;
  readonly #files = StaticFiles.read(join(root, 'dist/dashboard'))!;
  readonly #server: Server;
  readonly #browsers = new Set<WebSocket>();

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request: IncomingMessage, socket, head) => {
      if (this.dead) return void socket.destroy();
      sockets.handleUpgrade(request, socket, head, (browser) => {
        this.#browsers.add(browser);
        browser.on('message', (data) => this.requests.push(JSON.parse(String(data)) as LiveRequest));
        browser.on('close', () => this.#browsers.delete(browser));
        browser.send(JSON.stringify([this.#all()]));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.dropBrowsers();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** To every browser, in one frame. */
  tell(...events: LiveEvent[]): void {
    this.tellText(JSON.stringify(events));
  }

  tellText(text: string): void {
    for (const browser of this.#browsers) browser.send(text);
  }

  dropBrowsers(): void {
    for (const browser of this.#browsers) browser.terminate();
  }

  #all(): LiveEvent {
    return { type: 'all', nowMs: Date.now(), version: '0.1.0', broker: 'connected', sensors: this.sensors };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.dead) return void request.socket.destroy();
    const { pathname } = new URL(request.url!, 'http://localhost');
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/healthz') json({ ok: true });
    else if (pathname === '/api/session') json({ user: null, loginRequired: false });
    else if (pathname.endsWith('/series'))
      json(this.historyFails ? { error: 'no' } : { points: [] }, this.historyFails ? 500 : 200);
    else if (pathname.endsWith('/config')) json({ interval: 10, thresholds: {} });
    else {
      const file = this.#files.has(pathname) ? pathname : '/index.html';
      this.#files.send(request, response, file, pageHeaders);
    }
  }
}

export function kitSensor(kit: Partial<KitView> & { kit: number }, values: Values = {}): SensorView {
  return {
    id: `kit_${kit.kit}`,
    transport: 'mqtt',
    seenMs: Date.now(),
    count: 1,
    values,
    kit: { status: 'online', textsOnly: false, ...kit },
  };
}
