import { BoardError } from '../errors';
import type { EventMethods } from '../interpreter';
import { dottedAddress, noAddress } from './address';
import type { WifiTiming } from './habits';
import type { Hardware } from './hardware';
import type { Chip, Lease, Release, Sighting, Station, Uplink } from './network';
import { createPing } from './ping';
import { type Callback, type Radio, type RadioState, optionalCallback } from './radio';
import type { Resolver } from './resolver';

export interface WifiParts {
  station: Station;
  release: Release;
  timing: WifiTiming;
  hardware: Hardware;
  uplink: Uplink;
  radio: Radio;
  resolver: Resolver;
  /** Wifi.save(): what lies in flash, or `undefined` for nothing. */
  saved: { read(): RadioState | undefined; write(state: RadioState | undefined): void };
}

/** The access point's own side of the board has the same address on both chips. */
const accessPointLease: Lease = { ip: '192.168.4.1', netmask: '255.255.255.0', gw: '192.168.4.1' };
const noLease: Lease = { ip: noAddress, netmask: noAddress, gw: noAddress };

/**
 * require("Wifi"). Offers what this project's boards use; a function that Espruino has beyond that is missing here.
 * Source: Espruino libs/network/jswrap_wifi.c and the implementation of each chip.
 */
export function createWifi(parts: WifiParts): object & EventMethods {
  const { station, radio, saved, hardware, uplink } = parts;
  const { interpreter } = station;
  const later = (value: unknown, ...args: unknown[]): void => {
    const callback = optionalCallback(value);
    if (callback !== undefined) interpreter.queue(callback, ...args);
  };
  const answer = (value: unknown, result: object): object => {
    const data = interpreter.data(result);
    later(value ?? undefined, data);
    return data;
  };
  const addresses = (value: unknown, lease: Lease): object => {
    const data = interpreter.data({ ...lease, mac: station.mac });
    later(value ?? undefined, null, data);
    return data;
  };
  let hostname = 'espruino';
  let accessPoint: AccessPointSettings = { ssid: '', password: '', hidden: false, authMode: 'open' };
  let scanCallback: Callback | undefined;

  return interpreter.emitter({
    connect(ssid: unknown, options: unknown, callback: unknown) {
      if (typeof ssid !== 'string') throw new BoardError('No SSID provided');
      if (options !== undefined && (typeof options !== 'object' || options === null)) {
        throw new BoardError(`Expecting Object, got ${typeName(options)}`);
      }
      const password = (options as { password?: unknown } | undefined)?.password ?? '';
      if (typeof password !== 'string') {
        throw new BoardError(`Expecting options.password to be a string but got ${typeName(password)}`);
      }
      radio.connect(ssid.slice(0, 32), password.slice(0, 64), optionalCallback(callback));
    },
    disconnect(callback: unknown) {
      radio.disconnect(optionalCallback(callback));
    },
    getIP: (callback: unknown) => addresses(callback, radio.lease ?? noLease),
    getAPIP: (callback: unknown) =>
      addresses(callback, radio.state.accessPointOn ? accessPointLease : noLease),
    getDetails: (callback: unknown) => answer(callback, radio.details()),
    getStatus(callback: unknown) {
      // ESP32 ignores the callback.
      return answer(station.chip === 'esp8266' ? callback : undefined, radio.status());
    },
    getAPDetails: (callback: unknown) =>
      answer(callback, {
        ...(station.chip === 'esp8266' ? { status: radio.state.accessPointOn ? 'enabled' : 'disabled' } : {}),
        authMode: accessPoint.authMode,
        hidden: accessPoint.hidden,
        maxConn: 4,
        ssid: accessPoint.ssid,
        password: accessPoint.password,
      }),
    startAP(ssid: unknown, options: unknown, callback: unknown) {
      const started = optionalCallback(callback);
      accessPoint = accessPointSettings(ssid, options);
      radio.setAccessPoint(true);
      later(started, null);
    },
    stopAP(callback: unknown) {
      const stopped = optionalCallback(callback);
      radio.setAccessPoint(false);
      later(stopped);
    },
    scan(callback: unknown) {
      if (scanCallback !== undefined) throw new BoardError('A scan is already in progress');
      if (typeof callback !== 'function')
        throw new BoardError(`Expecting callback function but got ${String(callback)}`);
      scanCallback = callback as Callback;
      radio.prepareScan();
      radio.scanning = true;
      const finish = (): void => {
        interpreter.queue(
          callback as Callback,
          interpreter.data(uplink.scan().map((sighting) => scanned(station.chip, sighting))) as never,
        );
        scanCallback = undefined;
        radio.scanning = false;
        radio.onScanned();
      };
      hardware.later(parts.timing.scanMs, finish, interpreter.now());
    },
    getHostByName: createGetHostByName(parts),
    ping: createPing(parts),
    getHostname: () => hostname,
    setHostname(name: unknown, callback: unknown) {
      hostname = String(name);
      later(callback);
    },
    save(what: unknown) {
      saved.write(what === 'clear' ? undefined : { ...radio.state });
    },
    restore() {
      const state = saved.read();
      if (state !== undefined) radio.restore(state);
    },
  });
}

