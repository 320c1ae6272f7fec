import { noMac } from './address';
import { type WifiTiming, reason } from './habits';
import type { Hardware } from './hardware';
import type { Lease, Sighting, Uplink } from './network';

export interface AttemptEvents {
  onAssociated(accessPoint: Sighting): void;
  onAddress(lease: Lease): void;
  /** Nobody has answered the DHCP client for half a minute; it goes on asking. */
  onNoAddress(): void;
  /** The attempt failed, or the membership ended: the reason code and the access point's address, if there was one. */
  onEnded(reasonCode: number, mac: string): void;
}

/**
 * One attempt to join an access point and, when it succeeds, the life of that membership: search, authentication, address,
 * and the end when the beacons stop. What a chip makes of the outcome is not decided here.
 */
export class Association {
  readonly #pending = new Set<() => void>();
  #cancelSilence: (() => void) | undefined;
  #cancelNoAddress: (() => void) | undefined;
  readonly #fromAccessPoint = {
    onBeacons: (heard: boolean): void => this.#onBeacons(heard),
    onDeauthenticated: (code: number): void => this.#end(code),
  };
  #joined = false;
  #mac = noMac;

  constructor(
    private readonly hardware: Hardware,
    private readonly uplink: Uplink,
    private readonly timing: WifiTiming,
    readonly ssid: string,
    private readonly events: AttemptEvents,
  ) {}

  start(password: string, startMs: number): void {
    this.#later(this.timing.findMs, () => this.#authenticate(password), startMs);
  }

  /** Takes over the membership that a board's radio has kept; `undefined` when it has ended. */
  resume(): Sighting | undefined {
    const accessPoint = this.uplink.resume(this.#fromAccessPoint);
    if (accessPoint === undefined) return undefined;
    this.#joined = true;
    this.#mac = accessPoint.mac;
    return accessPoint;
  }

  get mac(): string {
    return this.#mac;
  }

  /** Ends it without an event. */
  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    if (this.#joined) this.uplink.leave();
    this.#joined = false;
  }

  #authenticate(password: string): void {
    const { accessPoint, refusal } = this.uplink.associate(this.ssid, password, this.#fromAccessPoint);
    if (accessPoint === undefined) {
      this.#later(this.timing.searchMs - this.timing.findMs, () => this.#end(reason.noAccessPoint));
      return;
    }
    this.#mac = accessPoint.mac;
    if (refusal !== undefined) {
      this.#later(this.timing.refusalMs, () => this.#end(refusal));
      return;
    }
    this.#joined = true;
    this.#later(this.timing.associateMs, () => {
      this.#later(this.timing.addressMs, () => this.#askForAddress());
      this.#cancelNoAddress = this.#later(this.timing.addressTimeoutMs, () => this.events.onNoAddress());
      this.events.onAssociated(accessPoint);
    });
  }

  #askForAddress(): void {
    const lease = this.uplink.lease();
    if (lease === undefined) {
      this.#later(this.timing.addressRetryMs, () => this.#askForAddress());
      return;
    }
    this.#cancelNoAddress?.();
    this.events.onAddress(lease);
  }

  #onBeacons(heard: boolean): void {
    this.#cancelSilence?.();
    this.#cancelSilence = heard
      ? undefined
      : this.#later(this.timing.beaconTimeoutMs, () => this.#end(reason.beaconTimeout));
  }

  #end(code: number): void {
    this.stop();
    this.events.onEnded(code, this.#mac);
  }

  #later(ms: number, run: () => void, startMs?: number): () => void {
    const cancel = this.hardware.later(
      ms,
      () => {
        this.#pending.delete(cancel);
        run();
      },
      startMs,
    );
    this.#pending.add(cancel);
    return cancel;
  }
}
