import type { AccessPoint } from './virtual-access-point';
import type {
  AssociationEvents,
  Lease,
  NoConnection,
  Sender,
  Sighting,
  UdpPort,
  Uplink,
  Welcome,
  Wire,
  WireEvents,
} from './network';
import type { VirtualNetwork } from './virtual-network';
import type { VirtualStream } from './virtual-stream';

/** lwIP gives local ports from here on. */
const firstFreePort = 49_153;

/** One board on a simulated network. */
export class VirtualUplink implements Uplink {
  readonly streams = new Set<VirtualStream>();
  readonly listeners = new Map<number, (wire: Wire) => WireEvents>();
  readonly udpPorts = new Map<number, (bytes: Uint8Array, from: Sender) => void>();
  #accessPoint: AccessPoint | undefined;
  #ip: string | undefined;

  constructor(
    private readonly network: VirtualNetwork,
    readonly mac: string,
  ) {}

  /** The board's address while it is with an access point. */
  get ip(): string | undefined {
    return this.#accessPoint === undefined ? undefined : this.#ip;
  }

  /** Whether packets pass between this board and a host now. */
  reaches(ip: string): boolean {
    const accessPoint = this.#accessPoint;
    if (accessPoint === undefined || this.#ip === undefined || !accessPoint.on) return false;
    return accessPoint.gateway || ip.startsWith(`${accessPoint.subnet}.`);
  }

  scan(): Sighting[] {
    return [...this.network.accessPoints.values()]
      .filter(({ on }) => on)
      .map((accessPoint) => accessPoint.sighting());
  }

  associate(ssid: string, password: string, events: AssociationEvents): Welcome {
    const accessPoint = this.network.accessPoints.get(ssid);
    if (accessPoint === undefined || !accessPoint.on) return {};
    if (accessPoint.password !== password) {
      return { accessPoint: accessPoint.sighting(), refusal: accessPoint.refusal };
    }
    this.#join(accessPoint, events);
    return { accessPoint: accessPoint.sighting() };
  }

  lease(): Lease | undefined {
    const lease = this.#accessPoint?.lease(this.mac);
    if (lease === undefined) return undefined;
    if (lease.ip !== this.#ip) for (const stream of [...this.streams]) stream.abortBoard();
    this.#ip = lease.ip;
    this.network.retry();
    return lease;
  }

  leave(): void {
    this.#accessPoint?.leave(this.mac);
    this.#accessPoint = undefined;
  }

  resume(events: AssociationEvents): Sighting | undefined {
    const accessPoint = this.#accessPoint;
    if (accessPoint === undefined || !accessPoint.stations.includes(this.mac)) return undefined;
    this.#join(accessPoint, events);
    if (!accessPoint.on) events.onBeacons(false);
    return accessPoint.sighting();
  }

  rssiDbm(): number {
    return this.#accessPoint?.rssiDbm ?? 0;
  }

  resolve(name: string, done: (ip: string | undefined, afterMs: number) => void): void {
    const answer = this.network.dns.get(name);
    const roundTripMs = 2 * this.network.latencyMs;
    if (answer === 'silence' || !this.reaches('')) done(undefined, Infinity);
    else if (answer === undefined || answer === 'no such name') done(undefined, roundTripMs);
    else if (typeof answer === 'string') done(answer, roundTripMs);
    else done(answer.ip, answer.afterMs);
  }

  ping(ip: string, done: (afterMs: number) => void): void {
    if (this.reaches(ip) && this.network.answers(ip)) done(2 * this.network.latencyMs);
  }

  connect(
    ip: string,
    port: number,
    startMs: number,
    events: WireEvents,
    done: (outcome: Wire | NoConnection, afterMs: number) => void,
  ): () => void {
    if (ip === '127.0.0.1') {
      done('refused', 0);
      return () => {};
    }
    const outcome = this.network.knock(this, ip, port, startMs);
    const roundTripMs = 2 * this.network.latencyMs;
    if (typeof outcome === 'string') {
      done(outcome, roundTripMs);
      return () => {};
    }
    done(outcome.wire(events), roundTripMs);
    return () => outcome.loseBoard();
  }

  listen(port: number, accept: (wire: Wire) => WireEvents): (() => void) | undefined {
    if (this.listeners.has(port)) return undefined;
    this.listeners.set(port, accept);
    return () => this.listeners.delete(port);
  }

  openUdp(port: number, onDatagram: (bytes: Uint8Array, from: Sender) => void): UdpPort | undefined {
    let own = port || firstFreePort;
    while (port === 0 && this.udpPorts.has(own)) own++;
    if (this.udpPorts.has(own)) return undefined;
    this.udpPorts.set(own, onDatagram);
    return {
      send: (ip, to, bytes) => this.network.passDatagram(this, own, ip, to, bytes),
      close: () => this.udpPorts.delete(own),
    };
  }

  unplug(): void {
    for (const stream of [...this.streams]) stream.loseBoard();
    this.listeners.clear();
    this.udpPorts.clear();
    this.leave();
    this.#ip = undefined;
  }

  #join(accessPoint: AccessPoint, events: AssociationEvents): void {
    this.#accessPoint = accessPoint;
    accessPoint.join(this.mac, {
      onBeacons: (heard) => events.onBeacons(heard),
      onDeauthenticated: (code) => {
        this.#accessPoint = undefined;
        events.onDeauthenticated(code);
      },
    });
  }
}
