import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LiveEvent } from '../../shared/live';
import { Connections, plainAddress } from '../broker/connections';
import { ListenError } from '../listen-problem';
import type { TlsPair } from '../tls-files';
import { Access, type AccessRules, onlyReports } from './access';
import { Api, problemHeaders } from './api';
import { IngestRoute, ingestRoute, sensorOfDataPath } from './ingest-route';
import type { Owner } from './live-browser';
import { LiveHub } from './live-hub';
import { LiveSockets } from './live-socket';
import { metricsText } from './metrics';
import { Pages } from './pages';
import { Pipelining } from './pipelining';
import { Problem } from './problem';
import { RecentMessages } from './recent-messages';
import type { Log, Rooms } from './rooms';
import { apiHeaders } from './security-headers';
import { Sessions, tokenIn } from './sessions';
import { StaticFiles } from './static-files';

export interface WebOptions {
  /** Address to listen on. */
  host: string;
  /** 0 takes a free one, which `port` then tells; false for none. */
  port: number | false;
  /** The same over TLS. */
  tls?: TlsPair & { port: number };
  rules: AccessRules;
  /** The built dashboard; its pages say how to build it when there is none. */
  folder: string;
  version: string;
  /** Other figures than the usual ones. */
  patience?: Partial<typeof usualPatience>;
}

export interface WebTools {
  log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** At least 128 unguessable bits as letters, digits, `-` and `_`. */
  token(): string;
}

/**
 * Connections at once: sensors, browsers, and MQTT over WebSocket. From one address half of them: a router with a
 * thousand sensors behind it, and still not everything.
 */
const connectionLimits = { connections: 2048, connectionsPerAddress: 1024 };
/** Connections that the system holds until they are accepted: a school's worth of sensors after a power cut. */
const backlog = 2048;
/** What is under way may take so long after `stop`, in milliseconds. */
const drainMs = 1500;

/** Dashboard, HTTP API, live events and the door for MQTT over WebSocket, on one port. */
export class WebServer {
  /** The ports in use after `start`. */
  port: number | undefined;
  tlsPort: number | undefined;
  readonly hub: LiveHub;
  private readonly http = { requests: 0, refused: 0, failed: 0, greedy: 0 };
  private readonly servers: Server[] = [];
  private readonly connections = new Connections(connectionLimits);
  private readonly pipelining = new Pipelining();
  private readonly upgraded = new Set<Duplex>();
  private readonly access: Access;
  private readonly ingest: IngestRoute;
  private readonly live: LiveSockets;
  private readonly recent = new RecentMessages();
  private readonly api: Api;
  private pages: Pages | undefined;
  private tlsServer: TlsServer | undefined;
  private readonly startedMs: number;
  private readonly patience: typeof usualPatience;
  private stopping = false;

  constructor(
    private readonly options: WebOptions,
    private readonly rooms: Rooms,
    private readonly tools: WebTools,
  ) {
    const { now, token } = tools;
    const { version } = options;
    this.startedMs = now();
    this.patience = { ...usualPatience, ...options.patience };
    const sessions = new Sessions(token, now);
    this.access = new Access(options.rules, rooms.credentials, sessions, now);
    this.hub = new LiveHub({
      now,
      command: (kit, command) => rooms.commands.send(kit, command),
      all: () => ({
        type: 'all',
        nowMs: now(),
        version,
        broker: rooms.broker(),
        sensors: rooms.sensors.views(),
      }),
      recent: (kit) => this.recent.of(kit),
    });
    this.live = new LiveSockets(this.hub);
    rooms.credentials.onChange(() =>
      this.hub.dismiss(({ identity }) => identity !== undefined && !this.access.isCurrent(identity)),
    );
    this.ingest = new IngestRoute(rooms.ingestion, this.access, (response, error) =>
      this.fail(response, error),
    );
    this.api = new Api(rooms, {
      access: this.access,
      sessions,
      version,
      now,
      metrics: () => this.metrics(),
      onLogout: (session) => this.hub.dismiss((owner) => owner.session === session),
      onError: (error) => tools.log.error({ err: error }, 'a request failed'),
    });
    this.routes = [...this.api.routes.map(({ method, path }) => `${method} ${path}`), ingestRoute];
  }

  /** What the API answers, as `GET /api/sensors/:id`. */
  readonly routes: readonly string[];

  get counters() {
    return {
      http: { ...this.http, ...this.connections.counters },
      httpIngest: this.ingest.counters,
      access: this.access.counters,
      live: this.hub.counters,
    };
  }

  /** Told of everything that the registry has to say. */
  tell(event: LiveEvent): void {
    if (event.type === 'message') this.recent.add(event);
    this.hub.tell(event);
  }

  /** Throws one sentence when it cannot listen. */
  async start(): Promise<void> {
    const { folder, host, port, tls } = this.options;
    const files = StaticFiles.read(folder);
    if (!files)
      this.tools.log.warn({ folder }, 'the dashboard is not built: run npm run build, then start again');
    this.pages = new Pages(files, this.access);
    if (port !== false) {
      this.port = await this.listen(createServer(this.patience), host, port, '--web-port');
    }
    if (tls) {
      const server = createTlsServer({ ...this.patience, cert: tls.cert, key: tls.key });
      this.tlsServer = server;
      this.tlsPort = await this.listen(server, host, tls.port, '--https-port');
    }
    void files?.zip();
  }

  /** Whoever connects from now on is shown this certificate; connections that there are stay. */
  renewTls(tls: TlsPair): void {
    this.tlsServer?.setSecureContext(tls);
  }

