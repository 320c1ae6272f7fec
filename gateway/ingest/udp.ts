import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { ListenError } from '../listen-problem';
import { readingOrProblem } from '../reading';
import type { Ingest } from './ingest';
import { objectBytesMax, parseJson } from './json-splitter';
import { OpenLimit, openProblem } from './open';

export interface UdpIngestOptions {
  host?: string;
  /** 0 takes a free one, which `port` then tells. */
  port?: number;
  /** Takes readings of whoever reaches it, at a limited rate for each address; without it only on loopback. */
  open?: boolean;
  ingest: Ingest['ingest'];
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told why a datagram is no reading; nobody else is. */
  onProblem?: (sentence: string, address: string) => void;
}

/** Readings over UDP: one JSON object a datagram, never answered. The protocol is in docs/ingest.md. */
export class UdpIngest {
  readonly host: string;
  /** The port asked for; after `start` the one in use. */
  port: number;
  readonly counters = {
    datagrams: 0,
    readings: 0,
    /** Datagrams that are no reading. */
    problems: 0,
    /** Datagrams of addresses that send too many; thrown away unread. */
    limited: 0,
  };
  readonly #options: UdpIngestOptions;
  readonly #limit: OpenLimit | undefined;
  #socket: Socket | undefined;

  constructor(options: UdpIngestOptions) {
    this.#options = options;
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port ?? 9998;
    if (options.open) this.#limit = new OpenLimit(options.now);
  }

  /** Throws one sentence when the address cannot be listened on, or must not. */
  async start(): Promise<void> {
    const problem = openProblem('UDP', this.host, this.#options.open);
    if (problem !== undefined) throw new Error(problem);
    const socket = createSocket(isIPv6(this.host) ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(new ListenError(error, this.host, this.port, '--udp-port'));
      });
      socket.bind(this.port, this.host, resolve);
    });
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.on('message', (bytes, sender) => this.take(bytes, sender));
    this.port = socket.address().port;
    this.#socket = socket;
  }

  /** Harmless when not running. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(resolve));
  }

  take(bytes: Buffer, { address }: Pick<RemoteInfo, 'address'>): void {
    this.counters.datagrams++;
    if (this.#limit && !this.#limit.takes(address)) {
      this.counters.limited++;
      return;
    }
    try {
      const reading =
        bytes.length <= objectBytesMax
          ? readingOrProblem(parseJson(bytes), this.#options.now())
          : `longer than ${objectBytesMax} bytes`;
      if (typeof reading === 'string') return this.#onProblem(reading, address);
      this.#options.ingest(reading, { transport: 'udp', address });
      this.counters.readings++;
    } catch (error) {
      // No JSON, or one sensor too many: counted like the others.
      this.#onProblem((error as Error).message, address);
    }
  }

  #onProblem(sentence: string, address: string): void {
    this.counters.problems++;
    this.#options.onProblem?.(sentence, address);
  }
}
