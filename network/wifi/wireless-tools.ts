/** What iwconfig, iwgetid and iwlist print, and /proc/net/wireless holds. Source: wireless-tools 27 to 30, linux/wireless.h. */
import type { WifiInfo, WifiNetwork } from './network';
import { securityText } from './network';
import { channelIn, channelOf, dbmOf, mbpsOf, percentOf } from './signal';
import { isHidden, unescaped } from './ssid';

type Found = Partial<WifiInfo>;

/** `iwconfig`: interfaces with wireless extensions, the connected one first. */
export function parseIwconfig(text: string): (Found & { interface: string })[] {
  return text
    .split(/^(?=\S)/m)
    .filter((part) => /^[^\s"]+\s+(?!no wireless extensions)/.test(part) && /\sESSID:/.test(part))
    .map((whole) => {
      const { essid, part } = withoutEssid(whole, /ESSID:"(.*?)"[ \t]*(?:Nickname:.*)?$/m);
      const ghz = /Frequency[:=]\s*(\d+(?:\.\d+)?) GHz/.exec(part)?.[1];
      const channel = ghz ? channelOf(Math.round(Number(ghz) * 1000)) : undefined;
      const mbps = mbpsOf(/Bit Rate[:=]\s*(\d+(?:\.\d+)?) Mb\/s/.exec(part)?.[1]);
      return {
        interface: /^\S+/.exec(whole)![0],
        ...(essid && { ssid: unescaped(essid) }),
        ...(channel !== undefined && { channel }),
        ...(mbps !== undefined && { bitrate_mbps: mbps }),
        ...levels(part),
      };
    })
    .sort((a, b) => Number(!a.ssid) - Number(!b.ssid));
}

/** `iwgetid -r <interface>`: the SSID alone, as it is. */
export function parseIwgetid(text: string): Found {
  const ssid = text.replace(/\n$/, '');
  return ssid ? { ssid } : {};
}

/** /proc/net/wireless, by interface. Its scale of quality is not written there: 70 with every driver of the last 15 years. */
export function parseProcWireless(text: string): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const line of text.split('\n')) {
    const [, name, link, level] = /^\s*(\S+):\s+\S+\s+(-?\d+)\.?\s+(-?\d+)\.?/.exec(line) ?? [];
    if (name === undefined) continue;
    // A level above 0 is in units of the driver's own.
    const dbm = dbmOf(level);
    found.set(name, {
      ...(dbm !== undefined && { signal_dbm: dbm }),
      ...(Number(link) > 0 && { quality: `${Number(link)}/70` }),
    });
  }
  return found;
}

/** `iwlist <interface> scan`. */
export function parseIwlist(text: string): WifiNetwork[] {
  return text
    .split(/^\s*Cell \d+ - /m)
    .slice(1)
    .flatMap((whole) => {
      const { essid, part } = withoutEssid(whole, /ESSID:"(.*)"[ \t]*$/m);
      const bssid = /^Address:\s*((?:[\dA-F]{2}:){5}[\dA-F]{2})/i.exec(part)?.[1]?.toLowerCase();
      if (bssid === undefined) return [];
      const ssid = unescaped(essid ?? '');
      const { signal_dbm, quality } = levels(part);
      const [value, scale] = (quality ?? '').split('/').map(Number);
      const mhz = Math.round(Number(/Frequency:\s*(\d+(?:\.\d+)?) GHz/.exec(part)?.[1]) * 1000);
      const channel = channelOf(mhz) ?? channelIn(/Channel:\s*(\d+)/.exec(part)?.[1]);
      const suites = [...part.matchAll(/Authentication Suites[^:]*:(.*)$/gm)]
        .map(([, list]) => list)
        .join(' ');
      return {
        ...(!isHidden(ssid) && { ssid }),
        bssid,
        ...(signal_dbm !== undefined && { signal_dbm, quality_pct: percentOf(signal_dbm) }),
        ...(signal_dbm === undefined &&
          scale && { quality_pct: Math.min(Math.round((value! / scale) * 100), 100) }),
        ...(channel !== undefined && { channel }),
        security: securityText({
          privacy: /Encryption key:on/.test(part),
          wpa: /IE: WPA Version 1/.test(part),
          rsn: /IE: IEEE 802\.11i\/WPA2/.test(part),
          // wireless-tools is older than these suites, and writes their numbers.
          sae: /\bSAE\b|unknown \((8|9|24|25)\)/.test(suites),
          psk: /PSK/.test(suites) || suites === '',
          enterprise: /802\.1x/i.test(suites),
          owe: /unknown \(18\)/.test(suites),
        }),
      };
    });
}

/** `Link Quality=58/70  Signal level=-52 dBm`, or with colons, or `Signal level=60/100` in units of the driver's own. */
function levels(part: string): Pick<WifiInfo, 'signal_dbm' | 'quality'> {
  const quality = /Quality[:=]\s*(\d+\/\d+)/.exec(part)?.[1];
  const dbm = dbmOf(/Signal level[:=]\s*(-\d+) dBm/.exec(part)?.[1]);
  return { ...(dbm !== undefined && { signal_dbm: dbm }), ...(quality && { quality }) };
}

/** A name may hold anything, also what reads like the rest: that is looked at without it. */
function withoutEssid(text: string, pattern: RegExp): { essid: string | undefined; part: string } {
  const [line = '', essid] = pattern.exec(text) ?? [];
  return { essid, part: text.replace(line, '') };
}
