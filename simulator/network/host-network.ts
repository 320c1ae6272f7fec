import { RealClock } from '../clock';
import { type Kept, attachBoard } from './attachment';
import { HostUplink } from './host-uplink';
import type { Attachment, Network, Release, Station } from './network';

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
  /** The access point's name; absent: it answers to whatever name a board asks for. */
  ssid: string | undefined;
  /** Absent: any password will do. */
  password: string | undefined;
  rssiDbm = -50;
  readonly #release: Release;
  readonly #uplinks = new Map<string, HostUplink>();
  readonly #kept = new Map<string, Kept>();
  #cut = false;

  constructor(options: { ssid?: string; password?: string; release?: Release } = {}) {
    this.ssid = options.ssid;
    this.password = options.password;
    this.#release = options.release ?? '2v29';
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
    const uplink = this.#uplinks.get(mac) ?? new HostUplink(this, `10.0.0.${2 + (this.#uplinks.size % 250)}`);
    const kept = this.#kept.get(mac) ?? {};
    this.#uplinks.set(mac, uplink);
    this.#kept.set(mac, kept);
    return attachBoard(station, uplink, this.#release, kept);
  }
}
