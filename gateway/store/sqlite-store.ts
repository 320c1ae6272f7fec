import type { SensorConfig } from '../../shared/live';
import { Locked, lockFile } from '../file-lock';
import { Connection } from './connection';
import { csvHeader } from './csv';
import { HistoryError, historyError, isPassing } from './history-error';
import type { CsvCursor, KnownSensor } from './protocol';
import { retentionOf } from './retention';
import type { KeyedBatch, SeriesPoint, Span, Store, StoreCounters, StoredReading } from './store';
import { realTimers, type Timers } from './timers';
import { Writer } from './writer';

export interface SqliteStoreOptions {
  /** Made if it is not there, with its folder. */
  file: string;
  /** How long readings are kept, 0 for ever; retention.ts has the rest. */
  retentionDays: number;
  now: () => number;
  /** Told a sentence at each change: what is wrong, and when all is well again. */
  say: (sentence: string) => void;
  timers?: Timers;
  /** Readings that may wait in memory while they cannot be written. */
  waitingMax?: number;
}

/** Four hours of 30 sensors, some 20 MB. */
const waitingMaxDefault = 50_000;
/** How often old rows are deleted, and what was committed is brought to the disk itself. */
const tidyEveryMs = 60_000;
/** SIGTERM leaves two seconds in all. */
const stopMsMax = 1500;
const keyLengthMax = 255;
const readingsMax = 10_000;
const pointsMax = 5000;

/** Of this process. */
let stores = 0;

/** The history in one SQLite file, written by a thread of its own so that a slow card stalls nobody. */
export class SqliteStore implements Store {
  private readonly timers: Timers;
  private readonly connection: Connection;
  private readonly writer: Writer;
  private tidyTimer: unknown;
  private isRunning = false;
  private unlock: () => void = () => undefined;

  constructor(private readonly options: SqliteStoreOptions) {
    const { file, now, say, waitingMax = waitingMaxDefault } = options;
    this.timers = options.timers ?? realTimers;
    this.connection = new Connection({ file, now, say, retention: retentionOf(options.retentionDays) });
    this.writer = new Writer({
      ...{ file, say, waitingMax, timers: this.timers },
      name: `${now()}-${++stores}`,
      write: (name, batches, retried) => this.connection.call('write', name, batches, now(), retried),
    });
  }

  get counters(): Readonly<StoreCounters> {
    return this.writer.counters;
  }

  get trouble(): string | undefined {
    return this.writer.trouble;
  }

  /**
   * Rejects with a sentence when the file cannot be used, or another process is using it; a full disk is said, and
   * waited for.
   */
  async start(): Promise<void> {
    try {
      this.unlock = lockOf(this.options.file);
      await this.connection.call('sync');
    } catch (error) {
      if (!isPassing(error as HistoryError)) {
        this.unlock();
        throw error;
      }
      this.writer.begin((error as HistoryError).message);
    }
    this.isRunning = true;
    this.planTidying();
  }

  /** What cannot be written within 1.5 s is lost, and said to be. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.timers.clear(this.tidyTimer);
    let timer: unknown;
    const tooLong = new Promise<void>((resolve) => (timer = this.timers.set(resolve, stopMsMax)));
    await Promise.race([this.finish(), tooLong]);
    this.timers.clear(timer);
    await this.connection.end();
    this.unlock();
    const { waiting } = this.counters;
    if (waiting > 0)
      this.options.say(`${this.options.file}: ${waiting} readings could not be written before the end`);
  }

  append(readings: readonly StoredReading[]): void {
    this.writer.add(readings, this.options.now());
  }

  appendOnce({ key, readings }: KeyedBatch): Promise<'stored' | 'duplicate'> {
    if (key.length > keyLengthMax) {
      return Promise.reject(new Error(`key: expected at most ${keyLengthMax} characters, got ${key.length}`));
    }
    return this.writer.addOnce(key, readings, this.options.now());
  }

  readings(sensor: string, span: Span, limit: number): Promise<(StoredReading & { receivedMs: number })[]> {
    this.writer.hurry();
    return this.connection.call('readings', sensor, span, Math.min(limit, readingsMax));
  }

  series(sensor: string, name: string, span: Span, points: number): Promise<SeriesPoint[]> {
    this.writer.hurry();
    return this.connection.call(
      'series',
      sensor,
      name,
      span,
      Math.min(points, pointsMax),
      this.options.now(),
    );
  }

  sensors(): Promise<KnownSensor[]> {
    return this.connection.call('sensors');
  }

  config(sensor: string): Promise<SensorConfig | undefined> {
    return this.connection.call('config', sensor);
  }

  async configs(): Promise<Map<string, SensorConfig>> {
    return new Map(await this.connection.call('configs'));
  }

  setConfig(sensor: string, config: SensorConfig): Promise<void> {
    return this.connection.call('setConfig', sensor, config);
  }

  /** Between two pieces readings are written, so that an export of years holds up nobody. */
  async *csv(sensor: string | undefined, span: Span): AsyncGenerator<string> {
    yield csvHeader;
    let cursor: CsvCursor | undefined;
    do {
      const page = await this.connection.call('csv', sensor, span, cursor);
      cursor = page.next;
      if (page.text) yield page.text;
    } while (cursor);
  }

  private async finish(): Promise<void> {
    await this.writer.drain();
    await this.connection.call('close').catch(() => undefined);
  }

  private planTidying(): void {
    this.tidyTimer = this.timers.set(() => void this.tidy(), tidyEveryMs);
  }

  /** What goes wrong here goes wrong with the next readings too, and is said then. */
  private async tidy(): Promise<void> {
    try {
      await this.connection.call('sync');
      while (this.isRunning && (await this.connection.call('tidy', this.options.now())));
    } catch (error) {
      if (!isPassing(error as HistoryError)) this.options.say((error as HistoryError).message);
    }
    if (this.isRunning) this.planTidying();
  }
}

/** Two that write to one file would each move what the other has written. Readers need no lock and are not kept out. */
function lockOf(file: string): () => void {
  try {
    return lockFile(file);
  } catch (error) {
    if (!(error instanceof Locked)) throw historyError(error, file);
    throw new HistoryError(
      'taken',
      `${file}: ${error.holder} keeps its history there: end that gateway, or choose another file with --data`,
    );
  }
}
