import { type Socket, connect } from 'node:net';
import { BoardError, type Transport } from '../../flashing/console';

/** A board that is on the network answers a connection within milliseconds; one that blocks in a connect of its own, within these. */
const connectMs = 10_000;

/** The console of a board that offers it over WiFi, or of a virtual one. */
export async function openTcp(host: string, port: number): Promise<Transport> {
  const socket = connect({ host, port, noDelay: true });
  await connected(socket, `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`);
  return new TcpTransport(socket);
}

function connected(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        new BoardError(
          'refused',
          `${name} cannot be reached: ${why}. Is that the board's address (its state message tells it), and did kit.config.ts open the console over WiFi?`,
        ),
      );
    };
    const timer = setTimeout(() => fail(`no answer within ${connectMs / 1000} s`), connectMs);
    socket.once('error', (error: NodeJS.ErrnoException) => fail(reasons[error.code ?? ''] ?? error.message));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve();
    });
  });
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'no such host on this network',
  ENETUNREACH: 'this computer has no network that leads there',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name cannot be looked up',
};

class TcpTransport implements Transport {
  onBytes: ((bytes: string) => void) | undefined;
  readonly closed: Promise<void>;

  constructor(private readonly socket: Socket) {
    // A broken connection is a closed one; 'close' follows.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (data) => this.onBytes?.(data.toString('latin1')));
  }

  write(bytes: string): void {
    if (this.socket.writable) this.socket.write(bytes, 'latin1');
  }

  async close(): Promise<void> {
    this.socket.end();
    // What was written last must still arrive, yet nobody has to wait for a board that is gone.
    const timer = setTimeout(() => this.socket.destroy(), 500);
    this.socket.once('end', () => this.socket.destroy());
    await this.closed;
    clearTimeout(timer);
  }
}
