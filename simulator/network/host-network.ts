import { RealClock } from '../clock';
import { type BoardOptions, type Kept, attachBoard } from './attachment';
import { type Lookup, HostUplink, systemLookup } from './host-uplink';
import type { Attachment, Network, Station } from './network';

export interface HostNetworkOptions extends BoardOptions {
  /** The access point's name; absent: it answers to whatever name a board asks for. */
  ssid?: string;
  /** Absent: any password will do. */
  password?: string;
  /** Finds the IPv4 address of a name; the computer's own way when absent. */
  lookup?: Lookup;
}

/**
 * The network of the computer that the simulation runs on: real sockets and real name resolution, with WiFi simulated as one
 * access point. Needs a RealClock.
 *
 * Three things differ from a board: Wifi.ping() is answered when the address can be resolved, since raw ICMP needs
 * privileges; an ESP32 that connects is held until the outcome is known and hears of a failure by the event 'error',
 * because a program cannot stand still without stopping everything else in it; and a board that loses its power resets its
 * connections, where a real one would leave them hanging.
 */
export class HostNetwork implements Network {
  ssid: string | undefined;
  password: string | undefined;
  rssiDbm = -50;
  readonly #options: HostNetworkOptions;
  readonly #uplinks = new Map<string, HostUplink>();
  readonly #kept = new Map<string, Kept>();
  #cut = false;

  constructor(options: HostNetworkOptions = {}) {
    this.ssid = options.ssid;
    this.password = options.password;
    this.#options = options;
  }

  /** True: the access point is gone, and nothing passes. */
  get cut(): boolean {
    return this.#cut;
  }

  set cut(cut: boolean) {
    if (cut === this.#cut) return;
    this.#cut = cut;
    for (const uplink of this.#uplinks.values()) uplink.onCut(cut);
  }

  attach(station: Station): Attachment {
    const { mac, interpreter } = station;
    if (!(interpreter.clock instanceof RealClock))
      throw new Error('HostNetwork works in real time: expected a RealClock');
    // 10.0.0.2 and so on: what a board reports, not where its connections come from.
    const uplink = this.#uplinks.get(mac) ?? this.#newUplink();
    const kept = this.#kept.get(mac) ?? {};
    this.#uplinks.set(mac, uplink);
    this.#kept.set(mac, kept);
    return attachBoard(station, uplink, this.#options, kept);
  }

  #newUplink(): HostUplink {
    const ip = `10.0.0.${2 + (this.#uplinks.size % 250)}`;
    return new HostUplink(this, ip, this.#options.lookup ?? systemLookup);
  }
}
