import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { Console, type ConsoleTarget } from './console';

/** How much output may wait for a client that does not read, in bytes. */
const unreadMax = 1_000_000;

const httpMethods = [
  'GET ',
  'POST ',
  'PUT ',
  'HEAD ',
  'DELETE ',
  'OPTIONS ',
  'PATCH ',
  'TRACE ',
  'CONNECT ',
  'PRI ',
];

/**
 * The console of a virtual board on a TCP port, for one client at a time. Whoever connects can run code, so it listens on
 * loopback only, belongs into a process of its own, and drops what a web page could send: anything that starts like HTTP or TLS.
 */
export class ConsoleServer {
  readonly #server: Server;
  #client: { socket: Socket; console: Console } | undefined;

  constructor(private readonly target: ConsoleTarget) {
    this.#server = createServer({ noDelay: true }, (socket) => this.#onConnection(socket));
  }

  /** Listens on 127.0.0.1 and returns the port; 0 lets the system choose one. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** What the board prints. */
  print(line: string): void {
    this.#client?.console.print(line);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#client?.socket.destroy();
    await closed;
  }

  #onConnection(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#client !== undefined) {
      socket.end('The console is in use by another connection.\r\n');
      // What is not read keeps a connection open for ever.
      socket.resume();
      return;
    }
    const write = (bytes: string): void => {
      socket.write(bytes, 'latin1');
      if (socket.writableLength > unreadMax) socket.destroy();
    };
    this.#client = { socket, console: new Console(this.target, write) };
    const { console } = this.#client;
    socket.on('close', () => (this.#client = undefined));
    let start: string | undefined = '';
    socket.on('data', (data) => {
      const bytes = data.toString('latin1');
      if (start === undefined) return console.receive(bytes);
      start += bytes;
      const verdict = judge(start);
      if (verdict === 'drop') socket.destroy();
      if (verdict !== 'accept') return;
      const first = start;
      start = undefined;
      console.receive(first);
    });
  }
}

/** What the first bytes of a connection are; `wait` while they could still become a request. */
function judge(start: string): 'accept' | 'drop' | 'wait' {
  // A TLS handshake record.
  if (start.startsWith('\x16\x03')) return 'drop';
  if (httpMethods.some((method) => start.startsWith(method))) return 'drop';
  return ['\x16\x03', ...httpMethods].some((token) => token.startsWith(start)) ? 'wait' : 'accept';
}
