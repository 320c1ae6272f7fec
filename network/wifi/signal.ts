/** Radio arithmetic. Nothing here reads anything. */

/** Channel of a centre frequency in MHz: IEEE 802.11-2020, 17.3.8.4.3 and annex E. Undefined outside the bands. */
export function channelOf(mhz: number): number | undefined {
  if (mhz === 2484) return 14;
  if (mhz >= 2412 && mhz <= 2472) return Math.round((mhz - 2407) / 5);
  if (mhz >= 5955 && mhz <= 7115) return Math.round((mhz - 5950) / 5);
  if (mhz >= 4910 && mhz <= 4980) return Math.round((mhz - 4000) / 5);
  if (mhz >= 5160 && mhz <= 5885) return Math.round((mhz - 5000) / 5);
  return undefined;
}

/** A channel out of digits; undefined where no band has one of this number. */
export function channelIn(digits: string | undefined): number | undefined {
  const channel = Number(digits);
  return channel >= 1 && channel <= 233 ? channel : undefined;
}

/** A signal in whole dBm, out of digits; undefined for 0, which is no measurement, and for what no receiver can hear. */
export function dbmOf(digits: string | undefined): number | undefined {
  const dbm = Math.round(Number(digits));
  return dbm < 0 && dbm > -120 ? dbm : undefined;
}

/** A bit rate in Mbit/s, out of digits; undefined for 0, which means that there is none yet. */
export function mbpsOf(digits: string | undefined): number | undefined {
  const mbps = parseFloat(digits ?? '');
  return mbps > 0 ? mbps : undefined;
}

/** Quality in percent as NetworkManager counts it: -40 dBm and better is 100, -90 dBm and worse 0. */
export function percentOf(dbm: number): number {
  return Math.round(Math.min(Math.max(((dbm + 90) / 50) * 100, 0), 100));
}

/** `58/70`: the scale on which Linux tells link quality, -110 dBm to -40 dBm (cfg80211, wext-compat.c). */
export function qualityText(dbm: number): string {
  return `${Math.round(Math.min(Math.max(dbm + 110, 0), 70))}/70`;
}
