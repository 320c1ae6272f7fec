import { toByteString } from '../bytes';
import { BoardError } from '../errors';
import type { EventMethods } from '../interpreter';
import { tcpHabits } from './habits';
import type { Station } from './network';
import { type Tcp, type TcpListener, type TcpSocket, socketError, socketErrorText } from './tcp';

/** What is kept of arriving data while nobody listens. Source: Espruino src/jswrap_stream.h */
const streamBufferBytes = 512;

interface Connection {
  object: object & EventMethods;
  tcp: TcpSocket;
  /** Written, not sent yet. */
  toSend: string;
  /** Received, not handed over yet. */
  received: string;
  /** Handed over while nobody listened. */
  buffered: string;
  connected: boolean;
  /** end() was called: closes once everything is sent. */
  closing: boolean;
  closeNow: boolean;
}

interface Server {
  object: object & EventMethods;
  listener: TcpListener;
}

/**
 * require("net"): Espruino's sockets. Everything happens in idle passes, one chunk in and one chunk out per socket and pass;
 * 'data' is called in the pass itself, all other events are queued after it.
 * Source: Espruino libs/network/socketserver.c (socketClientConnectionsIdle), libs/network/jswrap_net.c.
 */
export class Net {
  readonly module: object;
  readonly #connections: Connection[] = [];
  readonly #servers: Server[] = [];
  #scheduled = false;

  constructor(
    private readonly station: Station,
    private readonly tcp: Tcp,
  ) {
    this.module = station.interpreter.emitter({
      connect: (options: unknown, callback: unknown) => this.#connect(options, callback),
      createServer: (callback: unknown) => this.#createServer(callback),
    });
  }

  socketCount(): number {
    return this.#connections.length + this.#servers.length;
  }

  listenerCount(): number {
    const { interpreter } = this.station;
    let count = 0;
    for (const { object } of [...this.#connections, ...this.#servers])
      count += interpreter.listenerCount(object);
    return count;
  }

  /** reset() and load() close every socket in order, without an event. */
  closeAll(): void {
    for (const { tcp } of this.#connections.splice(0)) tcp.close();
    for (const { listener } of this.#servers.splice(0)) listener.close();
  }

  /** Sees to it that an idle pass looks at the sockets. */
  readonly schedule = (): void => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.station.interpreter.queue(() => this.#pass());
  };

  #connect(options: unknown, callback: unknown): object | undefined {
    const { interpreter } = this.station;
    const target = typeof options === 'string' ? parseUrl(options) : options;
    if (typeof target !== 'object' || target === null) {
      interpreter.print(`ERROR: Expecting Options to be an Object but it was ${typeof options}`);
      return undefined;
    }
    if (callback !== undefined && typeof callback !== 'function') {
      interpreter.print(`ERROR: Expecting Callback Function but got ${typeof callback}`);
      return undefined;
    }
    const { host, port } = target as { host?: unknown; port?: unknown };
    const tcp = this.tcp.connect(host === undefined ? '127.0.0.1' : String(host), Number(port) & 0xffff);
    return this.#add(tcp, callback).object;
  }

  #createServer(callback: unknown): object | undefined {
    const { interpreter } = this.station;
    if (typeof callback !== 'function') {
      interpreter.print(`ERROR: Expecting Callback Function but got ${typeof callback}`);
      return undefined;
    }
    let server: Server | undefined;
    const object = interpreter.emitter({
      listen: (port: unknown) => {
        if (server === undefined)
          this.#servers.push((server = { object, listener: this.tcp.listen(Number(port) & 0xffff) }));
        return object;
      },
      close: () => {
        const index = server === undefined ? -1 : this.#servers.indexOf(server);
        if (index < 0) interpreter.print('WARNING: Server not found!');
        else this.#servers.splice(index, 1)[0]!.listener.close();
        server = undefined;
      },
    });
    interpreter.emitters.on(object, 'connect', callback);
    return object;
  }

  #add(tcp: TcpSocket, callback: unknown): Connection {
    const { interpreter } = this.station;
    let corrupts = false;
    const object = interpreter.emitter(
      {
        write: (data: unknown) => this.#write(connection, data),
        end: (data: unknown) => this.#end(connection, data),
        available: () => connection.buffered.length,
        read: (count: unknown) => {
          // What did not fit may move up now.
          this.schedule();
          return read(connection, Number(count ?? 0));
        },
      },
      (event) => {
        if (event === 'connect' && corrupts) {
          throw new BoardError(
            "This socket has a connect callback already; on('connect') as well would corrupt it. Use one of them.",
          );
        }
        if (event !== 'data') return;
        if (connection.buffered !== '') object.emit('data', read(connection, 0));
        this.schedule();
      },
    );
    const connection: Connection = {
      object,
      tcp,
      toSend: '',
      received: '',
      buffered: '',
      connected: false,
      closing: false,
      closeNow: false,
    };
    if (callback !== undefined) interpreter.emitters.on(object, 'connect', callback);
    corrupts = callback !== undefined;
    this.#connections.push(connection);
    this.schedule();
    return connection;
  }

  #write(connection: Connection, data: unknown): boolean {
    if (connection.closing || connection.closeNow) throw new BoardError('This socket is closed');
    if (data !== undefined) connection.toSend += toByteString(String(data));
    this.schedule();
    return false;
  }

