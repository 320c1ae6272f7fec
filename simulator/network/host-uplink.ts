import { lookup } from 'node:dns';
import { createSocket } from 'node:dgram';
import { type Socket, connect, createServer } from 'node:net';
import { reason } from './habits';
import type { HostNetwork } from './host-network';
import { HostWire } from './host-wire';
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

export type Lookup = (name: string, done: (ip: string | undefined) => void) => void;

export const systemLookup: Lookup = (name, done) => {
  lookup(name, { family: 4 }, (error, address) => done(error ? undefined : address));
};

/** One board on the computer's own network. */
export class HostUplink implements Uplink {
  readonly #wires = new Set<HostWire>();
  readonly #udpPorts = new Set<UdpPort>();
  #events: AssociationEvents | undefined;
  #ssid = '';

  constructor(
    private readonly network: HostNetwork,
    private readonly ip: string,
    private readonly lookup: Lookup,
  ) {}

  onCut(cut: boolean): void {
    this.#events?.onBeacons(!cut);
    this.#holdWires();
  }

  scan(): Sighting[] {
    return this.network.cut ? [] : [this.#sighting(this.network.ssid ?? (this.#ssid || 'lamplighter'))];
  }

  associate(ssid: string, password: string, events: AssociationEvents): Welcome {
    const { network } = this;
    if (network.cut || (network.ssid ?? ssid) !== ssid) return {};
    const accessPoint = this.#sighting(ssid);
    if ((network.password ?? password) !== password)
      return { accessPoint, refusal: reason.handshakeTimeout4Way };
    this.#events = events;
    this.#ssid = ssid;
    this.#holdWires();
    return { accessPoint };
  }

  lease(): Lease | undefined {
    return this.network.cut ? undefined : { ip: this.ip, netmask: '255.255.255.0', gw: '10.0.0.1' };
  }

  leave(): void {
    this.#events = undefined;
    this.#holdWires();
  }

  resume(events: AssociationEvents): Sighting | undefined {
    if (this.#events === undefined) return undefined;
    this.#events = events;
    if (this.network.cut) events.onBeacons(false);
    return this.#sighting(this.#ssid);
  }

  rssiDbm(): number {
    return this.#events === undefined ? 0 : this.network.rssiDbm;
  }

  resolve(name: string, done: (ip: string | undefined, afterMs: number) => void): void {
    if (this.#passable) this.lookup(name, (ip) => done(ip, 0));
  }

  ping(ip: string, done: (afterMs: number) => void): void {
    this.resolve(ip, (address) => {
      if (address !== undefined) done(1);
    });
  }

  connect(
    ip: string,
    port: number,
    _startMs: number,
    events: WireEvents,
    done: (outcome: Wire | NoConnection, afterMs: number) => void,
  ): () => void {
    if (!this.#passable) return () => {};
    const socket = connect({ host: ip, port, noDelay: true });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') done('refused', 0);
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      done(this.#wire(socket, events), 0);
    });
    return () => socket.destroy();
  }

  listen(port: number, accept: (wire: Wire) => WireEvents): (() => void) | undefined {
    const server = createServer({ noDelay: true }, (socket) => {
      const wire = this.#wire(socket);
      wire.events = accept(wire);
    });
    server.on('error', () => {});
    server.listen(port, '127.0.0.1');
    return () => server.close();
  }

  /** A port that is taken stays silent: it is known too late to be told. */
  openUdp(port: number, onDatagram: (bytes: Uint8Array, from: Sender) => void): UdpPort | undefined {
    // Nobody beyond this computer is to reach a simulated board; to others it sends from a socket that hears nobody.
    const inside = createSocket('udp4', (bytes, from) => {
      if (this.#passable) onDatagram(bytes, { address: from.address, port: from.port });
    });
    const outside = createSocket('udp4');
    for (const socket of [inside, outside]) socket.on('error', () => {});
    inside.bind(port, '127.0.0.1');
    const open: UdpPort = {
      send: (ip, to, bytes) => {
        if (this.#passable) (ip.startsWith('127.') ? inside : outside).send(bytes, to, ip, () => {});
      },
      close: () => {
        if (!this.#udpPorts.delete(open)) return;
        inside.close();
        outside.close();
      },
    };
    this.#udpPorts.add(open);
    return open;
  }

  unplug(): void {
    for (const wire of [...this.#wires]) wire.drop();
    for (const port of [...this.#udpPorts]) port.close();
    this.#events = undefined;
  }

  get #passable(): boolean {
    return this.#events !== undefined && !this.network.cut;
  }

  #wire(socket: Socket, events?: WireEvents): HostWire {
    const wire = new HostWire(socket, () => this.#wires.delete(wire));
    wire.events = events;
    this.#wires.add(wire);
    return wire;
  }

  #holdWires(): void {
    for (const wire of this.#wires) wire.hold(!this.#passable);
  }

  #sighting(ssid: string): Sighting {
    const secured = (this.network.password ?? '') !== '';
    return {
      ssid,
      mac: '02:00:00:00:00:01',
      channel: 6,
      rssiDbm: this.network.rssiDbm,
      secured,
      hidden: false,
    };
  }
}
