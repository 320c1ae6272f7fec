import type Database from 'libsql';
import type { SensorConfig, Transport } from '../../shared/live';
import { Chunks } from './chunks';
import { csvPage } from './csv-page';
import { historyProblem } from './history-error';
import { Journal } from './journal';
import { decodeNewest, newestValues } from './newest';
import { Packing } from './packing';
import type { Batch, CsvCursor, CsvPage, KnownSensor, Retention } from './protocol';
import { openDatabase, rollBack } from './schema';
import { series } from './series';
import { command, queryAll, queryOne } from './statement';
import type { SeriesPoint, Span, StoredReading } from './store';
import { Tidying } from './tidying';

/** So many readings wait in the journal at least, before they are moved to their places: some 10 ms of work. */
const packedTogether = 2000;
/** With many sensors more of them, so that each has several. */
const packedPerSensor = 10;
const packedTogetherMax = 10_000;
/** Beyond it nothing is taken until they can be moved. */
const journalMax = 20_000;
/** How long they wait at most, so that there is not much to do at the next start. */
const packEveryMs = 300_000;

/** The history in its file, one call at a time. Every error but HistoryError is libsql's own. */
export class History {
  private readonly db: Database.Database;
  private readonly journal: Journal;
  private readonly chunks: Chunks;
  private readonly packing: Packing;
  private readonly tidying: Tidying;
  private readonly sql: ReturnType<typeof statements>;
  private isDurable = false;
  private packedMs = -Infinity;

  constructor(
    file: string,
    private readonly retention: Retention,
  ) {
    this.db = openDatabase(file);
    this.journal = new Journal(this.db);
    this.chunks = new Chunks(this.db);
    this.packing = new Packing(this.db);
    this.tidying = new Tidying(this.db, this.packing, retention);
    this.sql = statements(this.db);
  }

  /**
   * All batches in one transaction, except those whose key is known. A batch with a key is answered for, and its
   * sender forgets it: it goes to the disk itself, the others to the log that a power cut may shorten by a minute.
   * A write that is `retried` may have been done before without an answer: its name tells.
   */
  write(name: string, batches: Batch[], nowMs: number, retried: boolean): ('stored' | 'duplicate')[] {
    if (this.journal.count > journalMax) this.pack();
    this.setDurable(batches.some(({ key }) => key !== undefined));
    let text = '[]';
    let count = 0;
    const outcomes = this.transaction(() => {
      if (retried && this.journal.has(name)) return batches.map(() => 'stored' as const);
      const outcomes = batches.map(({ key }) => {
        return key === undefined || this.sql.addKey(key, nowMs).changes > 0 ? 'stored' : 'duplicate';
      });
      const stored = batches.filter(({ count }, index) => count > 0 && outcomes[index] === 'stored');
      text = `[${stored.map((batch) => joined(batch.text)).join(',')}]`;
      count = stored.reduce((sum, batch) => sum + batch.count, 0);
      this.journal.add(name, text);
      return outcomes;
    });
    this.journal.taken(text, count);
    return outcomes;
  }

  /** To be called when nobody waits: moves readings to their places once there are enough of them. */
  packIfDue(): void {
    const { journal, packing } = this;
    const enough = Math.min(Math.max(packedTogether, packedPerSensor * packing.sensors), packedTogetherMax);
    if (journal.count >= enough) this.tryToPack();
  }

  readings(sensor: string, span: Span, limit: number): (StoredReading & { receivedMs: number })[] {
    this.tryToPack();
    const [id] = this.sql.sensorId(sensor) ?? [];
    if (id === undefined) return [];
    return this.chunks.newest(id, span, limit).map((reading) => ({ sensor, ...reading }));
  }

  series(sensor: string, name: string, span: Span, points: number, nowMs: number): SeriesPoint[] {
    this.tryToPack();
    const [id] = this.sql.sensorId(sensor) ?? [];
    if (id === undefined) return [];
    const { readings, minutes } = this.retention;
    const kept = { readingsMs: nowMs - readings, minutesMs: nowMs - minutes };
    return series(this.db, this.chunks, id, name, span, points, kept);
  }

  sensors(): KnownSensor[] {
    this.tryToPack();
    return this.sql.sensors().map(([id, transport, seenMs, newest]) => {
      return { id, transport, seenMs, values: newestValues(decodeNewest(newest)) };
    });
  }

  config(sensor: string): SensorConfig | undefined {
    const [data] = this.sql.config(sensor) ?? [];
    return data === undefined ? undefined : (JSON.parse(data) as SensorConfig);
  }

  configs(): [sensor: string, config: SensorConfig][] {
    return this.sql.configs().map(([sensor, data]) => [sensor, JSON.parse(data) as SensorConfig]);
  }

  setConfig(sensor: string, config: SensorConfig): void {
    this.setDurable(true);
    this.sql.setConfig(sensor, JSON.stringify(config));
  }

  csv(sensor: string | undefined, span: Span, cursor: CsvCursor | undefined): CsvPage {
    if (!cursor) this.tryToPack();
    const { lines, next } = csvPage(this.db, sensor, span, cursor);
    return { text: lines.map(([, text]) => text).join(''), ...(next && { next }) };
  }

  tidy(nowMs: number): boolean {
    if (nowMs - this.packedMs >= packEveryMs) {
      this.pack();
      this.packedMs = nowMs;
    }
    return this.transaction(() => this.tidying.piece(nowMs));
  }

  sync(): void {
    this.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** What cannot be moved to its place any more is moved by the next one who opens the file. */
  close(): void {
    try {
      this.pack();
      // Everything in one file: somebody may copy it.
      this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.db.close();
    }
  }

  private pack(): void {
    if (this.journal.count === 0) return;
    this.transaction(() => this.packing.pack(this.journal));
    this.journal.emptied();
  }

  /** On a full disk what waits in the journal is missing in an answer, and stays where it is. */
  private tryToPack(): void {
    try {
      this.pack();
    } catch (error) {
      if (isDamage(error)) throw error;
    }
  }

  private setDurable(durable: boolean): void {
    if (durable === this.isDurable) return;
    this.db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.isDurable = durable;
  }

  private transaction<Result>(work: () => Result): Result {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.packing.forget();
      rollBack(this.db);
      throw error;
    }
  }
}

/** A Uint8Array has crossed from the other thread; a Buffer over the same bytes reads it at once. */
function joined(text: string | Uint8Array[]): string {
  if (typeof text === 'string') return text;
  return text
    .map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length).toString())
    .join(',');
}

const isDamage = (error: unknown): boolean => historyProblem(error) === 'corrupt';

function statements(db: Database.Database) {
  return {
    addKey: command(db, 'INSERT INTO batch_key VALUES (?, ?) ON CONFLICT DO NOTHING'),
    sensorId: queryOne<[number]>(db, 'SELECT id FROM sensor WHERE name = ?'),
    sensors: queryAll<[name: string, transport: Transport, seenMs: number, newest: string]>(
      db,
      'SELECT name, transport, seen_ms, newest FROM sensor ORDER BY name',
    ),
    config: queryOne<[data: string]>(db, 'SELECT data FROM config WHERE sensor = ?'),
    configs: queryAll<[sensor: string, data: string]>(db, 'SELECT sensor, data FROM config'),
    setConfig: command(db, 'INSERT OR REPLACE INTO config VALUES (?, ?)'),
  };
}
