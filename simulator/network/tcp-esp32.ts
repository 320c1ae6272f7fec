import { BoardError } from '../errors';
import { dottedAddress } from './address';
import { lwip, tcpHabits } from './habits';
import type { NoConnection, Wire } from './network';
import type { TcpParts } from './tcp-esp8266';
import { type ConnectionRules, type Tcp, type TcpListener, TcpConnection, socketError } from './tcp';

const rules: ConnectionRules = {
  habits: tcpHabits.esp32,
  oneSegmentAtATime: false,
  // recv() and send() tell no reasons.
  resetCode: socketError.closed,
  timeoutCode: socketError.closed,
};

/** errno of newlib */
const errno = { reset: 104, aborted: 113, unreachable: 118 } as const;

/** How often a board that waits for a real network is held once more. */
const holdMs = 20;

/**
 * TCP of the ESP32: looking up a name and connecting block all JavaScript until the outcome is known, and what fails throws.
 * In a simulated world the outcome is known at once, so it is decided by how things stand at the start. With real
 * sockets it is not: then the board is held until it comes, and a failure arrives as an event 'error' instead.
 * Source: Espruino libs/network/esp32/network_esp32.c, libs/network/socketserver.c.
 */
export class Esp32Tcp implements Tcp {
  readonly #slots = new Set<object>();

  constructor(private readonly parts: TcpParts) {}

  connect(host: string, port: number): TcpConnection {
    const connection = new TcpConnection(rules, this.parts.hardware, this.parts.onActivity, (released) =>
      this.#slots.delete(released),
    );
    const attempt = new Attempt(this.parts, connection);
    attempt.resolve(host, (ip) => {
      if (ip === undefined) attempt.fail('Unable to locate host', undefined, socketError.notFound);
      else if (this.#slots.size >= rules.habits.maxSockets)
        attempt.fail('Unable to create socket', 'Socket creation failed', -7);
      else {
        this.#slots.add(connection);
        attempt.dial(ip, port, () => this.#slots.delete(connection));
      }
    });
    attempt.returnToCaller();
    return connection;
  }

  listen(port: number): TcpListener {
    const waiting: TcpConnection[] = [];
    const full = this.#slots.size >= rules.habits.maxSockets;
    const stop = full ? undefined : this.parts.uplink.listen(port, (wire) => this.#accepted(wire, waiting));
    if (stop === undefined) {
      this.parts.station.interpreter.print(
        `ERROR: ${full ? 'Socket creation failed' : 'Socket bind failed'}`,
      );
      throw new BoardError('Unable to create socket', 'InternalError');
    }
    this.#slots.add(waiting);
    return {
      accept: () => waiting.shift(),
      close: () => {
        this.#slots.delete(waiting);
        stop();
      },
    };
  }

  #accepted(wire: Wire, waiting: TcpConnection[]): TcpConnection {
    const connection = new TcpConnection(rules, this.parts.hardware, this.parts.onActivity, (released) =>
      this.#slots.delete(released),
    );
    this.#slots.add(connection);
    connection.establish(wire);
    waiting.push(connection);
    return connection;
  }
}

/** One blocking call of connect(), seen from inside. */
class Attempt {
  #inCall = true;
  #failure: BoardError | undefined;
  #over = false;

  constructor(
    private readonly parts: TcpParts,
    private readonly connection: TcpConnection,
  ) {}

  resolve(host: string, done: (ip: string | undefined) => void): void {
    const { resolver, station } = this.parts;
    const known = dottedAddress(host) ?? resolver.cached(host);
    if (known !== undefined) {
      done(known);
      return;
    }
    resolver.query(host, station.interpreter.now(), (ip, afterMs) => {
      if (this.#inCall) station.interpreter.stall(afterMs);
      done(ip);
    });
  }

  dial(ip: string, port: number, onFailed: () => void): void {
    const { uplink, radio, station, hardware } = this.parts;
    const { interpreter } = station;
    const failed = (code: number, error: number): void => {
      onFailed();
      this.fail('Unable to create socket', `Connect failed (err ${code})`, error);
    };
    if (radio.lease === undefined && ip !== '127.0.0.1') {
      failed(errno.unreachable, socketError.noRoute);
      return;
    }
    const end = (outcome: Wire | NoConnection, afterMs: number): void => {
      if (this.#over) return;
      if (this.#inCall) interpreter.stall(outcome === 'silence' ? lwip.synTimeoutMs : afterMs);
      if (outcome === 'refused') failed(errno.reset, socketError.reset);
      else if (outcome === 'silence') failed(errno.aborted, socketError.timeout);
      else {
        this.#over = true;
        this.connection.establish(outcome);
      }
    };
    const giveUp = uplink.connect(ip, port, interpreter.now(), this.connection, end);
    if (this.#over) return;
    hardware.later(lwip.synTimeoutMs, () => {
      if (this.#over) return;
      giveUp();
      end('silence', 0);
    });
  }

  fail(message: string, printed: string | undefined, code: number): void {
    this.#over = true;
    if (printed !== undefined) this.parts.station.interpreter.print(`ERROR: ${printed}`);
    if (this.#inCall) this.#failure = new BoardError(message, 'InternalError');
    else this.connection.fail(code);
  }

  /** The end of the call: throws what has failed, or holds the board while nothing is known. */
  returnToCaller(): void {
    this.#inCall = false;
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#over) this.#hold();
  }

  #hold(): void {
    if (this.#over) return;
    const { interpreter } = this.parts.station;
    const { hardware } = this.parts;
    interpreter.stall(hardware.clock.now() + 2 * holdMs - interpreter.now());
    hardware.later(holdMs, () => this.#hold());
  }
}
