import type { Answer, BrokerState, KitCommand, SensorConfig, SensorView } from '../../shared/live';
import type { Identity } from '../broker/access';
import type { Reading, Source } from '../reading';
import type { Store } from '../store/store';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Users and their passwords. */
export interface Credentials {
  /**
   * Undefined when the user or the password is wrong; takes some 50 ms the first time. Rejects with `NotNow` when too
   * many wait, or too many wrong ones came from the address.
   */
  verify(name: string, password: string, address: string): Promise<Identity | undefined>;
  /** What the user may do now; undefined once removed, another object once changed. */
  identity(name: string): Identity | undefined;
  /** Whether a user is there who may report as this kit and is one. */
  hasKit(kit: number): boolean;
  /** Tells after each change of any user. */
  onChange(listener: () => void): void;
}

/** The sensors that have reported, kits among them. */
export interface Sensors {
  views(): SensorView[];
  view(id: string): SensorView | undefined;
  /** Remembers what was stored, and tells the dashboards. */
  setConfig(id: string, config: SensorConfig): void;
}

/** The way every reading takes, whatever it came on. */
export interface Ingestion {
  /** Throws a `ReadingError`. The name of the sensor is not checked. */
  parse(json: unknown, sensor: string): Reading;
  /** Registry, store and dashboards; returns at once. Throws one sentence when there is no room for one more sensor. */
  take(readings: readonly Reading[], source: Source): void;
  /** The same for a batch that counts once, however often it is sent; resolves when it is on disk. */
  takeOnce(key: string, readings: readonly Reading[], source: Source): Promise<'stored' | 'duplicate'>;
}

export interface Commands {
  /** Resolves within 5 s and does not reject. */
  send(kit: number, command: KitCommand): Promise<Answer>;
}

/** Where MQTT over WebSocket goes. */
export interface MqttDoor {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** A line of the log: what it is about, and the sentence. */
export interface Log {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** Numbers by camelCase name, under the name of the room that counts them. */
export type Counters = Record<string, object>;

/** The rest of the gateway, as its web server sees it. */
export interface Rooms {
  credentials: Credentials;
  sensors: Sensors;
  ingestion: Ingestion;
  commands: Commands;
  store: Pick<Store, 'readings' | 'series' | 'config' | 'setConfig' | 'csv' | 'trouble'>;
  /** Absent with a broker that runs elsewhere. */
  mqtt?: MqttDoor;
  broker(): BrokerState;
  /** Of every room but this one. */
  counters(): Counters;
}
