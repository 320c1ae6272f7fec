import { createServer, type AddressInfo, type Server } from 'node:net';
import { ListenError } from '../listen-problem';
import { readingOrProblem, ReadingError } from '../reading';
import type { Ingest } from './ingest';
import { OpenLimit, openProblem } from './open';
import { Seats } from './seats';
import { TcpClient, type TcpRoom } from './tcp-client';

export interface TcpIngestOptions {
  host?: string;
  /** 0 takes a free one, which `port` then tells. */
  port?: number;
  /** Takes readings of whoever reaches it, at a limited rate for each address; without it only on loopback. */
  open?: boolean;
  ingest: Ingest['ingest'];
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told why a message is no reading; the client is told, too. */
  onProblem?: (sentence: string, address: string) => void;
  /** Connections at once; the next one pushes another out. */
  clientsMax?: number;
}

/** How often open objects and waiting clients are looked after. */
const tickMs = 250;
const sweepMs = 15_000;
/** Clients with much to read that have a turn before new bytes are looked for. */
const turnsMax = 8;
/** A client that has never reported may be silent for so long. */
const silentMsMax = 600_000;
/** One that has: a sensor may report once an hour and keep its connection. */
const idleMsMax = 2 * 3_600_000;
/** A peer that has vanished is found a minute and ten seconds after its last byte. */
const keepAliveMs = 60_000;
/** Clients that do not read their answers hold the most: this many, and each for so long. */
const stalledMax = 64;
const stalledMsMax = 30_000;
/** Until what was answered must have been read when the server stops. */
const stopMsMax = 500;

/** Readings over TCP: JSON objects, an answer to each. The protocol is in docs/ingest.md. */
export class TcpIngest {
  readonly host: string;
  /** The port asked for; after `start` the one in use. */
  port: number;
  readonly counters = {
    connections: 0,
    accepted: 0,
    readings: 0,
    problems: 0,
    /** Connections closed since another one came and there was no room. */
    displaced: 0,
    /** Connections closed since nothing came. */
    idle: 0,
    /** Connections closed since their answers were not read. */
    stalled: 0,
  };
  readonly #options: TcpIngestOptions;
  readonly #seats: Seats<TcpClient>;
  readonly #watched = new Set<TcpClient>();
  /** Those that have more to read than their turn allowed. */
  readonly #queue = new Set<TcpClient>();
  #turnsArePlanned = false;
  /** Since when, the longest first. */
  readonly #stalled = new Map<TcpClient, number>();
  readonly #limit: OpenLimit | undefined;
  #server: Server | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #sweptMs = 0;

  constructor(options: TcpIngestOptions) {
    this.#options = options;
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port ?? 9999;
    this.#seats = new Seats(options.clientsMax ?? 1024);
    if (options.open) this.#limit = new OpenLimit(options.now);
  }

  /** Throws one sentence when the address cannot be listened on, or must not. */
  async start(): Promise<void> {
    const problem = openProblem('TCP', this.host, this.#options.open);
    if (problem !== undefined) throw new Error(problem);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      socket.setKeepAlive(true, keepAliveMs);
      this.counters.accepted++;
      const client = new TcpClient(socket, this.#room);
      socket.once('close', () => this.#forget(client));
      this.#seat(client);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new ListenError(error, this.host, this.port, '--tcp-port')));
      server.listen(this.port, this.host, resolve);
    });
    // Too many open files: the next connection may work.
    server.removeAllListeners('error').on('error', () => undefined);
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#timer = setInterval(() => this.tick(), tickMs).unref();
  }

  /** Answers what was read, and closes every connection. Harmless when not running. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    clearInterval(this.#timer);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const client of this.#seats) client.end();
    const patience = setTimeout(() => this.#closeAll(), stopMsMax);
    await closed;
    clearTimeout(patience);
  }

  /** What time brings; called every 250 ms while running. */
  tick(): void {
    for (const client of [...this.#watched]) client.tick();
    const nowMs = this.#options.now();
    if (nowMs - this.#sweptMs < sweepMs && nowMs >= this.#sweptMs) return;
    this.#sweptMs = nowMs;
    for (const [client, sinceMs] of this.#stalled) {
      if (nowMs - sinceMs < stalledMsMax) break;
      this.#closeStalled(client);
    }
    for (const client of this.#seats) {
      if (nowMs - client.seenMs < (client.hasReported ? idleMsMax : silentMsMax)) continue;
      this.counters.idle++;
      client.close();
    }
  }

  readonly #room: TcpRoom = {
    now: () => this.#options.now(),
    take: (json, address) => {
      const reading = readingOrProblem(json, this.#options.now());
      if (typeof reading === 'string') throw new ReadingError(reading);
      this.#options.ingest(reading, { transport: 'tcp', address });
      this.counters.readings++;
      return reading.sensor;
    },
    onProblem: (sentence, address) => {
      this.counters.problems++;
      this.#options.onProblem?.(sentence, address);
    },
    onReported: (client) => this.#seats.hasReported(client),
    mustWait: (address) => this.#limit?.waits(address) ?? false,
    charge: (address, messages) => this.#limit?.charge(address, messages),
    queue: (client) => {
      this.#queue.add(client);
      this.#planTurns();
    },
    watch: (client, needsTicks) => {
      if (needsTicks) this.#watched.add(client);
      else this.#watched.delete(client);
    },
    onStall: (client, stalled) => {
      if (!stalled) this.#stalled.delete(client);
      else if (!this.#stalled.has(client)) this.#stall(client);
    },
  };

  #planTurns(): void {
    if (this.#turnsArePlanned) return;
    this.#turnsArePlanned = true;
    setImmediate(() => this.#takeTurns());
  }

  /** However many clients have thousands of messages to read, one more message waits for a few hundred of theirs. */
  #takeTurns(): void {
    this.#turnsArePlanned = false;
    const clients = [...this.#queue].slice(0, turnsMax);
    for (const client of clients) this.#queue.delete(client);
    for (const client of clients) client.goOn();
    if (this.#queue.size > 0) this.#planTurns();
  }

  #seat(client: TcpClient): void {
    const loser = this.#seats.add(client);
    this.counters.connections = this.#seats.taken;
    if (!loser) return;
    this.counters.displaced++;
    loser.close();
  }

  #stall(client: TcpClient): void {
    this.#stalled.set(client, this.#options.now());
    if (this.#stalled.size > stalledMax) this.#closeStalled(this.#stalled.keys().next().value!);
  }

  #closeStalled(client: TcpClient): void {
    this.#stalled.delete(client);
    this.counters.stalled++;
    client.close();
  }

  #forget(client: TcpClient): void {
    this.#seats.remove(client);
    this.#queue.delete(client);
    this.#watched.delete(client);
    this.#stalled.delete(client);
    this.counters.connections = this.#seats.taken;
  }

  #closeAll(): void {
    for (const client of this.#seats) client.close();
  }
}
