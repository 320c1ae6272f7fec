/**
 * What the gateway and its dashboard say to each other over the WebSocket `/live`: a frame is a JSON array of these
 * events, one or more, in their order. Times are milliseconds since 1970 by the clock of the gateway.
 */

export type Transport = 'mqtt' | 'tcp' | 'udp' | 'http';

export type Value = number | boolean | string;

/** Measured values by name: `temperature` (degrees Celsius), `humidity` (percent), `light` (0..1023) and whatever else came. */
export interface Values {
  [name: string]: Value;
}

/** A sensor as the gateway knows it; a kit is the sensor `kit_<kit>`. */
export interface SensorView {
  id: string;
  /** How the last reading came. */
  transport: Transport;
  /** When the last reading, or sign of life, came in; 0 for a kit that has said nothing yet. */
  seenMs: number;
  /** Readings since the gateway has started. */
  count: number;
  /** The newest value of each name. */
  values: Values;
  config?: SensorConfig;
  kit?: KitView;
}

/** What a person has set for a sensor. */
export interface SensorConfig {
  /** Seconds between readings; a sensor that is silent for three of them counts as late. */
  interval: number;
  /** Limits by the name of the value; what lies outside is marked. */
  thresholds: { [name: string]: { min?: number; max?: number } };
}

export type KitStatus = 'online' | 'offline' | 'safe-mode' | 'unknown';

/** What a kit has said about itself. What it has not said is absent. */
export interface KitView {
  kit: number;
  status: KitStatus;
  lamp?: 'ON' | 'OFF';
  /** `boot`, `command`, `dusk` or `hold-over`. */
  cause?: string;
  /** When the lit lamp goes off; absent when it is off, and when that is not known, as after a retained state. */
  lampEndsMs?: number;
  led?: 'ON' | 'OFF';
  dark?: boolean;
  board?: string;
  version?: string;
  ip?: string;
  mac?: string;
  /** It has published only the texts (`message`, `dht22`, ...) so far, neither `state` nor `telemetry`. */
  textsOnly: boolean;
  /** As in kit.config.ts, when the gateway has that file. */
  settings?: { holdMs: number; darkBelow: number; brightFrom: number; telemetryMs: number };
}

/** From the gateway to a browser. */
export type LiveEvent =
  /** The first event of a connection, and whenever the browser was too slow to be told each change. */
  | { type: 'all'; nowMs: number; version: string; broker: BrokerState; sensors: SensorView[] }
  | { type: 'reading'; sensor: string; transport: Transport; atMs: number; seenMs: number; values: Values }
  /** The kit has changed; readings of it come as `reading`. */
  | { type: 'kit'; seenMs: number; kit: KitView }
  | { type: 'config'; sensor: string; config: SensorConfig }
  | { type: 'broker'; broker: BrokerState }
  /** To those who watch the kit. */
  | KitMessage
  /** To who begins to watch a kit: what came before, the newest 50 at most, the oldest first. */
  | { type: 'messages'; messages: readonly KitMessage[] }
  /** To the one who asked. */
  | { type: 'answer'; id: number; answer: Answer };

/** A message on `iot/<kit>` or below it. */
export interface KitMessage {
  type: 'message';
  kit: number;
  atMs: number;
  topic: string;
  payload: string;
  retained: boolean;
}

export type BrokerState = 'connected' | 'lost';

/** What became of a command: the kit's answer, the reason why it was not sent, or that no answer came within 4 s. */
export type Answer =
  /** `text` is the reply to a request for a reading: `Temperature is 25.50`. */
  | { outcome: 'ok'; text?: string; lamp?: 'ON' | 'OFF'; led?: 'ON' | 'OFF'; remaining?: number }
  | { outcome: 'refused'; error: string }
  | { outcome: 'no answer' };

/** From a browser to the gateway, one JSON object a frame. */
export type LiveRequest =
  /** `id` is chosen by the browser and comes back in the answer; the command is one of `kitCommands`. */
  | { type: 'command'; id: number; kit: number; command: KitCommand }
  /** Which kit's messages to tell from now on; 0 for none. */
  | { type: 'watch'; kit: number };

export type KitCommand =
  | 'led'
  | 'LED/ON'
  | 'LED/OFF'
  | 'USBLED'
  | 'USBLED/ON'
  | 'USBLED/OFF'
  | 'dht22'
  | 'dht22_t'
  | 'dht22_h'
  | 'cds';
