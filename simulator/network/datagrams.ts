import { bytesFromString, stringFromBytes, toByteString } from '../bytes';
import { BoardError } from '../errors';
import type { EventMethods } from '../interpreter';
import { dottedAddress } from './address';
import { tcpHabits } from './habits';
import type { Station, UdpPort, Uplink } from './network';
import type { Radio } from './radio';
import type { Resolver } from './resolver';
import { socketError, socketErrorText } from './tcp';

export interface DatagramParts {
  station: Station;
  uplink: Uplink;
  radio: Radio;
  resolver: Resolver;
}

interface DatagramSocket {
  object: object & EventMethods;
  /** The chip's socket: since bind(), or since the first send(). */
  port: UdpPort | undefined;
  bound: boolean;
  /** Written, not sent yet. */
  toSend: { bytes: Uint8Array; ip: string; port: number }[];
  received: { bytes: Uint8Array; address: string; port: number }[];
  connected: boolean;
  /** close() was called: closes once everything is sent. */
  closing: boolean;
  closeNow: boolean;
}

/** What Espruino puts in front of each datagram, in the piece that it hands over. */
const headerBytes = 8;

/**
 * require("dgram"): UDP sockets. In each idle pass one datagram comes in and one or two go out. Source: Espruino
 * libs/network/jswrap_net.c, socketserver.c, esp8266/network_esp8266.c, esp32/network_esp32.c.
 *
 * - ESP8266: a socket that is not bound stays in the middle of connecting, and never sends. One that sends without an address fails,
 *   and its slot is lost for good. A datagram of more than 268 bytes is not received.
 * - ESP32: an empty datagram counts as the end of the connection, and closes the socket. A datagram that cannot be sent counts as seven bytes sent, and what is left of it goes who knows where: here it is lost.
 *   A name blocks all JavaScript while it is looked up, and one that does not exist is taken for the address 0.0.0.0.
 */
export class Datagrams {
  readonly module: object;
  readonly #sockets: DatagramSocket[] = [];
  #scheduled = false;

  constructor(private readonly parts: DatagramParts) {
    this.module = parts.station.interpreter.emitter({
      createSocket: (_type: unknown, callback: unknown) => this.#create(callback),
    });
  }

  socketCount(): number {
    return this.#sockets.length;
  }

  listenerCount(): number {
    const { interpreter } = this.parts.station;
    return this.#sockets.reduce((count, { object }) => count + interpreter.listenerCount(object), 0);
  }

  /** reset() and load() close every socket without an event. */
  closeAll(): void {
    for (const { port } of this.#sockets.splice(0)) port?.close();
  }

  get #esp32(): boolean {
    return this.parts.station.chip === 'esp32';
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.parts.station.interpreter.queue(() => this.#pass());
  }

  #create(callback: unknown): object {
    const { interpreter } = this.parts.station;
    const object = interpreter.emitter({
      bind: (port: unknown, bound: unknown) => {
        if (typeof bound === 'function') interpreter.emitters.on(object, '#bind', bound);
        this.#open(socket, Number(port) & 0xffff, true);
        object.emit('#bind', object);
        return object;
      },
      send: (...args: unknown[]) => this.#send(socket, args),
      close: () => {
        if (socket.toSend.length === 0) socket.closeNow = true;
        socket.closing = true;
        this.#schedule();
      },
    });
    const socket: DatagramSocket = {
      object,
      port: undefined,
      bound: false,
      toSend: [],
      received: [],
      connected: false,
      closing: false,
      closeNow: false,
    };
    if (typeof callback === 'function') interpreter.emitters.on(object, 'connect', callback);
    this.#sockets.push(socket);
    return object;
  }

