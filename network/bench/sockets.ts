import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { answer, Lines, sizeMax } from './message';
import type { Line } from './run';

/** Clients of the TCP echo at once. */
const clientsMax = 64;
/** A client that says nothing for so long is let go, in milliseconds; one may ask once a minute. */
const idleMs = 120_000;
/** Who does not read its answers is let go when so many bytes wait. */
const unreadMax = 64 * 1024;

export interface EchoOptions {
  host: string;
  /** 0 takes a free one. */
  udpPort: number;
  tcpPort: number;
  /** Milliseconds since 1970, with fractions. */
  now: () => number;
}

/** Answers the benchmark's messages, and nothing else. */
export class EchoServer {
  readonly counters = { udp: 0, tcp: 0, refused: 0 };
  udpPort: number;
  tcpPort: number;
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;
  readonly #clients = new Set<Socket>();

  constructor(private readonly options: EchoOptions) {
    this.udpPort = options.udpPort;
    this.tcpPort = options.tcpPort;
  }

  /** Throws one sentence when a port cannot be had. */
  async start(): Promise<void> {
    const { host, now } = this.options;
    const udp = createSocket('udp4');
    udp.on('message', (message, { address, port }) => {
      const text = answer(message.toString('latin1'), now());
      // What is no question gets no answer: nobody can use this port to flood another with more than it sent.
      if (text === undefined) this.counters.refused++;
      else {
        this.counters.udp++;
        udp.send(text, port, address, () => undefined);
      }
    });
    this.#udp = udp;
    await listening(udp, 'UDP', host, this.udpPort, () => udp.bind(this.udpPort, host));
    udp.on('error', () => undefined);
    this.udpPort = udp.address().port;
    const tcp = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    tcp.maxConnections = clientsMax;
    this.#tcp = tcp;
    try {
      await listening(tcp, 'TCP', host, this.tcpPort, () => tcp.listen(this.tcpPort, host));
    } catch (error) {
      this.stop();
      throw error;
    }
    this.tcpPort = (tcp.address() as { port: number }).port;
  }

  stop(): void {
    this.#udp?.close();
    this.#tcp?.close();
    for (const socket of this.#clients) socket.destroy();
    this.#udp = this.#tcp = undefined;
  }

  #serve(socket: Socket): void {
    const lines = new Lines();
    this.#clients.add(socket);
    socket.setEncoding('latin1').setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => this.#clients.delete(socket));
    socket.on('data', (data) => {
      try {
        for (const line of lines.take(String(data))) {
          const text = answer(line, this.options.now());
          if (text === undefined) throw new Error('no question');
          this.counters.tcp++;
          socket.write(text);
        }
        if (socket.writableLength > unreadMax) throw new Error('answers are not read');
      } catch {
        this.counters.refused++;
        socket.destroy();
      }
    });
  }
}

function listening(
  server: UdpSocket | Server,
  protocol: string,
  host: string,
  port: number,
  listen: () => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new Error(
          code === 'EADDRINUSE'
            ? `${protocol} port ${port} is in use: stop the other program or choose another with --${protocol.toLowerCase()}-port`
            : `cannot listen on ${protocol} ${host}:${port}: ${message}`,
        ),
      ),
    );
    server.once('listening', () => {
      server.removeAllListeners('error');
      resolve();
    });
    listen();
  });
}

/** A line that can be closed. */
export type OpenLine = Line & { close(): void };

/** Datagrams to one address; a message that is too long for it never arrives. */
export function udpLine(host: string, port: number): Promise<OpenLine> {
  const socket = createSocket('udp4');
  const line: OpenLine = {
    send: (message) => socket.send(message, () => undefined),
    onMessage: () => undefined,
    onBroken: () => undefined,
    close: () => socket.close(),
  };
  socket.on('message', (message) => line.onMessage(message.toString('latin1')));
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(new Error(`UDP to ${host}:${port}: ${error.message}`)));
    socket.connect(port, host, () => {
      // A refusal comes back as an error of a later send: it is a lost message, no broken line.
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve(line);
    });
  });
}

/** One connection that sends at once. */
export function tcpLine(host: string, port: number, timeoutMs: number): Promise<OpenLine> {
  const socket = connect({ host, port, family: 4, noDelay: true });
  const lines = new Lines();
  const line: OpenLine = {
    send: (message) => void socket.write(message),
    onMessage: () => undefined,
    onBroken: () => undefined,
    close: () => socket.destroy(),
  };
  socket.setEncoding('latin1');
  socket.on('data', (data) => {
    try {
      for (const message of lines.take(String(data))) line.onMessage(message);
    } catch {
      socket.destroy(new Error(`the other end sends lines of more than ${sizeMax} bytes`));
    }
  });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`TCP to ${host}:${port}: ${reason}`));
    };
    const timer = setTimeout(() => fail('no answer'), timeoutMs);
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(code === 'ECONNREFUSED' ? 'nothing listens there' : message);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.once('close', () => line.onBroken('the connection was closed'));
      resolve(line);
    });
  });
}
