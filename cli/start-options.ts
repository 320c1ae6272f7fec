import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { type GatewaySettings, readSettings } from '../gateway/settings';
import { type BrokerUrl, parseBrokerUrl } from '../gateway/settings/broker-url';
import type { BoardName } from '../shared/settings';

/** What `lamplighter start` was asked for, as commander hands it over. */
export interface RawStartOptions {
  broker?: string;
  mqttPort?: string;
  webPort?: string;
  tcpPort?: string;
  udpPort?: string;
  data?: string;
  board?: string;
  kit?: string;
  boards?: string;
  config?: string;
  png?: string;
}

export interface StartOptions {
  /** A broker that runs elsewhere; absent: the gateway has its own. */
  broker?: BrokerAddress;
  gateway: GatewaySettings;
  /** Ports that nobody has asked for: another will do when one of them is busy. */
  anyPort: ReadonlySet<string>;
  /** Overrides what the configuration file says. */
  board?: BoardName;
  /** Number of the first kit; absent: the first of the configuration file. */
  kit?: number;
  boards: number;
  /** Absolute path; absent: the project's own kit.config.ts. */
  config?: string;
  /** Absolute path. */
  png?: string;
}

/** A broker that a kit can speak to. */
export type BrokerAddress = Omit<BrokerUrl, 'protocol'>;

/** Twice a classroom: 64 boards take an eighth of one core of a small machine. */
export const boardsMax = 64;
const kitMax = 9999;
const boardNames: readonly string[] = ['nodemcu', 'esp32'] satisfies BoardName[];

/** Throws one sentence that names the option, the value and what would do. Passwords are never in it. */
export function parseStartOptions(raw: RawStartOptions, directory: string): StartOptions {
  if (raw.broker !== undefined && raw.mqttPort !== undefined)
    throw new Error(
      '--mqtt-port is for the own broker: with --broker the port stands in its address, mqtt://host:port',
    );
  const boards = wholeNumber('--boards', raw.boards ?? '1', 1, boardsMax);
  const kit = raw.kit === undefined ? undefined : wholeNumber('--kit', raw.kit, 1, kitMax);
  if (kit !== undefined) checkKits(kit, boards);
  if (raw.board !== undefined && !boardNames.includes(raw.board))
    throw new Error(`--board: expected nodemcu or esp32, got ${quote(raw.board)}`);
  // Checked here, since to a board that is nowhere `off` is of no use.
  if (raw.mqttPort !== undefined) wholeNumber('--mqtt-port', raw.mqttPort, 0, 65535);
  if (raw.png === '') throw new Error('--png: expected the name of a file, got ""');
  const broker = raw.broker === undefined ? undefined : parseBroker(raw.broker);
  return {
    ...(broker && { broker }),
    gateway: gatewaySettings(raw, directory),
    anyPort: new Set(freePorts.filter((name) => raw[name] === undefined)),
    ...(raw.board !== undefined && { board: raw.board as BoardName }),
    ...(kit !== undefined && { kit }),
    boards,
    ...(raw.config !== undefined && { config: resolve(directory, raw.config) }),
    ...(raw.png !== undefined && { png: resolve(directory, raw.png) }),
  };
}

const freePorts = ['webPort', 'tcpPort', 'udpPort'] as const;
/** What a virtual kit measures is made up, and has no place in the history of real ones. */
const virtualData = 'data/virtual.db';

/** Only this computer can connect, and what is set for a real gateway does not count. */
function gatewaySettings(raw: RawStartOptions, directory: string): GatewaySettings {
  const { broker, mqttPort, webPort, tcpPort, udpPort, data = virtualData } = raw;
  const flags = { broker, mqttPort, webPort, tcpPort, udpPort, data };
  return readSettings({ flags, environment: {}, directory }).settings;
}

/** Throws one sentence when the kits from `first` on would run out of numbers. */
export function checkKits(first: number, count: number): void {
  const last = first + count - 1;
  if (last > kitMax)
    throw new Error(`--boards: kits ${first} to ${last} were asked for, the highest number is ${kitMax}`);
}

/** The broker behind `--broker`; this computer's when it is not given. Throws one sentence, without the password. */
export function brokerOf(text = 'mqtt://127.0.0.1'): BrokerUrl {
  try {
    return parseBrokerUrl(text);
  } catch (error) {
    throw new Error(`--broker: ${(error as Error).message}`);
  }
}

/** The same for kits, which can less. */
export function parseBroker(text: string): BrokerAddress {
  const { protocol, ...address } = brokerOf(text);
  if (protocol !== 'mqtt')
    throw new Error(
      `--broker: ${protocol}:// is not possible, since the kit speaks MQTT without TLS (the ESP8266 has none): use mqtt://`,
    );
  if (isIPv6(address.host))
    throw new Error(
      `--broker: boards speak IPv4 only: expected a name or an IPv4 address, got [${address.host}]`,
    );
  for (const [name, value = ''] of [
    ['user name', address.user],
    ['password', address.password],
  ] as const)
    if (Buffer.byteLength(value) > 64)
      throw new Error(`--broker: expected a ${name} of at most 64 bytes, got ${Buffer.byteLength(value)}`);
  return address;
}

export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${option}: expected a whole number from ${min} to ${max}, got ${quote(text)}`);
}

/** A value as it was typed, short enough for one sentence. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? text.slice(0, 40) + '…' : text);
}
