/** What `nmcli --terse` prints: fields that do not depend on the language. Source: nmcli(1); 1.12 is the first that takes all of these arguments. */
import type { WifiInfo, WifiNetwork } from './network';
import { securityText } from './network';
import { channelOf, mbpsOf } from './signal';

/** Arguments whose output `parseNmcliDevices` reads. */
export const nmcliDevices = ['-t', '-f', 'DEVICE,TYPE,STATE', 'device', 'status'];

/** WiFi interfaces, the connected one first. */
export function parseNmcliDevices(text: string): string[] {
  return rows(text)
    .filter(([, type]) => type === 'wifi' || type === '802-11-wireless')
    .sort(([, , a = ''], [, , b = '']) => Number(!/^connected/.test(a)) - Number(!/^connected/.test(b)))
    .map(([device]) => device!);
}

/** Arguments whose output `parseNmcliWifi` reads. Told nothing, nmcli scans anew whenever its list is 30 s old, and the connection stutters. */
export function nmcliWifi(device: string, rescan: boolean): string[] {
  const fields = 'IN-USE,BSSID,SSID,FREQ,RATE,SIGNAL,SECURITY';
  return [
    '-t',
    '-f',
    fields,
    'device',
    'wifi',
    'list',
    'ifname',
    device,
    ...['--rescan', rescan ? 'yes' : 'no'],
  ];
}

interface NmcliNetwork extends WifiNetwork {
  inUse: boolean;
  bitrate_mbps?: number;
}

/** The access points, as `nmcliWifi` asks for them. */
export function parseNmcliWifi(text: string): NmcliNetwork[] {
  return rows(text)
    .filter(([, bssid]) => /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(bssid ?? ''))
    .map(([inUse, bssid, ssid, freq, rate, signal, security = '']) => {
      const channel = channelOf(parseFloat(freq ?? ''));
      const quality = parseInt(signal ?? '', 10);
      const mbps = mbpsOf(rate);
      return {
        inUse: inUse === '*',
        // A hidden one is an empty name, or two dashes.
        ...(ssid && ssid !== '--' && { ssid }),
        bssid: bssid!.toLowerCase(),
        ...(quality >= 0 && quality <= 100 && { quality_pct: quality }),
        ...(channel !== undefined && { channel }),
        ...(mbps !== undefined && { bitrate_mbps: mbps }),
        security: securityText({
          privacy: /WEP/.test(security),
          wpa: /\bWPA1?\b/.test(security),
          rsn: /WPA2|WPA3/.test(security),
          sae: /WPA3/.test(security),
          psk: /WPA2/.test(security),
          enterprise: /802\.1X/.test(security),
          owe: /OWE/.test(security),
        }),
      };
    });
}

/** The connection, out of the access points. NetworkManager tells quality as a percentage, which is none of the driver's scale. */
export function nmcliInfo(networks: NmcliNetwork[]): Partial<WifiInfo> {
  const used = networks.find(({ inUse }) => inUse);
  if (!used) return {};
  const { ssid, channel, bitrate_mbps } = used;
  return {
    ...(ssid !== undefined && { ssid }),
    ...(channel !== undefined && { channel }),
    ...(bitrate_mbps !== undefined && { bitrate_mbps }),
  };
}

/** Terse lines: fields joined by colons, with `\:` and `\\` for those characters in a value. */
export function rows(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => {
      const fields = [''];
      for (let i = 0; i < line.length; i++) {
        if (line[i] === '\\' && i + 1 < line.length) fields[fields.length - 1] += line[++i]!;
        else if (line[i] === ':') fields.push('');
        else fields[fields.length - 1] += line[i]!;
      }
      return fields;
    });
}
