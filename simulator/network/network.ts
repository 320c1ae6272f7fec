import type { BoardInterpreter, Interpreter } from '../interpreter';

export type Chip = 'esp8266' | 'esp32';

/** The two states of Espruino whose WiFi behaves differently: the last release, and the repository's head after it. */
export type Release = '2v29' | 'head';

/** A board as its network sees it. */
export interface Station {
  chip: Chip;
  /** aa:bb:cc:dd:ee:ff */
  mac: string;
  interpreter: Interpreter & Pick<BoardInterpreter, 'call' | 'emitters'>;
}

/** What a board has of the network between one reset and the next. */
export interface Attachment {
  /** require("Wifi") */
  readonly wifi: object;
  /** require("net") */
  readonly net: object;
  /** require("dgram") */
  readonly dgram: object;
  /** require("TelnetServer") */
  readonly telnet: object;
  /**
   * Ends it. `power-lost` is a reset of the chip or no power: sockets die without a word, WiFi drops.
   * `software-reset` is reset() or load(): sockets are closed in order and WiFi stays as it is for the next attachment.
   */
  detach(how?: 'power-lost' | 'software-reset'): void;
  /** Sockets that board code has not seen the end of, servers included. */
  socketCount(): number;
  /** Listeners on WiFi, on sockets and on servers. */
  listenerCount(): number;
  /** The board's own access point: on at power-on until the code stops it. */
  readonly accessPointOn: boolean;
  /** The open console on port 23: likewise. */
  readonly telnetOn: boolean;
}

export interface Network {
  attach(station: Station): Attachment;
}

/** What a scan tells of one access point. */
export interface Sighting {
  ssid: string;
  mac: string;
  channel: number;
  rssiDbm: number;
  secured: boolean;
  hidden: boolean;
}

/** What came of trying to join an access point. */
export interface Welcome {
  /** Absent: none of that name is on the air. */
  accessPoint?: Sighting;
  /** Why it does not let the station in: a reason code of IEEE 802.11, or Espressif's from 200 on. */
  refusal?: number;
}

/** What a DHCP server gives. */
export interface Lease {
  ip: string;
  netmask: string;
  gw: string;
}

export interface AssociationEvents {
  /** The access point has fallen silent, or is heard again before the station gave up on it. */
  onBeacons(heard: boolean): void;
  /** The access point sends the station away, with a reason code of IEEE 802.11. */
  onDeauthenticated(reason: number): void;
}

export interface WireEvents {
  /** One segment as it arrived; never empty. */
  onData(segment: Uint8Array): void;
  /** The peer has closed in order; all its data has been delivered. */
  onEnd(): void;
  onReset(): void;
  /** The peer has this many bytes more. */
  onAcknowledged(count: number): void;
}

/** The board's end of one TCP connection, below whatever the chip makes of it. */
export interface Wire {
  send(bytes: Uint8Array): void;
  /** Closes in order after what was sent; `onReleased` once the peer has agreed. */
  close(onReleased: () => void): void;
}

export type Reach = 'refused' | 'silence';

/** The board's end of one UDP port. What cannot be delivered is lost without a word. */
export interface UdpPort {
  send(ip: string, port: number, bytes: Uint8Array): void;
  close(): void;
}

/** Where a datagram comes from. */
export interface Sender {
  address: string;
  port: number;
}

/** Why no connection came of a SYN: it was refused, or nothing came back. */
export type NoConnection = 'refused' | 'silence';

/**
 * What lies beyond a board's antenna. Questions are answered through `done`, with the milliseconds that the answer takes: a
 * simulated world knows both at once and calls `done` before it returns, a real one calls it later, with 0.
 * `startMs` is when the board asks: later than the clock when JavaScript has been blocked in between.
 */
export interface Uplink {
  scan(): Sighting[];
  /** Tries to join the access point of that name. */
  associate(ssid: string, password: string, events: AssociationEvents): Welcome;
  /** Asks for an address; `undefined` when nobody answers. */
  lease(): Lease | undefined;
  leave(): void;
  /** The access point that the station is still with, after board code was started anew; from now on `events` hear of it. */
  resume(events: AssociationEvents): Sighting | undefined;
  /** Signal of the access point that the station is with. */
  rssiDbm(): number;
  /** `undefined`: there is no such name, or (after `Infinity`) nobody who would know. */
  resolve(name: string, done: (ip: string | undefined, afterMs: number) => void): void;
  /** `done` is not called when nobody answers. */
  ping(ip: string, done: (afterMs: number) => void): void;
  /** One SYN. Returns what gives up waiting for the answer. */
  connect(
    ip: string,
    port: number,
    startMs: number,
    events: WireEvents,
    done: (outcome: Wire | NoConnection, afterMs: number) => void,
  ): () => void;
  /** Accepts connections to the board; returns what stops that, or `undefined` when the port is taken. */
  listen(port: number, accept: (wire: Wire) => WireEvents): (() => void) | undefined;
  /** Opens a UDP port, any that is free for 0; `undefined` when it is taken. */
  openUdp(port: number, onDatagram: (bytes: Uint8Array, from: Sender) => void): UdpPort | undefined;
  /** The board has no power any more, or its chip restarts: everything of it falls silent. */
  unplug(): void;
}
