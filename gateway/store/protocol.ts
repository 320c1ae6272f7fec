import type { SensorConfig, Transport, Values } from '../../shared/live';
import type { HistoryProblem } from './history-error';
import type { SeriesPoint, Span, StoredReading } from './store';

/** Readings that belong together, as the journal keeps them; with a key they are stored once. */
export interface Batch {
  key?: string;
  /** As `textOf` makes it of each reading, with commas between them; pieces of it are joined by commas, too. */
  text: string | Uint8Array[];
  /** Of readings. */
  count: number;
}

/** How long a row is kept, in milliseconds; Infinity keeps it for ever. */
export interface Retention {
  readings: number;
  minutes: number;
  hours: number;
  keys: number;
}

export interface KnownSensor {
  id: string;
  transport: Transport;
  seenMs: number;
  values: Values;
}

/** Where the next page of an export begins. */
export interface CsvCursor {
  atMs: number;
  /** How much time to look at for the next page. */
  windowMs: number;
}

export interface CsvPage {
  text: string;
  /** Absent after the last page. */
  next?: CsvCursor;
}

/** What the thread can be asked for, and its answer. */
export interface Calls {
  open(file: string, retention: Retention): void;
  /** All in one transaction. A write that is `retried` may have been done before without an answer: its name tells. */
  write(name: string, batches: Batch[], nowMs: number, retried: boolean): ('stored' | 'duplicate')[];
  readings(sensor: string, span: Span, limit: number): (StoredReading & { receivedMs: number })[];
  series(sensor: string, name: string, span: Span, points: number, nowMs: number): SeriesPoint[];
  sensors(): KnownSensor[];
  config(sensor: string): SensorConfig | undefined;
  configs(): [sensor: string, config: SensorConfig][];
  setConfig(sensor: string, config: SensorConfig): void;
  csv(sensor: string | undefined, span: Span, cursor: CsvCursor | undefined): CsvPage;
  /** Deletes a small piece of what is too old; true while there is more. */
  tidy(nowMs: number): boolean;
  /** Brings what was committed to the disk itself, so that a power cut cannot take it any more. */
  sync(): void;
  close(): void;
}

export type CallName = keyof Calls;

export interface Request {
  id: number;
  call: CallName;
  args: unknown[];
  nowMs: number;
}

export type Reply =
  | { id: number; result: unknown }
  | { id: number; error: { problem: HistoryProblem; message: string } }
  /** A damaged file has been put aside, and a new one begun. */
  | { movedTo: string; reason: string };
