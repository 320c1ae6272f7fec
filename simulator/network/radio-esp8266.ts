import { Association } from './association';
import { reason } from './habits';
import type { Lease } from './network';
import type { Callback, Radio, RadioParts, RadioState } from './radio';
import { esp8266Reason } from './reasons';

type Status = 'off' | 'connecting' | 'bad_password' | 'no_ap_found' | 'connect_failed' | 'connected';

/**
 * WiFi as Espruino on an ESP8266 shows it. The chip's SDK goes on trying by itself, also after the callback has told of
 * a failure. Source: Espruino libs/network/esp8266/jswrap_esp8266_network.c; when the SDK sends an event is its own business,
 * and what is assumed about that is said below.
 */
export class Esp8266Radio implements Radio {
  readonly state: RadioState = { ssid: '', password: '', stationOn: false, accessPointOn: true };
  lease: Lease | undefined;
  scanning = false;
  #status: Status = 'off';
  #association: Association | undefined;
  #cancelRetry: (() => void) | undefined;
  #onConnected: Callback | undefined;
  #onDisconnected: Callback | undefined;
  #disconnecting = false;
  #skipDisconnect = false;

  constructor(private readonly parts: RadioParts) {}

  connect(ssid: string, password: string, callback: Callback | undefined): void {
    const { state } = this;
    this.#onConnected = undefined;
    this.#onDisconnected = undefined;
    this.#disconnecting = false;
    if (this.#status === 'connected' && state.ssid === ssid && state.password === password) {
      if (callback !== undefined) this.parts.station.interpreter.queue(callback, null as never);
      return;
    }
    const before = this.#status;
    this.#leave();
    this.#skipDisconnect = before !== 'connected' && before !== 'off';
    this.#onConnected = callback;
    Object.assign(state, { ssid, password, stationOn: true });
    this.#attempt(this.parts.station.interpreter.now());
  }

  disconnect(callback: Callback | undefined): void {
    const connected = this.#status === 'connected';
    this.#onDisconnected = callback;
    this.#leave();
    this.#disconnecting = connected;
    // While the link stands, it is the event that turns the station off and calls back.
    if (connected) return;
    this.#turnOff();
    if (callback !== undefined) this.parts.station.interpreter.queue(callback);
  }

  setAccessPoint(on: boolean): void {
    this.state.accessPointOn = on;
  }

  prepareScan(): void {
    this.#disconnecting = false;
    this.state.stationOn = true;
  }

  onScanned(): void {}

  details(): object {
    const { ssid, password, stationOn } = this.state;
    const rssi = { rssi: this.#association === undefined ? 0 : Math.min(0, this.parts.uplink.rssiDbm()) };
    return { status: this.#status, ssid, password, ...(stationOn ? rssi : {}), savedSsid: null };
  }

  status(): object {
    const { stationOn, accessPointOn } = this.state;
    return {
      mode: ['off', 'sta', 'ap', 'sta+ap'][Number(stationOn) + 2 * Number(accessPointOn)],
      station: stationOn ? this.#status : 'off',
      ap: accessPointOn ? 'enabled' : 'disabled',
      phy: '11n',
      powersave: 'ps-poll',
      savedMode: 'off',
    };
  }

  restore(state: RadioState, lease?: Lease): void {
    this.#cancelRetry?.();
    this.#association?.stop();
    Object.assign(this.state, state);
    if (lease !== undefined) {
      this.#association = this.#newAssociation();
      if (this.#association.resume() !== undefined) {
        this.#status = 'connected';
        this.lease = lease;
        return;
      }
    }
    if (state.stationOn && state.ssid !== '') this.#attempt(this.parts.station.interpreter.now());
  }

  #attempt(startMs = this.parts.hardware.clock.now()): void {
    this.#status = 'connecting';
    this.#association = this.#newAssociation();
    this.#association.start(this.state.password, startMs);
  }

  #newAssociation(): Association {
    return new Association(this.parts.hardware, this.parts.uplink, this.parts.timing, this.state.ssid, {
      onAssociated: ({ ssid, mac, channel }) => this.#emit('associated', { ssid, mac, channel }),
      onAddress: (lease) => this.#onAddress(lease),
      onNoAddress: () => this.#emit('dhcp_timeout', null),
      onEnded: (code, mac) => this.#onEnded(code, mac),
    });
  }

  #onAddress(lease: Lease): void {
    this.lease = lease;
    this.#status = 'connected';
    this.#complete(null);
    this.#emit('connected', { ip: lease.ip, mask: lease.netmask, gw: lease.gw });
  }

  #onEnded(code: number, mac: string): void {
    this.lease = undefined;
    this.#association = undefined;
    this.#status = statusAfter(code);
    // The SDK's own reconnection: "reconnect after 1s".
    this.#cancelRetry = this.parts.hardware.later(this.parts.timing.reconnectMs, () => this.#attempt());
    this.#onDisconnectEvent(code, this.state.ssid, mac);
  }

  /** wifi_station_disconnect(): the SDK tells of it with an event when an attempt or a link was there to be ended. */
  #leave(): void {
    this.#cancelRetry?.();
    const association = this.#association;
    this.#association = undefined;
    this.lease = undefined;
    this.#status = 'off';
    if (association === undefined) return;
    const { ssid, mac } = association;
    association.stop();
    this.parts.hardware.later(this.parts.timing.eventMs, () =>
      this.#onDisconnectEvent(reason.assocLeave, ssid, mac),
    );
  }

  #onDisconnectEvent(code: number, ssid: string, mac: string): void {
    if (this.#skipDisconnect) {
      this.#skipDisconnect = false;
      return;
    }
    const status = this.#status;
    if (status === 'bad_password' || status === 'no_ap_found' || status === 'connect_failed')
      this.#complete(status);
    if (status === 'connecting' && code === reason.authExpire) this.#complete(esp8266Reason(code));
    if (this.#disconnecting) {
      this.#disconnecting = false;
      this.#turnOff();
      if (this.#onDisconnected !== undefined) this.parts.station.interpreter.queue(this.#onDisconnected);
      this.#onDisconnected = undefined;
    }
    this.#emit('disconnected', { ssid, mac, reason: esp8266Reason(code) });
  }

  #turnOff(): void {
    this.state.stationOn = false;
    this.#status = 'off';
  }

  #complete(error: string | null): void {
    const callback = this.#onConnected;
    this.#onConnected = undefined;
    if (callback !== undefined) this.parts.station.interpreter.queue(callback, error as never);
  }

  #emit(event: string, details: object | null): void {
    this.parts.events().emit(event, this.parts.station.interpreter.data(details));
  }
}

/** What the SDK's connection status says after a failure with this reason. */
function statusAfter(code: number): Status {
  if (code === reason.noAccessPoint) return 'no_ap_found';
  if (code === reason.handshakeTimeout4Way || code === reason.authFail || code === 204) return 'bad_password';
  if (code === 203) return 'connect_failed';
  return 'connecting';
}
