import type { Clock } from '../clock';
import { type BoardOptions, type Kept, attachBoard } from './attachment';
import type { Attachment, Network, NoConnection, Sender, Station } from './network';
import { AccessPoint, type AccessPointOptions } from './virtual-access-point';
import { type Cut, VirtualStream } from './virtual-stream';
import { VirtualUplink } from './virtual-uplink';

/** What a name server says of a name; one that is not listed does not exist. */
export type DnsAnswer = string | 'no such name' | 'silence' | { ip: string; afterMs: number };

/** A port of a host on which something listens. */
export interface Listener {
  /**
   * `accept`; `refuse` answers with a reset; `ignore` does not answer at all, so that the SYN is lost; `mute` takes the
   * connection and all bytes, but no application hears of them.
   */
  mode: 'accept' | 'refuse' | 'ignore' | 'mute';
  /** Applies to each new connection. */
  cut: Cut | undefined;
  /** Nothing listens any more; connections that stand are left alone. */
  close(): void;
}

/** A UDP port of a host. */
export interface UdpListener {
  /** True: what is sent to it gets lost. */
  lost: boolean;
  close(): void;
}

interface Host {
  up: boolean;
  readonly udpPorts: Map<number, { listener: UdpListener; onDatagram: OnDatagram }>;
  readonly ports: Map<number, { listener: Listener; onConnection: (stream: VirtualStream) => void }>;
}

type OnDatagram = (datagram: Buffer, from: Sender) => void;

export interface VirtualNetworkOptions extends BoardOptions {
  /** One way, in milliseconds; 2 when absent. */
  latencyMs?: number;
}

/**
 * A whole network in memory: access points, a name server, hosts that listen, and everything that can go wrong between
 * them. With a VirtualClock it does the same each time.
 *
 * ```ts
 * const clock = new VirtualClock();
 * const network = new VirtualNetwork(clock);
 * const home = network.addAccessPoint('home', { password: 'secret12' });
 * network.dns.set('broker.local', '192.168.1.10');
 * const port = network.listen('192.168.1.10', 1883, (stream) => {
 *   stream.onData((data) => stream.write(data));
 *   stream.onClose((end) => console.log(end)); // 'end' or 'reset'
 * });
 * const board = new VirtualBoard({ chip: 'esp8266', clock, network, ... });
 * board.powerOn();
 * clock.advance(60_000);
 * home.on = false;                           // its plug is pulled; also: dhcp, gateway, rssiDbm, password; home.kick()
 * network.dns.set('broker.local', 'silence');// or 'no such name', or { ip, afterMs }
 * network.setUp('192.168.1.10', false);      // the host's cable is pulled: SYN lost, pings lost, connections silent
 * port.mode = 'mute';                        // or 'refuse', 'ignore'
 * port.cut = { toBoard: 3, by: 'reset' };    // in the middle of the first packet; by 'end' or 'silence' as well
 * network.streams[0].vanish();               // half-open; also reset(), destroy(), forget(), stalled = true
 * const udp = network.listenUdp('192.168.1.10', 9998, (datagram, from) => console.log(from.address, datagram));
 * udp.lost = true;                           // its datagrams get lost
 * network.segmentBytes = 1;                  // bytes arrive one by one; network.joinMs = 50 joins them instead
 * ```
 */