/**
 * ESP32 in release 2v29 takes "asking" for "failed" and calls back with null at once, unless the answer is in the cache;
 * and then it prints the address of its own variable instead of the host's. Source: dnsFoundCallback and
 * jswrap_wifi_getHostByName in jswrap_esp32_network.c; the head does it right.
 */
function createGetHostByName(parts: WifiParts) {
  const { station, release, hardware, resolver } = parts;
  const { interpreter } = station;
  const brokenAddress = '96.215.251.63';
  let waiting: Callback | undefined;
  const found = (ip: string | null): void => {
    if (waiting !== undefined) interpreter.queue(waiting, ip as never);
    waiting = undefined;
  };
  return (name: unknown, callback: unknown): void => {
    if (typeof name !== 'string') throw new BoardError('Hostname parameter is not a string');
    if (typeof callback !== 'function') throw new BoardError('Callback is not a function');
    // There is one place for a callback: an earlier one that still waits is forgotten.
    waiting = callback as Callback;
    const broken = station.chip === 'esp32' && release === '2v29';
    const known = dottedAddress(name) ?? resolver.cached(name);
    if (known !== undefined) {
      found(broken ? brokenAddress : known);
      return;
    }
    const startMs = interpreter.now();
    resolver.query(name, startMs, (ip, afterMs) => hardware.later(afterMs, () => found(ip ?? null), startMs));
    if (broken) found(null);
  };
}

interface AccessPointSettings {
  ssid: string;
  password: string;
  hidden: boolean;
  authMode: string;
}

function accessPointSettings(ssid: unknown, options: unknown): AccessPointSettings {
  if (typeof ssid !== 'string') throw new BoardError('No SSID');
  if (options !== undefined && options !== null && typeof options !== 'object') {
    throw new BoardError(`Expecting options object but got ${typeName(options)}`);
  }
  const { password, authMode, hidden } = (options ?? {}) as Record<string, unknown>;
  const hasPassword = password !== undefined && password !== null && password !== '';
  if (hasPassword && (typeof password !== 'string' || password.length < 8)) {
    throw new BoardError('Password must be string of at least 8 characters');
  }
  const mode = typeof authMode === 'string' ? authMode : hasPassword ? 'wpa2' : 'open';
  if (!['open', 'wpa', 'wpa2', 'wpa_wpa2'].includes(mode)) throw new BoardError('Unknown authMode value');
  if (mode !== 'open' && !hasPassword) throw new BoardError('Password not set but authMode not open');
  if (mode === 'open' && hasPassword) throw new BoardError('Auth mode set to open but password supplied');
  return {
    ssid: ssid.slice(0, 32),
    password: hasPassword ? (password as string) : '',
    hidden: hidden === 1,
    authMode: mode,
  };
}

function scanned(chip: Chip, sighting: Sighting): object {
  const rssi = Math.min(0, sighting.rssiDbm);
  const authMode = sighting.secured ? 'wpa2' : 'open';
  const ssid = sighting.hidden ? '' : sighting.ssid;
  const { mac, channel, hidden } = sighting;
  if (chip === 'esp8266') return { rssi, channel, authMode, isHidden: hidden, ssid, mac };
  return { rssi, authMode, ssid, mac, channel: String(channel) };
}

/** The name that Espruino's %t gives a value. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Number';
  const name = typeof value;
  return value === undefined ? 'undefined' : name[0]!.toUpperCase() + name.slice(1);
}
