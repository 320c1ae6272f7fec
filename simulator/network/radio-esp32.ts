import { Association } from './association';
import { reason } from './habits';
import type { Lease, Sighting } from './network';
import type { Callback, Radio, RadioParts, RadioState } from './radio';
import { esp32Reason } from './reasons';

/** Head only: this many tries to join; what is left of them hides the first losses of a link that stood. */
const tries = 3;

/**
 * WiFi as Espruino on an ESP32 shows it. After the event 'disconnected' nothing tries again; release 2v29 does not call
 * the callback of connect() when it fails either, the head does and stops WiFi altogether.
 * Source: Espruino libs/network/esp32/jswrap_esp32_network.c in both states.
 */
export class Esp32Radio implements Radio {
  readonly state: RadioState;
  lease: Lease | undefined;
  scanning = false;
  /** Espruino's own idea of being connected; stays true during the head's silent tries. */
  #connected = false;
  /** The station interface runs: starting it is what makes the head connect. */
  #started = false;
  #triesLeft = 0;
  #lastReason = 0;
  #association: Association | undefined;
  #accessPoint: Sighting | undefined;
  #onConnected: Callback | undefined;
  #onDisconnected: Callback | undefined;

  constructor(private readonly parts: RadioParts) {
    // Without a saved configuration 2v29 starts an access point of its own, the head starts nothing.
    this.state = { ssid: '', password: '', stationOn: false, accessPointOn: parts.release === '2v29' };
  }

  connect(ssid: string, password: string, callback: Callback | undefined): void {
    Object.assign(this.state, { ssid, password, stationOn: true });
    this.#onDisconnected = undefined;
    this.#onConnected = callback;
    if (this.parts.release === '2v29') {
      // An attempt or a link that is already there makes esp_wifi_connect() fail, and nobody looks at that.
      this.#started = true;
      if (this.#association === undefined) this.#attempt();
      return;
    }
    this.#triesLeft = tries;
    if (this.#connected) this.#leave();
    else this.#start();
  }

  disconnect(callback: Callback | undefined): void {
    this.#onDisconnected = callback;
    this.#triesLeft = 0;
    this.#leave();
    // It is called at once, and a second time by the event when there was a link.
    if (callback !== undefined) this.parts.station.interpreter.queue(callback);
  }

  setAccessPoint(on: boolean): void {
    this.state.accessPointOn = on;
    if (!on) this.#stopIfIdle();
  }

  prepareScan(): void {
    this.state.stationOn = true;
    this.#start();
  }

  onScanned(): void {
    this.#stopIfIdle();
  }

  details(): object {
    if (!this.#connected) return { status: esp32Reason(this.#lastReason) };
    const { ssid, password } = this.state;
    return { ssid, password, status: 'connected', authMode: this.#authMode() };
  }

  status(): object {
    const { stationOn, accessPointOn } = this.state;
    const running = this.parts.release === '2v29' || accessPointOn || this.#connected;
    const modes = ['NULL', 'STA', 'AP', 'APSTA'];
    return {
      ...(this.#connected ? this.#link() : { station: esp32Reason(this.#lastReason) }),
      mode: running ? modes[Number(stationOn) + 2 * Number(accessPointOn)] : 'NULL',
      powersave: 'none',
    };
  }

  restore(state: RadioState, lease?: Lease): void {
    Object.assign(this.state, state);
    if (lease !== undefined) {
      const association = this.#newAssociation();
      this.#accessPoint = association.resume();
      if (this.#accessPoint !== undefined) {
        this.#association = association;
        this.#started = this.#connected = true;
        this.lease = lease;
        return;
      }
    }
    if (state.stationOn) this.#start();
  }

  #link(): object {
    const accessPoint = this.#accessPoint;
    return {
      station: 'connected',
      ssid: accessPoint?.ssid,
      bssid: accessPoint?.mac,
      channel: accessPoint?.channel,
      rssi: this.parts.uplink.rssiDbm(),
      htMode: 'HT20',
      authMode: this.#authMode(),
    };
  }

  #authMode(): string {
    return this.#accessPoint?.secured ? 'wpa2' : 'open';
  }

  /** esp_wifi_start(): only the first call raises the event on which Espruino connects. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    if (this.state.ssid !== '') this.#attempt();
  }

  #attempt(startMs = this.parts.station.interpreter.now()): void {
    this.#association = this.#newAssociation();
    this.#association.start(this.state.password, startMs);
  }

  #newAssociation(): Association {
    const association: Association = new Association(
      this.parts.hardware,
      this.parts.uplink,
      this.parts.timing,
      this.state.ssid,
      {
        onAssociated: (accessPoint) => this.#onAssociated(accessPoint),
        onAddress: (lease) => this.#onAddress(lease),
        onNoAddress: () => {},
        onEnded: (code, mac) => {
          if (this.#association === association) this.#association = undefined;
          this.#onDisconnectEvent(code, association.ssid, mac);
        },
      },
    );
    return association;
  }

  #onAssociated(accessPoint: Sighting): void {
    this.#connected = true;
    this.#accessPoint = accessPoint;
    const { ssid, mac, channel } = accessPoint;
    this.#emit('associated', { ssid, mac, channel: String(channel) });
  }

  #onAddress(lease: Lease): void {
    this.lease = lease;
    this.#complete(null);
    this.#emit('connected', { ip: lease.ip, netmask: lease.netmask, gw: lease.gw });
  }

  /** esp_wifi_disconnect() */
  #leave(): void {
    const association = this.#association;
    if (association === undefined) return;
    this.#association = undefined;
    association.stop();
    this.parts.hardware.later(this.parts.timing.eventMs, () =>
      this.#onDisconnectEvent(reason.assocLeave, association.ssid, association.mac),
    );
  }

  #onDisconnectEvent(code: number, ssid: string, mac: string): void {
    this.lease = undefined;
    this.#triesLeft--;
    if (this.#triesLeft > 0) {
      this.#attempt(this.parts.hardware.clock.now());
      return;
    }
    this.#connected = false;
    this.#lastReason = code;
    if (this.#onDisconnected !== undefined) this.parts.station.interpreter.queue(this.#onDisconnected);
    this.#onDisconnected = undefined;
    this.#emit('disconnected', { ssid, mac, reason: String(code), msg: esp32Reason(code) });
    if (this.parts.release === '2v29') return;
    this.#complete(esp32Reason(code));
    this.#stopIfIdle();
  }

  /**
   * Head only: stops WiFi unless the link stands, an attempt that is under way included. While the access point runs
   * nothing is stopped, and then a later connect() starts nothing.
   */
  #stopIfIdle(): void {
    if (this.parts.release === '2v29' || this.scanning || this.state.accessPointOn || this.#connected) return;
    this.#association?.stop();
    this.#association = undefined;
    this.#started = false;
  }

  #complete(error: string | null): void {
    const callback = this.#onConnected;
    this.#onConnected = undefined;
    if (callback !== undefined) this.parts.station.interpreter.queue(callback, error as never);
  }

  #emit(event: string, details: object): void {
    this.parts.events().emit(event, this.parts.station.interpreter.data(details));
  }
}
