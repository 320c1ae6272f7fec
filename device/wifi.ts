/** WiFi, whose answers differ from chip to chip. */
import type { NetworkSettings } from '../shared/settings';

export const wifi = require('Wifi');

/** `onFailed` is called when it is plain that nothing will come of it; ESP32 2v29 does not call back then. */
export function join(network: NetworkSettings, onFailed: () => void): void {
  wifi.connect(network.ssid, { password: network.password }, function (error) {
    if (error) onFailed();
  });
}

/** Whether the network has given an address. */
export function hasAddress(): boolean {
  const ip = wifi.getIP().ip;
  return !!ip && ip !== '0.0.0.0';
}

/** Signal strength in dBm; undefined while not associated. */
export function rssiDbm(): number | undefined {
  const details = wifi.getDetails();
  return details.rssi === undefined ? wifi.getStatus().rssi : details.rssi;
}

/**
 * Resolves the name of a host. Returns 0 for what is left to `connect`: an address, and on ESP32 2v29 any name, since
 * `getHostByName` gives garbage there.
 */
export function lookUp(host: string, blocking: number, done: (ip: string | null) => void): number {
  if (host[0] <= '9' || (blocking && process.version === '2v29')) return 0;
  wifi.getHostByName(host, done);
  return 1;
}

/** Pings a host by its address; a name cannot be pinged, and then it returns 0. */
export function ping(host: string, onAnswer: (answered: boolean) => void): number {
  try {
    wifi.ping(host, function (answer) {
      onAnswer(answer.timeoutCount < answer.totalCount);
    });
    return 1;
  } catch {
    return 0;
  }
}
