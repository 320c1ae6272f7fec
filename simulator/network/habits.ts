import type { Chip } from './network';

/**
 * How long WiFi takes, in milliseconds. Nothing here was measured: the values are plausible for a home network, and a
 * firmware must not depend on them. A network may be built with others.
 */
export const usualTiming = {
  /** A known network answers on its channel. */
  findMs: 300,
  /** All channels were searched in vain. */
  searchMs: 2_200,
  /** An access point that does not like the password says so late: the handshake is tried several times. */
  refusalMs: 3_000,
  associateMs: 200,
  addressMs: 500,
  /** The DHCP client asks again. */
  addressRetryMs: 4_000,
  /** ESP8266 only: the event dhcp_timeout. */
  addressTimeoutMs: 30_000,
  /** Silence of the access point until the station takes it for gone. */
  beaconTimeoutMs: 6_000,
  /** ESP8266: "reconnect after 1s", as its SDK prints. */
  reconnectMs: 1_000,
  /** An event of the radio reaches the interpreter. */
  eventMs: 5,
  scanMs: 2_200,
};

export type WifiTiming = typeof usualTiming;

/** Reason codes: IEEE 802.11 below 200, Espressif's own from 200 on. */
export const reason = {
  authExpire: 2,
  assocLeave: 8,
  handshakeTimeout4Way: 15,
  beaconTimeout: 200,
  noAccessPoint: 201,
  authFail: 202,
} as const;

export interface TcpHabits {
  /** Bytes that Espruino hands over at a time, in either direction. */
  chunk: number;
  /** Bytes under way without an acknowledgement. */
  window: number;
  maxSockets: number;
}

/** Source: Espruino libs/network/esp8266/network_esp8266.c, esp32/network_esp32.c; ESP-IDF default TCP_SND_BUF. */
export const tcpHabits: Record<Chip, TcpHabits> = {
  esp8266: { chunk: 268, window: 268, maxSockets: 10 },
  esp32: { chunk: 536, window: 5_744, maxSockets: 10 },
};

/** lwIP, the same in both chips' kits. */
export const lwip = {
  /** A SYN is sent again every three seconds, six times. */
  synRetryMs: 3_000,
  synTries: 7,
  /** After the last try one more slow tick. */
  synTimeoutMs: 18_500,
  /** Four tries of 1, 1, 2 and 3 s. */
  dnsTimeoutMs: 7_000,
  /** Twelve retransmissions, further and further apart; about a quarter of an hour. */
  dataTimeoutMs: 900_000,
} as const;
