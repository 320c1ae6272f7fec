import { BoardError } from '../errors';
import { dottedAddress } from './address';
import { lwip, tcpHabits } from './habits';
import type { Hardware } from './hardware';
import type { Station, Uplink } from './network';
import type { Radio } from './radio';
import type { Resolver } from './resolver';
import { type ConnectionRules, type Tcp, type TcpListener, TcpConnection, socketError } from './tcp';

export interface TcpParts {
  station: Station;
  hardware: Hardware;
  uplink: Uplink;
  radio: Radio;
  resolver: Resolver;
  /** Something has changed: an idle pass should look at the sockets. */
  onActivity(): void;
}

const rules: ConnectionRules = {
  habits: tcpHabits.esp8266,
  oneSegmentAtATime: true,
  resetCode: socketError.reset,
  timeoutCode: socketError.timeout,
};

/**
 * TCP of the ESP8266: nothing blocks, failures come later. Two of them never come:
 * - lwIP's answer from its cache is taken for "will call back", so a socket to a name that was looked up before stays
 *   in the middle of resolving, and its slot is lost;
 * - a SYN that nobody answers ends in ESPCONN_CONN (-11), which Espruino reads as "not connected yet". Only a socket that has
 *   something to send fails with it.
 * Source: Espruino libs/network/esp8266/network_esp8266.c; ESP8266_NONOS_SDK third_party/lwip/app/espconn_tcp.c.
 */
export class Esp8266Tcp implements Tcp {
  /** Slots in use, listening ones included. */
  readonly #slots = new Set<object>();

  constructor(private readonly parts: TcpParts) {}

  connect(host: string, port: number): TcpConnection {
    const { station, resolver, hardware, radio } = this.parts;
    const ip = dottedAddress(host);
    const noRoute = ip !== undefined && ip !== '127.0.0.1' && radio.lease === undefined;
    if (this.#slots.size >= rules.habits.maxSockets || noRoute) throw cannotCreate();
    const connection = this.#connection();
    const startMs = station.interpreter.now();
    if (ip !== undefined) {
      this.#dial(connection, ip, port, startMs);
      return connection;
    }
    let abandoned = false;
    connection.onAbandoned = () => (abandoned = true);
    if (resolver.cached(host) !== undefined) return connection;
    const answer = (found: string | undefined): void => {
      connection.onAbandoned = undefined;
      if (abandoned) this.#slots.delete(connection);
      else if (found === undefined) connection.fail(socketError.notFound);
      else if (radio.lease === undefined) connection.fail(socketError.noRoute);
      else this.#dial(connection, found, port, hardware.clock.now());
    };
    resolver.query(host, startMs, (found, afterMs) => hardware.later(afterMs, () => answer(found), startMs));
    return connection;
  }

  listen(port: number): TcpListener {
    const waiting: TcpConnection[] = [];
    const stop =
      this.#slots.size < rules.habits.maxSockets
        ? this.parts.uplink.listen(port, (wire) => {
            const connection = this.#connection();
            connection.establish(wire);
            waiting.push(connection);
            return connection;
          })
        : undefined;
    if (stop === undefined) throw cannotCreate();
    this.#slots.add(waiting);
    return {
      accept: () => waiting.shift(),
      close: () => {
        this.#slots.delete(waiting);
        stop();
      },
    };
  }

  #connection(): TcpConnection {
    const connection = new TcpConnection(rules, this.parts.hardware, this.parts.onActivity, (released) =>
      this.#slots.delete(released),
    );
    this.#slots.add(connection);
    return connection;
  }

  #dial(connection: TcpConnection, ip: string, port: number, startMs: number): void {
    const { hardware, uplink } = this.parts;
    const timers: (() => void)[] = [];
    const knocks: (() => void)[] = [];
    const settle = (): void => {
      connection.onAbandoned = undefined;
      for (const cancel of timers) cancel();
    };
    const giveUp = (): void => {
      settle();
      for (const cancel of knocks) cancel();
    };
    const knock = (atMs: number): void => {
      const cancel = uplink.connect(ip, port, atMs, connection, (outcome, afterMs) => {
        if (outcome === 'silence') return;
        const arrive = (): void => {
          settle();
          if (outcome === 'refused') connection.fail(socketError.reset);
          else connection.establish(outcome);
        };
        timers.push(hardware.later(afterMs, arrive, atMs));
      });
      knocks.push(cancel);
    };
    const silence = (): void => {
      giveUp();
      connection.fail(socketError.notConnected);
    };
    connection.onAbandoned = () => {
      giveUp();
      this.#slots.delete(connection);
    };
    for (let i = 1; i < lwip.synTries; i++) {
      timers.push(hardware.later(i * lwip.synRetryMs, () => knock(hardware.clock.now()), startMs));
    }
    timers.push(hardware.later(lwip.synTimeoutMs, silence, startMs));
    knock(startMs);
  }
}

function cannotCreate(): BoardError {
  return new BoardError('Unable to create socket', 'InternalError');
}
