import * as v from 'valibot';
import type { BoardName, PinSettings } from '../../shared/settings';
import type {
  BrokerOptions,
  ClassroomConfig,
  KitEntry,
  NetworkOptions,
  ReportOptions,
  Text,
} from './classroom';
import {
  brokerPasswordRule,
  brokerUserRule,
  consolePasswordRule,
  hostRule,
  kindOf,
  reportPasswordRule,
  reportUserRule,
  shown,
  ssidRule,
  textProblem,
  wifiPasswordRule,
  type TextRule,
} from './texts';

/** How a key that must be there is written, for the message that it is not. */
const samples: Record<string, string> = {
  networks: "networks: [{ ssid: 'classroom', password: secret('WIFI_PASSWORD') }]",
  broker: "broker: { host: '192.168.0.10' }",
  kits: 'kits: [{ kit: 2 }]',
  ssid: "ssid: 'classroom'",
  host: "host: '192.168.0.10'",
  by: "by: 'http'",
  kit: 'kit: 2',
};

/** Sentences without the file's name: `lamp.holdMs: expected 1000 to 3600000 milliseconds, got 5`. */
export function schemaProblems(config: unknown): string[] {
  const result = v.safeParse(classroomSchema, config);
  if (result.success) return [];
  return result.issues.map((issue) => {
    const path = pathText((issue.path ?? []).map((item) => item.key));
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
}

/** `kits[1].pins.relay` */
export function pathText(keys: unknown[]): string {
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function whole(least: number, most: number, unit = '') {
  return value<number>(
    (input) => Number.isInteger(input) && (input as number) >= least && (input as number) <= most,
    `a whole number from ${least} to ${most}${unit}`,
  );
}

function text(rule: TextRule) {
  return v.custom<Text>(
    (input) => textProblem(input, rule) === undefined,
    (issue) => textProblem(issue.input, rule) ?? '',
  );
}

/** A value that a message may show. */
function value<T>(fits: (input: unknown) => boolean, expected: string) {
  return v.custom<T>(fits, (issue) => `expected ${expected}, got ${shown(issue.input)}`);
}

/** An object that has these keys and no other. */
function object<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    v.custom<object>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      (issue) => `expected { … }, got ${kindOf(issue.input)}`,
    ),
    v.strictObject(entries, (issue) => {
      const key = String(issue.path?.at(-1)?.key);
      return issue.expected === 'never'
        ? `is no setting here; the settings are ${Object.keys(entries).join(', ')}`
        : `is missing; write for example ${samples[key]}`;
    }),
  );
}

function list<Item extends v.GenericSchema>(item: Item, most: number) {
  const message = (issue: v.BaseIssue<unknown>) =>
    `expected a list of 1 to ${most} entries, got ${
      Array.isArray(issue.input) ? issue.input.length : kindOf(issue.input)
    }`;
  return v.pipe(v.array(item, message), v.minLength(1, message), v.maxLength(most, message));
}

const network = object({
  ssid: text(ssidRule),
  password: v.exactOptional(text(wifiPasswordRule)),
  hidden: v.exactOptional(value<boolean>((input) => typeof input === 'boolean', 'true or false')),
  priority: v.exactOptional(whole(0, 100)),
  country: v.exactOptional(
    value<string>(
      (input) => typeof input === 'string' && /^[A-Z]{2}$/.test(input),
      'two capitals such as "KR"',
    ),
  ),
}) satisfies v.GenericSchema<unknown, NetworkOptions>;

const broker = v.pipe(
  object({
    host: text(hostRule),
    port: v.exactOptional(whole(1, 65535)),
    user: v.exactOptional(text(brokerUserRule)),
    password: v.exactOptional(text(brokerPasswordRule)),
  }),
  // [MQTT-3.1.2-22] without a user name there is no password.
  v.check(
    (input) => input.password === undefined || input.user !== undefined,
    'has a password but no user, which MQTT does not allow; add user',
  ),
) satisfies v.GenericSchema<unknown, BrokerOptions>;

const report = v.pipe(
  object({
    by: value<ReportOptions['by']>(
      (input) => input === 'http' || input === 'tcp' || input === 'udp',
      '"http", "tcp" or "udp"',
    ),
    host: v.exactOptional(text(hostRule)),
    port: v.exactOptional(whole(1, 65535)),
    user: v.exactOptional(text(reportUserRule)),
    password: v.exactOptional(text(reportPasswordRule)),
    mqtt: v.exactOptional(value<boolean>((input) => typeof input === 'boolean', 'true or false')),
  }),
  v.check(
    (input) => input.password === undefined || input.user !== undefined,
    'has a password but no user; add user',
  ),
  v.check(
    (input) => input.by === 'http' || input.user === undefined,
    'has a user, which only HTTP can tell; leave it out or report by "http"',
  ),
) satisfies v.GenericSchema<unknown, ReportOptions>;

/** What a pin may be depends on the board, so that is the business of the wiring rules. */
const pin = value<number>((input) => typeof input === 'number' || typeof input === 'string', 'a GPIO number');

const level = v.exactOptional(value<0 | 1>((input) => input === 0 || input === 1, '0 or 1'));

const options = {
  board: v.exactOptional(
    value<BoardName>((input) => input === 'nodemcu' || input === 'esp32', '"nodemcu" or "esp32"'),
  ),
  pins: v.exactOptional(
    object({
      led: v.exactOptional(pin),
      relay: v.exactOptional(pin),
      dht22: v.exactOptional(pin),
      cds: v.exactOptional(pin as v.GenericSchema<PinSettings['cds']>),
      sda: v.exactOptional(pin),
      scl: v.exactOptional(pin),
    }),
  ),
  ledOn: level,
  relayOn: level,
  oled: v.exactOptional(
    v.custom<number>(
      (input) => input === 0 || input === 0x3c || input === 0x3d,
      (issue) =>
        `expected 0x3C, 0x3D or 0 for none, got ${shown(issue.input)}` +
        (issue.input === 0x78 || issue.input === 0x7a
          ? ` (the module prints twice the address: write 0x${(issue.input / 2).toString(16).toUpperCase()})`
          : ''),
    ),
  ),
  networks: v.exactOptional(list(network, 8)),
  broker: v.exactOptional(broker),
  report: v.exactOptional(report),
  echo: v.exactOptional(
    object({ udpPort: v.exactOptional(whole(1, 65535)), tcpPort: v.exactOptional(whole(1, 65535)) }),
  ),
  lamp: v.exactOptional(
    object({
      holdMs: v.exactOptional(whole(1000, 3_600_000, ' milliseconds')),
      darkBelow: v.exactOptional(whole(1, 1022)),
      brightFrom: v.exactOptional(whole(2, 1023)),
    }),
  ),
  telemetryMs: v.exactOptional(whole(2000, 3_600_000, ' milliseconds')),
  console: v.exactOptional(text(consolePasswordRule)),
};

const kit = object({
  kit: whole(1, 9999),
  mac: v.exactOptional(
    value<string>(
      (input) => typeof input === 'string' && /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(input),
      'six pairs of hexadecimal digits such as 5c:cf:7f:01:02:03',
    ),
  ),
  ...options,
}) satisfies v.GenericSchema<unknown, KitEntry>;

const classroomSchema = object({
  ...options,
  networks: list(network, 8),
  broker,
  kits: list(kit, 9999),
}) satisfies v.GenericSchema<unknown, ClassroomConfig>;
