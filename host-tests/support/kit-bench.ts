import type { Packet } from 'mqtt-packet';
import type { KitSettings, ReportSettings } from '../../shared/settings';
import type { Caller } from './caller';
import type { ReceiverPlace } from './receiver';

/**
 * A kit on the bench: a board that runs the finished bundle, the parts around it, and a client at the
 * same broker. What lies below differs (the virtual board in virtual time, the virtual board on real
 * sockets, the real interpreter), so a case takes time only through `advance` and `until`.
 */
export interface Bench {
  /** What the kit was configured with. */
  readonly settings: KitSettings;
  /** How much later than promised something may be seen, ms: 0 where time is virtual. */
  readonly slackMs: number;
  readonly lamp: Output;
  readonly led: Output;
  readonly oled: Display;
  /** What the kit has published, oldest first. */
  readonly messages: readonly Message[];
  /** Lines of the board's serial console. */
  readonly console: readonly string[];
  /** What the kit reports to; only when the case asks for it. */
  readonly server: ReceiverPlace | undefined;
  /** Who calls the kit; only when the case asks for it. */
  readonly caller: Caller | undefined;
  /** When the DHT22 was asked for a reading, ms. */
  readonly readings: readonly number[];
  /** What the board lets anybody into: both are open until the firmware closes them. */
  readonly doors: { accessPoint: boolean; telnet: boolean };

  /** Milliseconds; only differences mean anything. */
  now(): number;
  advance(ms: number): Promise<void>;
  /** Lets time pass until `fact` holds; throws a sentence with `what` when it does not within `withinMs`. */
  until(what: string, fact: () => boolean, withinMs: number): Promise<void>;

  /** Publishes as any MQTT tool does. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: { qos?: 0 | 1; retain?: boolean },
  ): Promise<void>;
  /** What a newcomer who subscribes to `topic` now is told first; undefined when nothing is retained. */
  retained(topic: string): Promise<string | undefined>;

  /** Light that falls on the sensor, 0..1023. */
  setLight(level: number): void;
  /** What the DHT22 measures; `silent` does not answer. */
  setClimate(climate: Climate): void;
  setOledFitted(fitted: boolean): void;
  /** The access point goes off the air, or comes back. */
  setWifi(on: boolean): void;
  /** The button on the board. */
  reset(): void;
}

export interface Message {
  topic: string;
  /** One character for each byte. */
  bytes: string;
  /** The same read as UTF-8. */
  text: string;
  qos: number;
  atMs: number;
}

export interface Climate {
  temperatureC: number;
  humidityPct: number;
  silent?: boolean;
}

/** What the board drives: lamp or LED. */
export interface Output {
  readonly lit: boolean;
  /** Each change between lit and dark since power-on; the first says how it began. */
  readonly history: readonly { atMs: number; lit: boolean }[];
}

export interface Display {
  /** 128x64, row by row, 1 where it shines. */
  readonly pixels: Uint8Array;
}

/** A bench whose broker does exactly what it is told to, and tells every packet. */
export interface WireBench extends Bench {
  /** Packets from the kit, oldest first. */
  readonly packets: readonly { atMs: number; packet: Packet }[];
  /** Sends the kit these packets as they stand. */
  deliver(...packets: Packet[]): void;
  /** False: what the kit sends with QoS 1 is not acknowledged. */
  setAcknowledging(on: boolean): void;
  /** False: the broker does not answer SUBSCRIBE. */
  setGranting(on: boolean): void;
  /** The broker ends the session. */
  drop(): void;
}

/** How the kit is before a case begins: on its usual pins and in daylight, unless this says otherwise. */
export interface Given {
  /** Changes to the configuration. */
  settings?: Partial<KitSettings>;
  /** The kit reports, to a server of its own. */
  report?: Pick<ReportSettings, 'by' | 'user' | 'password' | 'mqtt'> & { host?: string };
  /** There is a caller: the kit is to listen to it, or just not. */
  caller?: 'heard' | 'unheard';
  /** In place of dist/firmware.js, where the board is a virtual one. */
  firmware?: string;
  /** What lies in the flash instead of a kit.json; empty for nothing. */
  kitJson?: string;
  light?: number;
  climate?: Climate;
  noOled?: boolean;
  noWifi?: boolean;
  /** The case begins when the board is powered on: else once the kit is online and has sent its first telemetry. */
  fromPowerOn?: boolean;
}

/** One sentence of what the kit promises. */
export interface Case<B extends Bench = Bench> {
  title: string;
  /** True when it is worth real seconds, too. */
  main?: boolean;
  given?: Given;
  run(bench: B): Promise<void>;
}

/** Waits until a case may begin on a board that was powered on; `slackMs` is what the first reading may take. */
export async function untilReady(bench: Bench, given: Given, slackMs: number): Promise<void> {
  if (given.fromPowerOn) return;
  const prefix = `iot/${bench.settings.kit}`;
  const has = (topic: string): boolean => bench.messages.some((message) => message.topic === prefix + topic);
  await bench.until('the kit to be online', () => has('/state'), 30_000);
  await bench.until('the first telemetry', () => has('/telemetry'), bench.settings.telemetryMs + slackMs);
}
