import { reason } from './habits';
import type { AssociationEvents, Lease, Sighting } from './network';

export interface AccessPointOptions {
  /** Absent or '': an open network. */
  password?: string;
  hidden?: boolean;
  rssiDbm?: number;
  /** 1 to 13 */
  channel?: number;
  /** False: it is not on the air yet. */
  on?: boolean;
  /** False: its DHCP server is silent. */
  dhcp?: boolean;
  /** False: hosts outside its subnet and name servers are out of reach. */
  gateway?: boolean;
  /** The first three numbers of its addresses; 192.168.1 when absent. */
  subnet?: string;
  /** Gives a station another address each time. */
  freshAddresses?: boolean;
  /** Reason code for a wrong password: 15, or 2, 202, 204, depending on the make. */
  refusal?: number;
}

/** A simulated access point. Every property may be changed at any time. */
export class AccessPoint {
  password: string;
  hidden: boolean;
  rssiDbm: number;
  channel: number;
  dhcp: boolean;
  readonly subnet: string;
  freshAddresses: boolean;
  refusal: number;
  readonly #stations = new Map<string, AssociationEvents>();
  readonly #leases = new Map<string, string>();
  #addressesGiven = 0;
  #on: boolean;
  #gateway: boolean;

  constructor(
    readonly ssid: string,
    /** Its address on the air. */
    readonly mac: string,
    options: AccessPointOptions,
    /** Tells the network that what was out of reach may be within reach now. */
    private readonly onChange: () => void,
  ) {
    this.password = options.password ?? '';
    this.hidden = options.hidden ?? false;
    this.rssiDbm = options.rssiDbm ?? -55;
    this.channel = options.channel ?? 6;
    this.dhcp = options.dhcp ?? true;
    this.subnet = options.subnet ?? '192.168.1';
    this.freshAddresses = options.freshAddresses ?? false;
    this.refusal = options.refusal ?? reason.handshakeTimeout4Way;
    this.#on = options.on ?? true;
    this.#gateway = options.gateway ?? true;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Off: it falls silent without a word, as when its plug is pulled. */
  set on(on: boolean) {
    if (on === this.#on) return;
    this.#on = on;
    for (const station of [...this.#stations.values()]) station.onBeacons(on);
    this.onChange();
  }

  get gateway(): boolean {
    return this.#gateway;
  }

  set gateway(gateway: boolean) {
    this.#gateway = gateway;
    this.onChange();
  }

  /** Sends every station away. */
  kick(reasonCode = 3): void {
    const stations = [...this.#stations.values()];
    this.#stations.clear();
    for (const station of stations) station.onDeauthenticated(reasonCode);
  }

  /** MAC addresses of the stations that are with it. */
  get stations(): string[] {
    return [...this.#stations.keys()];
  }

  sighting(): Sighting {
    const { ssid, mac, channel, rssiDbm, hidden } = this;
    return { ssid, mac, channel, rssiDbm, hidden, secured: this.password !== '' };
  }

  join(mac: string, events: AssociationEvents): void {
    this.#stations.set(mac, events);
  }

  leave(mac: string): void {
    this.#stations.delete(mac);
  }

  lease(mac: string): Lease | undefined {
    if (!this.#on || !this.dhcp) return undefined;
    let ip = this.#leases.get(mac);
    if (ip === undefined || this.freshAddresses) {
      ip = `${this.subnet}.${100 + (this.#addressesGiven++ % 150)}`;
      this.#leases.set(mac, ip);
    }
    return { ip, netmask: '255.255.255.0', gw: `${this.subnet}.1` };
  }
}