export class VirtualNetwork implements Network {
  readonly accessPoints = new Map<string, AccessPoint>();
  readonly dns = new Map<string, DnsAnswer>();
  latencyMs: number;
  /** Largest piece in which bytes reach a board: a TCP segment; 1 splits at every byte. */
  segmentBytes = 1_460;
  /** How long bytes to a board wait for more, to arrive in one piece; 0: not at all. */
  joinMs = 0;
  readonly #clock: Clock;
  readonly #options: VirtualNetworkOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #uplinks = new Map<string, VirtualUplink>();
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, options: VirtualNetworkOptions = {}) {
    this.#clock = clock;
    this.latencyMs = options.latencyMs ?? 2;
    this.#options = options;
  }

  attach(station: Station): Attachment {
    const { mac } = station;
    const uplink = this.#uplinks.get(mac) ?? new VirtualUplink(this, mac);
    const kept = this.#kept.get(mac) ?? {};
    this.#uplinks.set(mac, uplink);
    this.#kept.set(mac, kept);
    return attachBoard(station, uplink, this.#options, kept);
  }

  addAccessPoint(ssid: string, options: AccessPointOptions = {}): AccessPoint {
    const mac = `02:00:00:00:00:${(this.accessPoints.size + 1).toString(16).padStart(2, '0')}`;
    const accessPoint = new AccessPoint(ssid, mac, options, () => this.retry());
    this.accessPoints.set(ssid, accessPoint);
    return accessPoint;
  }

  /** Lets a host listen. */
  listen(ip: string, port: number, onConnection: (stream: VirtualStream) => void): Listener {
    const { ports } = this.#host(ip);
    const listener: Listener = { mode: 'accept', cut: undefined, close: () => ports.delete(port) };
    ports.set(port, { listener, onConnection });
    return listener;
  }

  /** Lets a host receive datagrams. */
  listenUdp(ip: string, port: number, onDatagram: OnDatagram): UdpListener {
    const { udpPorts } = this.#host(ip);
    const listener: UdpListener = { lost: false, close: () => udpPorts.delete(port) };
    udpPorts.set(port, { listener, onDatagram });
    return listener;
  }

  /** Sends a datagram from a host to a board; nothing happens when it does not listen there. */
  sendDatagram(from: Sender, boardIp: string, port: number, bytes: Uint8Array): void {
    this.#clock.at(this.#clock.now() + this.latencyMs, () => {
      const uplink = [...this.#uplinks.values()].find((candidate) => candidate.ip === boardIp);
      if (uplink?.reaches(from.address)) uplink.udpPorts.get(port)?.(bytes, from);
    });
  }

  /** A board's datagram. */
  passDatagram(uplink: VirtualUplink, fromPort: number, ip: string, port: number, bytes: Uint8Array): void {
    const { ip: address } = uplink;
    if (address === undefined || !uplink.reaches(ip)) return;
    this.#clock.at(this.#clock.now() + this.latencyMs, () => {
      const entry = this.#hosts.get(ip)?.udpPorts.get(port);
      if (entry !== undefined && !entry.listener.lost && this.answers(ip))
        entry.onDatagram(Buffer.from(bytes), { address, port: fromPort });
    });
  }

  /** Pulls a host's network cable, or plugs it in again. */
  setUp(ip: string, up: boolean): void {
    this.#host(ip).up = up;
    this.retry();
  }

  /** Connects a host to a port on which a board listens; `undefined` when there is none. */
  dial(boardIp: string, port: number): VirtualStream | undefined {
    const uplink = [...this.#uplinks.values()].find((candidate) => candidate.ip === boardIp);
    const accept = uplink?.listeners.get(port);
    if (uplink === undefined || accept === undefined) return undefined;
    const stream = this.#stream(uplink, `${boardIp.slice(0, boardIp.lastIndexOf('.'))}.1`, true);
    const events = { current: undefined as ReturnType<typeof accept> | undefined };
    const wire = stream.wire({
      onData: (segment) => events.current?.onData(segment),
      onEnd: () => events.current?.onEnd(),
      onReset: () => events.current?.onReset(),
      onAcknowledged: (count) => events.current?.onAcknowledged(count),
    });
    events.current = accept(wire);
    return stream;
  }

  /** All connections whose host end is open, the oldest first for each board. */
  get streams(): VirtualStream[] {
    return [...this.#uplinks.values()].flatMap((uplink) =>
      [...uplink.streams].filter(({ closed }) => !closed),
    );
  }

  /** What waits for a passable way is tried again. */
  retry(): void {
    for (const uplink of this.#uplinks.values()) for (const stream of [...uplink.streams]) stream.retry();
  }

  /** Whether a host would answer a ping. */
  answers(ip: string): boolean {
    const isRouter = [...this.accessPoints.values()].some(({ on, subnet }) => on && ip === `${subnet}.1`);
    return isRouter || (this.#hosts.get(ip)?.up ?? false);
  }

  /** A board's SYN. */
  knock(uplink: VirtualUplink, ip: string, port: number, startMs: number): VirtualStream | NoConnection {
    if (!uplink.reaches(ip) || !this.answers(ip)) return 'silence';
    const entry = this.#hosts.get(ip)?.ports.get(port);
    if (entry === undefined || entry.listener.mode === 'refuse') return 'refused';
    if (entry.listener.mode === 'ignore') return 'silence';
    const attended = entry.listener.mode === 'accept';
    const stream = this.#stream(uplink, ip, attended);
    if (entry.listener.cut !== undefined) stream.cut(entry.listener.cut);
    // The host's application hears of it when the last of the three packets has arrived.
    if (attended) this.#clock.at(startMs + 3 * this.latencyMs, () => entry.onConnection(stream));
    return stream;
  }

  #stream(uplink: VirtualUplink, hostIp: string, attended: boolean): VirtualStream {
    const boardIp = uplink.ip!;
    const stream: VirtualStream = new VirtualStream(
      {
        clock: this.#clock,
        latencyMs: () => this.latencyMs,
        segmentBytes: () => this.segmentBytes,
        joinMs: () => this.joinMs,
        passable: () => uplink.ip === boardIp && uplink.reaches(hostIp) && this.answers(hostIp),
        onOver: () => uplink.streams.delete(stream),
      },
      attended,
      boardIp,
    );
    uplink.streams.add(stream);
    return stream;
  }

  #host(ip: string): Host {
    let host = this.#hosts.get(ip);
    if (host === undefined) this.#hosts.set(ip, (host = { up: true, ports: new Map(), udpPorts: new Map() }));
    return host;
  }
}
