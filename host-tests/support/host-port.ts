import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Listener, StreamEnd } from '../../simulator/network';
import type { BrokerNetwork, BrokerStream } from './broker';

const host = '127.0.0.1';

/** A free port of this computer for a scripted broker, with what can be done to its connections from outside. */
export class HostPort implements BrokerNetwork {
  readonly port: number;
  readonly #server: Server;
  readonly #streams = new Set<HostStream>();
  #onConnection: ((stream: BrokerStream) => void) | undefined;
  /** What is written reaches the board one byte at a time, with so many milliseconds between two; 0: as it is. */
  trickleMs = 0;
  /** True: new connections are taken, and nothing passes in either direction. */
  silent = false;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#onSocket(socket));
  }

  static async open(): Promise<HostPort> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, host, resolve);
    });
    return new HostPort(server);
  }

  listen(_ip: string, _port: number, onConnection: (stream: BrokerStream) => void): Listener {
    this.#onConnection = onConnection;
    if (!this.#server.listening) this.#server.listen(this.port, host);
    return { mode: 'accept', cut: undefined, close: () => this.#server.close() };
  }

  /** From now on nothing passes on the connections that stand, and neither end hears of it. */
  vanish(): void {
    for (const stream of this.#streams) stream.vanished = true;
  }

  close(): void {
    this.#server.close();
    for (const stream of this.#streams) stream.socket.destroy();
  }

  #onSocket(socket: Socket): void {
    const stream = new HostStream(socket, () => this.trickleMs);
    this.#streams.add(stream);
    socket.on('close', () => this.#streams.delete(stream));
    stream.vanished = this.silent;
    this.#onConnection?.(stream);
  }
}

class HostStream implements BrokerStream {
  vanished = false;
  /** Bytes that wait for their turn, the one written last among them. */
  readonly #trickle: number[] = [];
  /** The host has closed, or forgotten, its end. */
  #done = false;

  constructor(
    readonly socket: Socket,
    private readonly trickleMs: () => number,
  ) {
    socket.setNoDelay(true);
    // The end of a connection is told by 'close'.
    socket.on('error', () => {});
  }

  write(data: Uint8Array | string): void {
    if (this.vanished || this.#done) return;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    if (this.trickleMs() === 0 && this.#trickle.length === 0) this.socket.write(bytes);
    else if (this.#trickle.push(...bytes) === bytes.length) this.#writeOne();
  }

  #writeOne(): void {
    const [byte] = this.#trickle;
    if (byte === undefined || this.vanished || this.socket.destroyed) return;
    this.socket.write(Uint8Array.of(byte));
    setTimeout(() => {
      this.#trickle.shift();
      this.#writeOne();
    }, this.trickleMs());
  }

  onData(handler: (data: Buffer) => void): void {
    this.socket.on('data', (data) => {
      if (this.vanished) return;
      if (!this.#done) handler(data);
      // Forgotten: what belongs to no connection is answered by a reset.
      else if (!this.socket.writableEnded) this.socket.resetAndDestroy();
    });
  }

  onClose(handler: (end: StreamEnd) => void): void {
    this.socket.on('close', (failed) => {
      if (!this.vanished && !this.#done) handler(failed ? 'reset' : 'end');
    });
  }

  destroy(): void {
    this.#done = true;
    if (!this.vanished) this.socket.destroySoon();
  }

  reset(): void {
    this.#done = true;
    if (!this.vanished) this.socket.resetAndDestroy();
  }

  forget(): void {
    this.#done = true;
  }
}