  #open(socket: DatagramSocket, port: number, bound: boolean): void {
    if (socket.port !== undefined) return;
    const { chip } = this.parts.station;
    socket.port = this.parts.uplink.openUdp(port, (bytes, from) => {
      const { chunk } = tcpHabits[chip];
      if (chip === 'esp8266' && bytes.length > chunk) return;
      socket.received.push({ bytes: bytes.subarray(0, chunk - headerBytes), ...from });
      this.#schedule();
    });
    this.#schedule();
    if (socket.port !== undefined) {
      socket.bound = bound;
      return;
    }
    socket.closeNow = true;
    if (this.#esp32) this.parts.station.interpreter.print('ERROR: Socket bind failed');
    throw new BoardError('Unable to create socket', 'InternalError');
  }

  /** `send(message, port, address)` or `send(message, offset, length, port, address)`. */
  #send(socket: DatagramSocket, args: unknown[]): void {
    const long = typeof args[3] === 'number';
    const [port, address] = long ? args.slice(3) : args.slice(1);
    let message = toByteString(String(args[0]));
    if (long) message = message.substr(Number(args[1]), Number(args[2]));
    if (socket.closing || socket.closeNow) throw new BoardError('This socket is closed');
    const ip = this.#resolve(String(address));
    if (ip !== undefined)
      socket.toSend.push({ bytes: bytesFromString(message), ip, port: Number(port) & 0xffff });
    this.#open(socket, 0, false);
    this.#schedule();
  }

  /** A name that cannot be resolved leaves nobody to send to. */
  #resolve(address: string): string | undefined {
    const known = dottedAddress(address);
    if (known !== undefined || !this.#esp32) return known;
    const { resolver, station } = this.parts;
    let found = resolver.cached(address);
    let inCall = true;
    if (found === undefined) {
      resolver.query(address, station.interpreter.now(), (ip, afterMs) => {
        if (inCall) station.interpreter.stall(afterMs);
        found = ip;
      });
    }
    inCall = false;
    return found;
  }

  #pass(): void {
    this.#scheduled = false;
    let busy = false;
    for (const socket of [...this.#sockets]) {
      if (!this.parts.station.interpreter.alive) return;
      if (this.#idle(socket)) busy = true;
    }
    if (busy) this.#schedule();
  }

  /** One idle pass of one socket. True when anything happened. */
  #idle(socket: DatagramSocket): boolean {
    const { object } = socket;
    const { interpreter } = this.parts.station;
    if (socket.closeNow || (socket.closing && socket.toSend.length === 0)) {
      this.#close(socket, 0);
      return true;
    }
    let busy = false;
    // A bound socket stands in two lists, and is seen to twice in a pass.
    for (let turn = socket.bound ? 2 : this.#esp32 ? 1 : 0; turn > 0; turn--) {
      const waiting = socket.toSend.shift();
      if (waiting === undefined) break;
      busy = true;
      if (this.parts.radio.lease !== undefined) socket.port?.send(waiting.ip, waiting.port, waiting.bytes);
      else if (!this.#esp32) {
        this.#close(socket, socketError.noRoute);
        return true;
      }
      if (socket.toSend.length === 0 && !socket.closing) object.emit('drain', object);
    }
    if (!socket.connected && !socket.closing && socket.port !== undefined && (this.#esp32 || socket.bound)) {
      socket.connected = true;
      busy = true;
      object.emit('connect', object);
      if (socket.toSend.length === 0) object.emit('drain', object);
    }
    const datagram = socket.received.shift();
    if (datagram === undefined) return busy;
    if (this.#esp32 && datagram.bytes.length === 0) socket.closeNow = true;
    if (socket.closeNow) return true;
    const { bytes, address, port } = datagram;
    object.emit('message', stringFromBytes(bytes), interpreter.data({ address, port, size: bytes.length }));
    return true;
  }

  #close(socket: DatagramSocket, error: number): void {
    const { object, closeNow: wasIdle } = socket;
    socket.port?.close();
    socket.closing = socket.closeNow = true;
    this.#sockets.splice(this.#sockets.indexOf(socket), 1);
    if (error !== 0) {
      const { interpreter } = this.parts.station;
      object.emit('error', interpreter.data({ code: error, message: socketErrorText(error) }));
    }
    for (let times = socket.bound && wasIdle ? 2 : 1; times > 0; times--) {
      object.emit('end');
      object.emit('close', error !== 0);
    }
  }
}
