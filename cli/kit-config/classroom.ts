import type { BoardName, LampSettings, PinSettings } from '../../shared/settings';

/** A text that must not lie in a file under version control: its value is a line of `.env`. */
export interface Secret {
  /** Name of the line, in capitals: `WIFI_PASSWORD`. */
  secret: string;
}

/** A text in UTF-8, or the name of the line in `.env` that holds it. */
export type Text = string | Secret;

/** What kits may share, and what each may have of its own. */
export interface KitOptions {
  /** The board; default `nodemcu`. */
  board?: BoardName;
  /**
   * GPIO numbers of the parts that sit elsewhere than docs/hardware.md says: `{ relay: 14 }`.
   * Those that all kits share count only for kits on the same board.
   */
  pins?: Partial<PinSettings>;
  /** Output level that lights the LED: 1 (default) when the LED goes to ground, 0 when it goes to 3.3 V. */
  ledOn?: 0 | 1;
  /** Output level that lights the lamp: 0 (default) for an active-low relay module, 1 for an active-high one. */
  relayOn?: 0 | 1;
  /** I2C address of the OLED, 0x3C (default) or 0x3D; 0 when none is fitted. */
  oled?: number;
  /** WiFi networks, 1 to 8. A kit's own replace the shared ones. */
  networks?: NetworkOptions[];
  /** The MQTT broker. A kit's own replaces the shared one, password and all. */
  broker?: BrokerOptions;
  /** Where telemetry is reported beside MQTT, or in its place: a gateway or another server. A kit's own replaces the shared one. */
  report?: ReportOptions;
  /** An echo for `lamplighter bench run --kit`: opens two ports to everybody in the network, `{}` the usual ones. Left out: none. */
  echo?: EchoOptions;
  /** When the lamp is lit and for how long; what is left out keeps its default. */
  lamp?: Partial<LampSettings>;
  /** Cadence of telemetry, sensors and display, in milliseconds, 2,000 to 3,600,000; default 10,000. */
  telemetryMs?: number;
  /** Password of the console over WiFi, 8 to 20 bytes. Without one that console stays closed. */
  console?: Text;
}

export interface NetworkOptions {
  /** Name of the network, 1 to 32 bytes; a Korean syllable takes three. */
  ssid: Text;
  /** WPA password, 8 to 63 bytes; leave it out for an open network. */
  password?: Text;
  /** The network does not announce its name. */
  hidden?: boolean;
  /** Higher is tried first, 0 (default) to 100; equals are tried in the order of this file. */
  priority?: number;
  /** Where the network stands, two capitals as `KR`: for the configuration of a Raspberry Pi. Kits do without. */
  country?: string;
}

export interface BrokerOptions {
  /** Host name or IPv4 address. Boards do not resolve names in `.local`. */
  host: Text;
  /** TCP port, 1 to 65535; default 1883. */
  port?: number;
  /** User name, 1 to 64 bytes; leave it out for a broker that asks for none. */
  user?: Text;
  /** Password, 1 to 64 bytes; needs a user. */
  password?: Text;
}

export interface ReportOptions {
  /** HTTP asks for an answer and sends what waited in batches; TCP asks for one for each reading; UDP asks for none. */
  by: 'http' | 'tcp' | 'udp';
  /** Host name or IPv4 address; default: the broker's host. */
  host?: Text;
  /** Port, 1 to 65535; default 5000 for HTTP, 9999 for TCP, 9998 for UDP. */
  port?: number;
  /** HTTP only: user name, 1 to 64 bytes, without a colon; leave it out for a server that asks for none. */
  user?: Text;
  /** Password, 1 to 64 bytes; needs a user. */
  password?: Text;
  /** False: telemetry goes this way only, and `telemetry` and `message` are not published; default true. */
  mqtt?: boolean;
}

export interface EchoOptions {
  /** UDP port, 1 to 65535; default 9999. */
  udpPort?: number;
  /** TCP port, 1 to 65535; default 9997. */
  tcpPort?: number;
}

export interface KitEntry extends KitOptions {
  /** Kit number, 1 to 9999: the kit listens on `iot/<kit>`. */
  kit: number;
  /**
   * The one board that may be this kit, as in `5c:cf:7f:01:02:03`, so that two boards are never swapped.
   * A board prints its own on the console when it starts. Left out: any board.
   */
  mac?: string;
}

/** What kit.config.ts holds: what all kits share, then the kits. */
export interface ClassroomConfig extends KitOptions {
  networks: NetworkOptions[];
  broker: BrokerOptions;
  kits: KitEntry[];
}

/** Gives the editor the types, and the config its checks while it is typed. */
export function defineClassroom(classroom: ClassroomConfig): ClassroomConfig {
  return classroom;
}

/** The value of a line in `.env`: read when a kit.json for a real board is written, never before. */
export function secret(name: string): Secret {
  return { secret: name };
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'secret' in value;
}
