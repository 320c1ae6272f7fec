/** What `iw` prints. Source: its own interface.c, link.c and scan.c, versions 3.4 to 6.9. */
import type { WifiInfo, WifiNetwork } from './network';
import { securityText } from './network';
import { channelIn, channelOf, dbmOf, mbpsOf, percentOf } from './signal';
import { isHidden, unescaped } from './ssid';

type Found = Partial<WifiInfo>;

/** `iw dev`: the interfaces that are stations, the first connected one first. */
export function parseIwDev(text: string): (Found & { interface: string })[] {
  const stations: (Found & { interface: string })[] = [];
  for (const rest of text.split(/^\s*Interface\s+/m).slice(1)) {
    // What has no name of its own follows some interface.
    const part = rest.split(/^\s*Unnamed/m, 1)[0]!;
    const name = part.split('\n', 1)[0]!.trim();
    const type = field(part, 'type');
    if (!name || (type !== undefined && type !== 'managed')) continue;
    const ssid = field(part, 'ssid');
    const channel = channelIn(/^\s*channel\s+(\d+)/m.exec(part)?.[1]);
    stations.push({
      interface: name,
      ...(ssid && { ssid: unescaped(ssid) }),
      ...(channel !== undefined && { channel }),
      ...macOf(field(part, 'addr')),
    });
  }
  return stations.sort((a, b) => Number(!a.ssid) - Number(!b.ssid));
}

/** `iw dev <interface> link`; nothing when it is not connected. */
export function parseIwLink(text: string): Found {
  if (!/^\s*Connected to /m.test(text)) return {};
  const ssid = field(text, 'SSID:');
  const mhz = Number(field(text, 'freq:') ?? NaN);
  const dbm = dbmOf(/^\s*signal:\s*(-?\d+(?:\.\d+)?)\s*dBm/m.exec(text)?.[1]);
  // What this end may send with; an access point that has heard nothing yet tells no receive rate.
  const mbps = mbpsOf(/^\s*tx bitrate:\s*(\d+(?:\.\d+)?)\s*MBit\/s/m.exec(text)?.[1]);
  const channel = channelOf(mhz);
  return {
    ...(ssid && { ssid: unescaped(ssid) }),
    ...(dbm !== undefined && { signal_dbm: dbm }),
    ...(channel && { channel }),
    ...(mbps !== undefined && { bitrate_mbps: mbps }),
  };
}

/** `iw dev <interface> scan`, also its `dump`. */
export function parseIwScan(text: string): WifiNetwork[] {
  return text
    .split(/^BSS (?=(?:[\da-f]{2}:){5}[\da-f]{2})/im)
    .slice(1)
    .map((part) => {
      const bssid = part.slice(0, 17).toLowerCase();
      const ssid = unescaped(field(part, 'SSID:') ?? '');
      const dbm = dbmOf(/^\s*signal:\s*(-?\d+(?:\.\d+)?)\s*dBm/m.exec(part)?.[1]);
      // Some drivers, those of the first USB sticks, tell no dBm.
      const unitless = /^\s*signal:\s*(100|\d{1,2})\/100/m.exec(part)?.[1];
      const channel =
        channelOf(Number(field(part, 'freq:') ?? NaN)) ??
        channelIn(/^\s*DS Parameter set: channel (\d+)/m.exec(part)?.[1]);
      return {
        ...(!isHidden(ssid) && { ssid }),
        bssid,
        ...(dbm !== undefined && { signal_dbm: dbm, quality_pct: percentOf(dbm) }),
        ...(unitless !== undefined && { quality_pct: Number(unitless) }),
        ...(channel !== undefined && { channel }),
        security: securityIn(part),
      };
    });
}

function securityIn(part: string): string {
  const suites = [...part.matchAll(/^[\t *]*Authentication suites:(.*)$/gm)]
    .map(([, list]) => list!)
    .join(' ');
  return securityText({
    privacy: /^\s*capability:.*\bPrivacy\b/m.test(part),
    wpa: /^\s*WPA:/m.test(part),
    rsn: /^\s*RSN:/m.test(part),
    // Versions that are older than a suite write its number.
    sae: /\bSAE\b|00-0f-ac:(8|9|24|25)\b/.test(suites),
    psk: /\bPSK\b/.test(suites) || suites.trim() === '',
    enterprise: /802\.1X/.test(suites),
    owe: /\bOWE\b|00-0f-ac:18\b/.test(suites),
  });
}

/** The rest of the line that begins with this word. */
function field(text: string, name: string): string | undefined {
  // A name may end in blanks, which iw writes as \x20.
  return new RegExp(`^[\\t ]*${name}[\\t ]?[\\t ]*(.*?)\\r?$`, 'm').exec(text)?.[1];
}

function macOf(text: string | undefined): Found {
  return text && /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(text) ? { mac_address: text.toLowerCase() } : {};
}