  #end(connection: Connection, data: unknown): void {
    if (data !== undefined) this.#write(connection, data);
    if (connection.toSend === '') connection.closeNow = true;
    connection.closing = true;
    this.schedule();
  }

  #pass(): void {
    this.#scheduled = false;
    let busy = false;
    for (const server of [...this.#servers]) {
      const tcp = server.listener.accept();
      if (tcp === undefined) continue;
      server.object.emit('connect', this.#add(tcp, undefined).object);
      busy = true;
    }
    for (const connection of [...this.#connections]) {
      if (!this.station.interpreter.alive) return;
      if (this.#idle(connection)) busy = true;
    }
    if (busy) this.schedule();
  }

  /** One idle pass of one socket. True when anything happened. */
  #idle(connection: Connection): boolean {
    const { object, tcp } = connection;
    let busy = this.#push(connection, false);
    let closeNow = connection.closeNow;
    let error = 0;
    if (!closeNow) {
      if (connection.toSend !== '') {
        const count = tcp.send(connection.toSend.slice(0, tcpHabits[this.station.chip].chunk));
        if (count < 0) {
          closeNow = true;
          error = count;
        } else if (count > 0) {
          busy = true;
          connection.toSend = connection.toSend.slice(count);
          if (connection.toSend === '' && !connection.closing) object.emit('drain', object);
        }
      } else if (connection.closing) closeNow = true;

      const data = tcp.receive();
      if (typeof data === 'number') {
        if (connection.connected || data !== socketError.notConnected) {
          closeNow = true;
          error = data;
        }
      } else {
        if (!connection.connected) {
          connection.connected = true;
          busy = true;
          object.emit('connect', object);
          if (connection.toSend === '') object.emit('drain', object);
        }
        if (data !== '') {
          connection.received += data;
          this.#push(connection, false);
          busy = true;
        }
      }
    }
    if (!closeNow) return busy;
    this.#push(connection, true);
    // What nobody has taken keeps the socket open.
    if (connection.received !== '') return busy;
    this.#close(connection, error);
    return true;
  }

  #close(connection: Connection, error: number): void {
    const { object } = connection;
    const code = error === socketError.closed && connection.toSend !== '' ? socketError.unsentData : error;
    const hadError = code < 0 && code !== socketError.closed;
    connection.tcp.close();
    connection.closing = true;
    this.#connections.splice(this.#connections.indexOf(connection), 1);
    if (hadError)
      object.emit('error', this.station.interpreter.data({ code, message: socketErrorText(code) }));
    object.emit('end');
    object.emit('close', hadError);
  }

  /** Hands received data to the listeners, or keeps what fits. True when data went anywhere. */
  #push(connection: Connection, force: boolean): boolean {
    const { interpreter } = this.station;
    const { received, object } = connection;
    if (received === '') return false;
    if (interpreter.emitters.isHeard(object, 'data')) {
      connection.received = '';
      for (const listener of [...interpreter.emitters.listeners(object, 'data')])
        interpreter.call(listener as never, object, [received]);
      return true;
    }
    const free = streamBufferBytes - connection.buffered.length;
    if (connection.buffered === '' || received.length <= free) {
      connection.received = '';
      connection.buffered += received;
      return true;
    }
    if (!force) return false;
    connection.received = received.slice(Math.max(0, free));
    connection.buffered += received.slice(0, Math.max(0, free));
    return free > 0;
  }
}

function read(connection: Connection, count: number): string {
  const { buffered } = connection;
  const length = count > 0 ? count : buffered.length;
  connection.buffered = buffered.slice(length);
  return buffered.slice(0, length);
}

function parseUrl(url: string): { host: string; port: number } {
  const match = /^(?:\w+:\/\/)?([^:/]*)(?::(\d+))?/.exec(url)!;
  return { host: match[1]!, port: Number(match[2] ?? 0) };
}
