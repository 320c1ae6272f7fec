/** The connection of a WiFi interface. What its sources do not tell is absent. The names are those of the JSON output. */
export interface WifiInfo {
  interface: string;
  ssid?: string;
  ip_addresses: string[];
  signal_dbm?: number;
  /** Of the scale that the driver uses: `58/70`. */
  quality?: string;
  channel?: number;
  bitrate_mbps?: number;
  /** Lower case, with colons. */
  mac_address?: string;
}

/** One access point that a scan has seen. */
export interface WifiNetwork {
  /** Absent when the network hides its name. */
  ssid?: string;
  bssid: string;
  signal_dbm?: number;
  quality_pct?: number;
  channel?: number;
  /** `open`, `WEP`, or of `WPA`, `WPA2`, `WPA3` those that it takes, joined by a slash; ` Enterprise` behind it where a user name is asked for. */
  security?: string;
}

/** What an access point announces, in words. */
export function securityText(found: {
  privacy: boolean;
  wpa: boolean;
  rsn: boolean;
  sae: boolean;
  psk: boolean;
  enterprise: boolean;
  owe?: boolean;
}): string {
  const { privacy, wpa, rsn, sae, psk, enterprise, owe } = found;
  if (owe) return 'open, encrypted';
  const names = [wpa && 'WPA', rsn && (psk || !sae) && 'WPA2', sae && 'WPA3'].filter(Boolean);
  if (names.length === 0) return privacy ? 'WEP' : 'open';
  return names.join('/') + (enterprise ? ' Enterprise' : '');
}