  /** Takes no more connections, lets what is under way finish, and is done within two seconds. */
  async stop(): Promise<void> {
    this.stopping = true;
    const servers = this.servers.splice(0);
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.hub.close();
    // A connection that has become idle would otherwise stay for its keep-alive.
    const idle = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), 50);
    const end = setTimeout(() => {
      servers.forEach((server) => server.closeAllConnections());
      this.upgraded.forEach((socket) => socket.destroy());
    }, drainMs);
    await Promise.all(closed);
    clearInterval(idle);
    clearTimeout(end);
  }

  private async listen(server: Server, host: string, port: number, option: string): Promise<number> {
    // The one that is no option.
    server.timeout = this.patience.timeout;
    server.maxConnections = connectionLimits.connections;
    server.on('connection', (socket: Socket) => {
      if (!this.connections.add(socket, plainAddress(socket.remoteAddress))) socket.destroy();
    });
    server.on('request', (request, response) => this.onRequest(request, response));
    server.on('upgrade', (request, socket, head) => void this.onUpgrade(request, socket, head));
    await new Promise<void>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => reject(new ListenError(error, host, port, option));
      server.once('error', onError);
      server.listen({ port, host, backlog }, () => {
        // Too many open files: the next connection may work.
        server.off('error', onError).on('error', () => undefined);
        resolve();
      });
    });
    this.servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/', method, headers } = request;
    // Of what came in one piece with the request that was one too many.
    if (request.socket.destroyed) return;
    if (!this.pipelining.allows(request.socket, response)) {
      this.http.greedy++;
      request.socket.destroy();
      return;
    }
    if (this.stopping) response.setHeader('Connection', 'close');
    try {
      this.access.checkHost(headers);
      if (method === 'POST') {
        const sensor = sensorOfDataPath(url);
        if (sensor !== undefined) {
          this.access.checkOrigin(headers);
          this.ingest.handle(request, response, sensor);
          return;
        }
      }
      this.http.requests++;
      const path = pathOf(url);
      const isApi = /^\/(?:api(?:\/|$)|healthz$|metrics$)/.test(path);
      const answered = isApi
        ? this.api.answer(request, response, path)
        : this.pages!.answer(request, response, path);
      answered.catch((error: unknown) => this.fail(response, error, isApi ? 'json' : 'text'));
    } catch (error) {
      this.fail(response, error);
    }
  }

  private async onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.upgraded.add(socket);
    socket.once('close', () => this.upgraded.delete(socket));
    try {
      if (this.stopping) throw new Problem(503, 'the gateway is stopping');
      this.access.checkHost(request.headers);
      const path = pathOf(request.url ?? '/');
      if (path === '/live') await this.onLive(request, socket, head);
      // A page from elsewhere may come in where it has to know a password: the broker looks.
      else if (path === '/mqtt' && this.rooms.mqtt) this.rooms.mqtt.handleUpgrade(request, socket, head);
      else throw new Problem(404, `${path.slice(0, 100)}: expected /live or /mqtt for a WebSocket`);
    } catch (error) {
      refuse(socket, this.problemOf(error), request);
    }
  }

  private async onLive(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.access.checkOrigin(request.headers);
    const owner: Owner = {};
    if (this.access.rules.loginNeeded) {
      const identity = await this.access.identify(request);
      Object.assign(owner, { identity, session: tokenIn(request.headers.cookie) });
      if (!identity) throw new Problem(401, 'log in first');
      if (identity.role !== 'controller') throw onlyReports(identity);
    }
    if (this.hub.isFull) {
      this.hub.counters.turnedAway++;
      throw new Problem(503, 'too many dashboards are open', undefined, 60);
    }
    if (!socket.destroyed) this.live.handleUpgrade(request, socket, head, owner);
  }

  private fail(response: ServerResponse, error: unknown, form: 'json' | 'text' = 'json'): void {
    const problem = this.problemOf(error);
    this.count(problem.status);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const body = form === 'json' ? JSON.stringify(problem.body) : `${problem.message}\n`;
    response.writeHead(problem.status, {
      ...apiHeaders,
      ...problemHeaders(problem, response.req),
      'Content-Type': form === 'json' ? 'application/json' : 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      // What of the body was not read would be taken for the next request.
      ...(response.req.complete ? undefined : { Connection: 'close' }),
    });
    response.end(body);
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    this.tools.log.error({ err: error }, 'a request failed');
    return new Problem(500, 'the gateway failed; its log says why');
  }

  private count(status: number): void {
    if (status >= 500) this.http.failed++;
    else if (status >= 400) this.http.refused++;
  }

  private metrics(): string {
    const { user, system } = process.cpuUsage();
    const views = this.rooms.sensors.views();
    return metricsText(
      {
        version: this.options.version,
        cpuS: (user + system) / 1e6,
        residentBytes: process.memoryUsage.rss(),
        heapBytes: process.memoryUsage().heapUsed,
        startedS: this.startedMs / 1000,
        loopBusy: performance.eventLoopUtilization().utilization,
        kitsOnline: views.filter(({ kit }) => kit?.status === 'online').length,
        brokerConnected: this.rooms.broker() === 'connected',
        storeTrouble: this.rooms.store.trouble !== undefined,
      },
      { ...this.rooms.counters(), ...this.counters },
    );
  }
}

const usualPatience = {
  /** A client may take so long for its part of TLS, for the head and for the body, in milliseconds. */
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5000,
  /** A sensor that reports every ten seconds keeps its connection. */
  keepAliveTimeout: 15_000,
  /** One that reads nothing of its answer for so long does not come back for it. */
  timeout: 60_000,
};

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function refuse(socket: Duplex, problem: Problem, request: IncomingMessage): void {
  const body = JSON.stringify(problem.body);
  const headers = {
    ...problemHeaders(problem, request),
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} Refused\r\n${head.join('\r\n')}\r\n\r\n${body}`, () =>
    socket.destroy(),
  );
}
