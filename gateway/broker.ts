import { Aedes, type AuthenticateError } from 'aedes';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface BrokerOptions {
  /** Address to listen on; loopback unless told otherwise. */
  host?: string;
  /** 0 takes a free one, which `port` then tells. */
  port?: number;
  /** Decides who may connect; everybody may when absent. */
  accept?: (user: string | undefined, password: string | undefined) => boolean;
}

/** Connections beyond this are closed at once: a classroom has some 30 kits and as many tools. */
const maxConnections = 512;
/** [MQTT-3.1.3-5] A broker must take 23 characters and may take more; the longest in use here has about 30. */
const maxClientIdLength = 128;

const limits = {
  /** Packets a client may send before its CONNECT is answered. */
  queueLimit: 42,
  /** QoS 2 messages a client may leave half delivered. */
  maxInflightInbound: 100,
  maxTopicLevels: 16,
  /** Time from the TCP connect to CONNECT, in milliseconds. */
  connectTimeout: 10_000,
  /** A client that reads nothing for so long is closed: until then every publisher waits for it. */
  drainTimeout: 10_000,
};

/**
 * aedes takes a publication for a duplicate when a later one has overtaken it, and one that is retained or of QoS 1
 * is overtaken by any other that arrives in the same moment: it was lost. Other brokers, against whose copies this is
 * meant, there are none here. Two subscriptions of one client that overlap now bring two copies: [MQTT-3.3.5-1].
 */
const remembersNothing = new Proxy({}, { set: () => true });

/** An MQTT 3.1.1 broker inside this process. Retained messages live from `start` to `stop`. */
export class Broker {
  readonly host: string;
  /** The port asked for; after `start` the one in use, which a later `start` takes again. */
  port: number;
  private readonly accept: BrokerOptions['accept'];
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private aedes: Aedes | undefined;

  constructor(options: BrokerOptions = {}) {
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port ?? 1883;
    this.accept = options.accept;
  }

  get running(): boolean {
    return this.server !== undefined;
  }

  /** Throws one sentence when the address cannot be listened on. */
  async start(): Promise<void> {
    if (this.server) return;
    const aedes = await Aedes.createBroker({
      ...limits,
      authenticate: ({ id }, user, password, done) => {
        const refusal = this.refusal(id, user, password?.toString());
        if (refusal) done(refusal, false);
        else done(null, true);
      },
    });
    aedes.on('client', (client) => Object.assign(client, { duplicates: remembersNothing }));
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.setNoDelay(true);
      aedes.handle(socket);
    });
    server.maxConnections = maxConnections;
    try {
      await listening(server, this.host, this.port);
    } catch (error) {
      aedes.close();
      throw new Error(listenProblem(error as NodeJS.ErrnoException, this.host, this.port));
    }
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    this.aedes = aedes;
  }

  /** Closes every connection, also those that never said CONNECT. Harmless when not running. */
  async stop(): Promise<void> {
    const { server, aedes } = this;
    if (!server || !aedes) return;
    this.server = this.aedes = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => aedes.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Return codes of CONNACK: MQTT 3.1.1, table 3.1. */
  private refusal(clientId: string, user?: string, password?: string): AuthenticateError | undefined {
    if (clientId.length > maxClientIdLength) return refusal(2, 'client id too long');
    if (this.accept && !this.accept(user, password)) return refusal(4, 'bad user name or password');
    return undefined;
  }
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} is already in use: stop the other program or choose another with --mqtt-port`;
    case 'EACCES':
      return `port ${port} needs administrator rights: choose one from 1024 to 65535 with --mqtt-port`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}: 127.0.0.1 always exists, 0.0.0.0 means all`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}`;
  }
}
