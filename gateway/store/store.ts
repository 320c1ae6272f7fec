import type { SensorConfig, Transport, Values } from '../../shared/live';
import type { Reading } from '../reading';

export interface StoredReading extends Reading {
  transport: Transport;
}

/** A stretch of time; both ends are included, in milliseconds since 1970. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** One point of a chart: a bucket of time, or one reading when `count` is 1. */
export interface SeriesPoint {
  atMs: number;
  mean: number;
  min: number;
  max: number;
  count: number;
}

/** What is remembered of a batch that carried an idempotency key. */
export interface KeyedBatch {
  key: string;
  readings: StoredReading[];
}

/** The history. Everything but `append` is asynchronous: the database lives in a thread of its own. */
export interface Store {
  /** Takes readings over; they are on disk at most 100 ms or 500 rows later. Never throws, never blocks. */
  append(readings: readonly StoredReading[]): void;
  /**
   * Stores a batch unless one with its key was stored before; resolves when it is on disk.
   * `duplicate` batches leave nothing behind. Rejects when it cannot be stored (disk full, queue full).
   */
  appendOnce(batch: KeyedBatch): Promise<'stored' | 'duplicate'>;
  /** Newest last; the newest `limit` ones of the span. */
  readings(sensor: string, span: Span, limit: number): Promise<(StoredReading & { receivedMs: number })[]>;
  /** At most `points` buckets of one numeric value: readings as they are, or minutes, or hours, whatever fits. */
  series(sensor: string, name: string, span: Span, points: number): Promise<SeriesPoint[]>;
  /** Every sensor that the history knows, with its newest values: what the registry starts from. */
  sensors(): Promise<{ id: string; transport: Transport; seenMs: number; values: Values }[]>;
  config(sensor: string): Promise<SensorConfig | undefined>;
  configs(): Promise<Map<string, SensorConfig>>;
  setConfig(sensor: string, config: SensorConfig): Promise<void>;
  /** CSV in pieces of some kilobytes, header first, oldest first; all sensors when none is named. */
  csv(sensor: string | undefined, span: Span): AsyncIterable<string>;
  /** Undefined while all is well; a sentence while readings cannot be written (disk full) and are kept in memory. */
  readonly trouble: string | undefined;
  readonly counters: Readonly<StoreCounters>;
  start(): Promise<void>;
  /** Writes what waits, and closes. */
  stop(): Promise<void>;
}

export interface StoreCounters {
  /** Rows written. */
  stored: number;
  /** Rows that wait in memory. */
  waiting: number;
  /** Rows given up since memory for them was full. */
  dropped: number;
  commits: number;
}
