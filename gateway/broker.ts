import type { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Connections, plainAddress } from './broker/connections';
import { BrokerCore, type Tap } from './broker/core';
import {
  type Authenticator,
  brokerLimits,
  type BrokerLimits,
  Gate,
  memberOf,
  setMember,
} from './broker/gate';
import { listen } from './broker/listen';
import { Persistence } from './broker/persistence';
import { ClientStream, Flusher } from './broker/client-stream';
import { QuietLog } from './broker/quiet-log';
import { refuse, WebSocketDoor } from './broker/websocket';
import type { TlsPair } from './tls-files';

export interface BrokerOptions {
  /** Address to listen on; loopback unless told otherwise. */
  host?: string;
  /** 0 takes a free one, which `port` then tells; false opens none. */
  port?: number | false;
  /** Decides who may connect, and then do everything; instead of an authenticator. */
  accept?: (user: string | undefined, password: string | undefined) => boolean;
  /** Knows the users, and what each may do. */
  authenticator?: Authenticator;
  /** Whether everybody may do everything at this moment; by default when there is nobody to ask. */
  open?: () => boolean;
  /** MQTT over TLS, on the same address. */
  tls?: TlsOptions;
  /** Told in one sentence who was refused or closed, and why; not more often than somebody can read. */
  log?: (sentence: string) => void;
  limits?: Partial<BrokerLimits>;
}

export interface TlsOptions extends TlsPair {
  /** 8883 when absent; 0 takes a free one, which `tlsPort` then tells. */
  port?: number;
}

/** What happens in the broker, for whoever listens inside this process. */
export interface BrokerListener {
  onMessage: Tap;
  onRunning(running: boolean): void;
}

const aedesLimits = {
  /** Packets a client may send before its CONNECT is answered. */
  queueLimit: 42,
  /** QoS 2 messages a client may leave half delivered. */
  maxInflightInbound: 100,
  maxTopicLevels: 16,
  /** Time from the TCP connect to CONNECT, in milliseconds. */
  connectTimeout: 10_000,
};
/** A peer that is gone without a word and without an MQTT keep-alive is found out by TCP, in milliseconds. */
const tcpKeepAliveMs = 60_000;
const tlsHandshakeMs = 10_000;

/**
 * aedes takes a publication for a duplicate when a later one has overtaken it, and one that is retained or of QoS 1
 * is overtaken by any other that arrives in the same moment: it was lost. Other brokers, against whose copies this is
 * meant, there are none here. Two subscriptions of one client that overlap now bring two copies: [MQTT-3.3.5-1].
 */
const remembersNothing = (brokerId: string): object =>
  Object.defineProperty({}, brokerId, { get: () => 0, set: () => undefined });

/** An MQTT 3.1.1 broker inside this process. Retained messages and sessions live from `start` to `stop`. */
export class Broker {
  readonly host: string;
  /** The port asked for; after `start` the one in use, which a later `start` takes again. 0 when there is none. */
  port: number;
  /** Likewise of MQTT over TLS. */
  tlsPort: number;
  readonly #options: BrokerOptions;
  readonly #log: QuietLog;
  readonly #limits: BrokerLimits;
  readonly #connections: Connections;
  readonly #gate: Gate;
  readonly #webSocketDoor = new WebSocketDoor((stream, address) => this.#enter(stream, address));
  readonly #listeners = new Set<BrokerListener>();
  readonly #flusher = new Flusher();
  readonly #closed = { closedSlow: 0, closedTooLong: 0 };
  #messages = 0;
  #servers: Server[] = [];
  #tls: TlsPair | undefined;
  #tlsServer: TlsServer | undefined;
  #core: BrokerCore | undefined;
  #persistence: Persistence | undefined;

  constructor(options: BrokerOptions = {}) {
    this.#options = options;
    this.#tls = options.tls;
    this.#log = new QuietLog((sentence) => options.log?.(sentence));
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port === false ? 0 : (options.port ?? 1883);
    this.tlsPort = options.tls ? (options.tls.port ?? 8883) : 0;
    this.#limits = { ...brokerLimits, ...options.limits };
    this.#connections = new Connections(this.#limits);
    this.#gate = new Gate(
      {
        accept: options.accept,
        authenticator: options.authenticator,
        open: () => this.#isOpen,
        limits: this.#limits,
        log: this.#log.say,
      },
      (clientId) => this.#core?.clientOf(clientId),
    );
    const { authenticator } = options;
    authenticator?.onChange?.(() => this.#recheck(authenticator));
  }

  get running(): boolean {
    return this.#core !== undefined;
  }

  /** What has happened since the process began, and what there is now: `connections`, `clients`, `retained`, `sessions`. */
  get counters(): Readonly<Record<string, number>> {
    const { retained, sessions } = this.#persistence ?? {};
    return {
      ...this.#connections.counters,
      ...this.#gate.counters,
      ...this.#closed,
      clients: this.#core?.allClients.length ?? 0,
      messages: this.#messages,
      retained: retained?.counters.messages ?? 0,
      droppedRetained: retained?.counters.dropped ?? 0,
      sessions: sessions?.counters.sessions ?? 0,
      droppedWaiting: sessions?.counters.dropped ?? 0,
    };
  }

