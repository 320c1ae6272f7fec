import { BoardError } from '../errors';
import type { EventMethods } from '../interpreter';
import type { WifiTiming } from './habits';
import type { Hardware } from './hardware';
import type { Lease, Release, Station, Uplink } from './network';

export type Callback = (...args: never[]) => unknown;

/** What a radio works with. */
export interface RadioParts {
  station: Station;
  release: Release;
  timing: WifiTiming;
  hardware: Hardware;
  uplink: Uplink;
  /** The module require("Wifi"), which emits the events. */
  events(): EventMethods;
}

/** What stays in a chip across reset() and load(), and what Wifi.save() keeps. */
export interface RadioState {
  ssid: string;
  password: string;
  stationOn: boolean;
  accessPointOn: boolean;
}

/** The part of require("Wifi") in which the chips differ. */
export interface Radio {
  readonly lease: Lease | undefined;
  readonly state: RadioState;
  /** Whether a scan of this chip is still running is kept here: ESP32's head stops WiFi only when there is none. */
  scanning: boolean;
  connect(ssid: string, password: string, callback: Callback | undefined): void;
  disconnect(callback: Callback | undefined): void;
  setAccessPoint(on: boolean): void;
  /** Station mode is needed to scan. */
  prepareScan(): void;
  onScanned(): void;
  details(): object;
  status(): object;
  /** Takes up what was saved, or with `lease` what has gone on through reset(): the link stands, and no event tells of it. */
  restore(state: RadioState, lease?: Lease): void;
}

/** An optional callback of board code. Source: EXPECT_CB_EXCEPTION in Espruino's network files. */
export function optionalCallback(value: unknown): Callback | undefined {
  if (value === undefined || typeof value === 'function') return value as Callback | undefined;
  throw new BoardError(`Expecting callback function but got ${String(value)}`);
}
