/**
 * Why a station is not, or no longer, with an access point: IEEE 802.11 reason codes, and Espressif's own from 200 on.
 * The order is Espruino's table for ESP8266. Source: Espruino libs/network/esp8266/jswrap_esp8266_network.c.
 */
const esp8266Texts = [
  '0 - <Not Used>',
  'unspecified',
  'auth_expire',
  'auth_leave',
  'assoc_expire',
  'assoc_toomany',
  'not_authed',
  'not_assoced',
  'assoc_leave',
  'assoc_not_authed',
  'disassoc_pwrcap_bad',
  'disassoc_supchan_bad',
  '12 - <Not Used>',
  'ie_invalid',
  'mic_failure',
  '4way_handshake_timeout',
  'group_key_update_timeout',
  'ie_in_4way_differs',
  'group_cipher_invalid',
  'pairwise_cipher_invalid',
  'akmp_invalid',
  'unsupp_rsn_ie_version',
  'invalid_rsn_ie_cap',
  '802_1x_auth_failed',
  'cipher_suite_rejected',
  'beacon_timeout',
  'no_ap_found',
  'auth_failed',
  'assoc_failed',
  'handshake_timeout',
];

/**
 * The text in the event 'disconnected' of an ESP8266. From 200 on Espruino looks one place too early in its table: a lost
 * beacon (200) reads cipher_suite_rejected, a missing access point (201) beacon_timeout, and so on.
 */
export function esp8266Reason(code: number): string {
  const index = code >= 200 && code <= 204 ? code - 200 + 24 : code;
  return esp8266Texts[index <= 24 || code >= 200 ? index : 1] ?? esp8266Texts[1]!;
}

const esp32Texts: Record<number, string> = {
  1: 'UNSPECIFIED',
  2: 'AUTH_EXPIRE',
  3: 'AUTH_LEAVE',
  4: 'ASSOC_EXPIRE',
  5: 'ASSOC_TOOMANY',
  6: 'NOT_AUTHED',
  7: 'NOT_ASSOCED',
  8: 'ASSOC_LEAVE',
  9: 'ASSOC_NOT_AUTHED',
  10: 'DISASSOC_PWRCAP_BAD',
  11: 'DISASSOC_SUPCHAN_BAD',
  13: 'IE_INVALID',
  14: 'MIC_FAILURE',
  15: '4WAY_HANDSHAKE_TIMEOUT',
  16: 'GROUP_KEY_UPDATE_TIMEOUT',
  17: 'IE_IN_4WAY_DIFFERS',
  18: 'GROUP_CIPHER_INVALID',
  19: 'PAIRWISE_CIPHER_INVALID',
  20: 'AKMP_INVALID',
  21: 'REASON_UNSUPP_RSN_IE_VERSION',
  22: 'INVALID_RSN_IE_CAP',
  23: '802_1X_AUTH_FAILED',
  24: 'CIPHER_SUITE_REJECTED',
  200: 'BEACON_TIMEOUT',
  201: 'NO_AP_FOUND',
  202: 'AUTH_FAIL',
  203: 'ASSOC_FAIL',
  204: 'HANDSHAKE_TIMEOUT',
};

/** Source: Espruino libs/network/esp32/jswrap_esp32_network.c, wifiReasonToString. */
export function esp32Reason(code: number): string {
  return esp32Texts[code] ?? 'Unknown reason';
}