  /** Throws one sentence when an address cannot be listened on. */
  async start(): Promise<void> {
    if (this.#core) return;
    const persistence: Persistence = new Persistence({
      connected: (clientId) => core.clientOf(clientId) !== undefined,
      permits: (client, filter) => this.#gate.permits(client as never, filter),
    });
    const core: BrokerCore = new BrokerCore({ ...aedesLimits, ...this.#gate.hooks, persistence });
    await core.listen();
    const duplicates = remembersNothing(core.id);
    core.on('client', (client) => Object.assign(client, { duplicates }));
    core.on('unsubscribe', (topics, client) => {
      for (const topic of topics) memberOf(client)?.filters.delete(topic);
    });
    (core as EventEmitter).on('error', (error: Error) => this.#log.say(`MQTT broker: ${error.message}`));
    core.tap = (topic, payload) => this.#tell(topic, payload);
    this.#core = core;
    this.#persistence = persistence;
    try {
      await this.#openDoors();
    } catch (error) {
      await this.stop();
      throw error;
    }
    for (const listener of this.#listeners) listener.onRunning(true);
  }

  /** Closes every connection, also those that never said CONNECT. Harmless when not running. */
  async stop(): Promise<void> {
    const core = this.#core;
    if (!core) return;
    // Last wills of those who are sent away are no news.
    core.tap = undefined;
    this.#core = this.#persistence = undefined;
    for (const listener of this.#listeners) listener.onRunning(false);
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers = [];
    this.#tlsServer = undefined;
    await new Promise<void>((resolve) => core.close(resolve));
    this.#connections.destroyAll();
    await Promise.all(closed);
  }

  /** Whoever connects from now on is shown this certificate; connections that there are stay. */
  renewTls(tls: TlsPair): void {
    this.#tls = tls;
    this.#tlsServer?.setSecureContext(tls);
  }

  /** For the path /mqtt of a web server: `server.on('upgrade', ...)`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#core) return refuse(socket, '503 Service Unavailable', 'the broker does not run');
    this.#webSocketDoor.handleUpgrade(request, socket, head, this.#isOpen);
  }

  /** Publishes as the gateway itself. False when the broker does not run. */
  publish(topic: string, payload: string): boolean {
    if (!this.#core) return false;
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 0,
      retain: false,
      dup: false,
    };
    this.#core.publish(packet as never, () => undefined);
    return true;
  }

  /** Hears every message from now on, and what is retained at this moment. */
  listen(listener: BrokerListener): { retained: { topic: string; payload: Buffer }[]; stop: () => void } {
    this.#listeners.add(listener);
    const retained = [...(this.#persistence?.retained.matching(['#']) ?? [])];
    return { retained, stop: () => this.#listeners.delete(listener) };
  }

  get #isOpen(): boolean {
    const { accept, open, authenticator } = this.#options;
    return open ? open() : !authenticator && !accept;
  }

  /** Closes the connections of those who would not be let in any more, such as users whose password has changed. */
  #recheck(authenticator: Authenticator): void {
    for (const client of this.#core?.allClients ?? []) {
      const identity = memberOf(client)?.identity;
      if (identity && authenticator.isCurrent?.(identity) === false) client.close();
    }
  }

  async #openDoors(): Promise<void> {
    const { host } = this;
    const enter = (socket: Socket): void => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, tcpKeepAliveMs);
      this.#enter(socket, socket.remoteAddress);
    };
    if (this.#options.port !== false) {
      const server = createServer(enter);
      this.port = await listen(server, { host, port: this.port, option: '--mqtt-port' });
      this.#servers.push(server);
    }
    if (this.#tls) {
      const { key, cert } = this.#tls;
      const server = createTlsServer({ key, cert, handshakeTimeout: tlsHandshakeMs }, enter);
      // Until its handshake is done a client counts as a connection of the server, not yet of the broker.
      server.maxConnections = this.#limits.connections;
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      this.tlsPort = await listen(server, { host, port: this.tlsPort, option: '--mqtts-port' });
      this.#servers.push(server);
      this.#tlsServer = server;
    }
  }

  #enter(stream: Duplex, remoteAddress: string | undefined): void {
    const address = plainAddress(remoteAddress);
    if (!this.#core || !this.#connections.add(stream, address)) {
      stream.destroy();
      return;
    }
    const { packets, waiting } = this.#limits;
    const clientStream = new ClientStream(stream, packets, waiting.newcomer, this.#flusher, (reason) => {
      if (reason === 'packet too long') this.#closed.closedTooLong++;
      else this.#closed.closedSlow++;
      this.#log.say(`MQTT client at ${address} closed: ${reason}`);
    });
    setMember(this.#core.handle(stream), { address, stream: clientStream, filters: new Map() });
  }

  #tell(topic: string, payload: Buffer): void {
    this.#messages++;
    for (const listener of this.#listeners) listener.onMessage(topic, payload);
  }
}
