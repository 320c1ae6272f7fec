/** What `iw` prints. Source: its own interface.c, link.c and scan.c, versions 3.4 to 6.9. */
import type { WifiInfo, WifiNetwork } from './network';
import { securityText } from './network';
import { channelOf, percentOf } from './signal';

type Found = Partial<WifiInfo>;

/** `iw dev`: the interfaces that are stations, the first connected one first. */
export function parseIwDev(text: string): (Found & { interface: string })[] {
  const stations: (Found & { interface: string })[] = [];
  for (const part of text.split(/^\s*Interface\s+/m).slice(1)) {
    const name = part.split('\n', 1)[0]!.trim();
    const type = field(part, 'type');
    if (!name || (type !== undefined && type !== 'managed')) continue;
    const ssid = field(part, 'ssid');
    const channel = /^\s*channel\s+(\d+)/m.exec(part)?.[1];
    stations.push({
      interface: name,
      ...(ssid && { ssid: unescaped(ssid) }),
      ...(channel && { channel: Number(channel) }),
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
  const signal = /^\s*signal:\s*(-?\d+(?:\.\d+)?)\s*dBm/m.exec(text)?.[1];
  // What this end may send with; an access point that has heard nothing yet tells no receive rate.
  const rate = /^\s*tx bitrate:\s*(\d+(?:\.\d+)?)\s*MBit\/s/m.exec(text)?.[1];
  const channel = channelOf(mhz);
  return {
    ...(ssid && { ssid: unescaped(ssid) }),
    ...(signal && { signal_dbm: Math.round(Number(signal)) }),
    ...(channel && { channel }),
    ...(rate && { bitrate_mbps: Number(rate) }),
  };
}

/** `iw dev <interface> scan`, also its `dump`. */
export function parseIwScan(text: string): WifiNetwork[] {
  return text
    .split(/^BSS (?=[\da-f]{2}:)/im)
    .slice(1)
    .map((part) => {
      const bssid = part.slice(0, 17).toLowerCase();
      const ssid = unescaped(field(part, 'SSID:') ?? '');
      const signal = /^\s*signal:\s*(-?\d+(?:\.\d+)?)\s*dBm/m.exec(part)?.[1];
      // Some drivers, those of the first USB sticks, tell no dBm.
      const unitless = /^\s*signal:\s*(\d+)\/100/m.exec(part)?.[1];
      const dbm = signal === undefined ? undefined : Math.round(Number(signal));
      const channel =
        channelOf(Number(field(part, 'freq:') ?? NaN)) ??
        numberIn(/DS Parameter set: channel (\d+)/.exec(part));
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
  const suites = [...part.matchAll(/Authentication suites:(.*)$/gm)].map(([, list]) => list!).join(' ');
  return securityText({
    privacy: /^\s*capability:.*\bPrivacy\b/m.test(part),
    wpa: /^\s*WPA:/m.test(part),
    rsn: /^\s*RSN:/m.test(part),
    sae: /\bSAE\b/.test(suites),
    psk: /\bPSK\b/.test(suites) || suites.trim() === '',
    enterprise: /802\.1X/.test(suites),
    owe: /\bOWE\b/.test(suites),
  });
}

/** An access point that hides its name sends none, or as many zero bytes as it has letters. */
export function isHidden(ssid: string): boolean {
  return /^\0*$/.test(ssid);
}

/** The rest of the line that begins with this word. */
function field(text: string, name: string): string | undefined {
  // A name may end in blanks, which iw writes as \x20.
  return new RegExp(`^[\\t ]*${name}[\\t ]?[\\t ]*(.*?)\\r?$`, 'm').exec(text)?.[1];
}

/** `iw` writes what is no printable ASCII as \\xNN, and a backslash as \\\\; the bytes are UTF-8. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = /^\\x([\da-f]{2})/i.exec(text.slice(i, i + 4))?.[1];
    if (hex) {
      bytes.push(parseInt(hex, 16));
      i += 3;
    } else if (text.startsWith('\\\\', i)) {
      bytes.push(92);
      i++;
    } else bytes.push(...new TextEncoder().encode(text[i]));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function macOf(text: string | undefined): Found {
  return text && /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(text) ? { mac_address: text.toLowerCase() } : {};
}

function numberIn(match: RegExpExecArray | null): number | undefined {
  return match ? Number(match[1]) : undefined;
}
