import type Database from 'libsql';
import type { SensorConfig, Transport, Values } from '../../shared/live';
import { csvPage } from './csv-page';
import { Insertion } from './insertion';
import { newestValues } from './newest';
import type { Batch, CsvCursor, CsvPage, FlatRows, KnownSensor, Retention } from './protocol';
import { flatWidth } from './protocol';
import { openDatabase, rollBack } from './schema';
import { command, queryAll, queryOne } from './statement';
import { series } from './series';
import type { SeriesPoint, Span, StoredReading } from './store';
import { Tidying } from './tidying';
import { Tracks } from './tracks';

type FlatRow = [sensor: string, atMs: number, receivedMs: number, transport: Transport, data: string];

/** The history in its file, one call at a time. Every error but HistoryError is libsql's own. */
export class History {
  private readonly db: Database.Database;
  private readonly tracks: Tracks;
  private readonly insertion: Insertion;
  private readonly tidying: Tidying;
  private readonly sql: ReturnType<typeof statements>;
  private isDurable = false;

  constructor(
    file: string,
    private readonly retention: Retention,
  ) {
    this.db = openDatabase(file);
    this.tracks = new Tracks(this.db);
    this.insertion = new Insertion(this.db);
    this.tidying = new Tidying(this.db, this.tracks, retention);
    this.sql = statements(this.db);
  }

  /**
   * All batches in one transaction, except those whose key is known. A batch with a key is answered for, and its
   * sender forgets it: it goes to the disk itself, the others to the log that a power cut may shorten by a minute.
   * `retried` batches, if the last reading of them is there, were stored by the attempt that was not answered.
   */
  write(batches: Batch[], nowMs: number, retried: boolean): ('stored' | 'duplicate')[] {
    this.setDurable(batches.some(({ key }) => key !== undefined));
    return this.transaction(() => {
      if (retried && this.isStored(batches.at(-1)!.rows)) return batches.map(() => 'stored' as const);
      return batches.map((batch) => this.writeBatch(batch, nowMs));
    });
  }

  readings(
    sensor: string,
    { fromMs, toMs }: Span,
    limit: number,
  ): (StoredReading & { receivedMs: number })[] {
    const rows = this.sql.readings(sensor, fromMs, toMs, limit);
    return rows.reverse().map(([atMs, lateMs, transport, data]) => {
      return { sensor, atMs, receivedMs: atMs + lateMs, transport, values: JSON.parse(data) as Values };
    });
  }

  series(sensor: string, name: string, span: Span, points: number, nowMs: number): SeriesPoint[] {
    const id = this.sensorWithOpenMinute(sensor);
    if (id === undefined) return [];
    const { readings, minutes } = this.retention;
    const kept = { readingsMs: nowMs - readings, minutesMs: nowMs - minutes };
    return series(this.db, id, name, span, points, kept);
  }

  sensors(): KnownSensor[] {
    return [...this.tracks.all()].map(([id, { transport, seenMs, newest }]) => {
      return { id, transport, seenMs, values: newestValues(newest) };
    });
  }

  config(sensor: string): SensorConfig | undefined {
    const [data] = this.sql.config(sensor) ?? [];
    return data === undefined ? undefined : (JSON.parse(data) as SensorConfig);
  }

  configs(): [sensor: string, config: SensorConfig][] {
    const rows = this.sql.configs();
    return rows.map(([sensor, data]) => [sensor, JSON.parse(data) as SensorConfig]);
  }

  setConfig(sensor: string, config: SensorConfig): void {
    this.setDurable(true);
    this.sql.setConfig(sensor, JSON.stringify(config));
  }

  csv(sensor: string | undefined, span: Span, cursor: CsvCursor | undefined): CsvPage {
    return csvPage(this.db, sensor, span, cursor);
  }

  tidy(nowMs: number): boolean {
    return this.transaction(() => {
      return this.tidying.piece(nowMs);
    });
  }

  sync(): void {
    this.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** Whatever cannot be written any more is added up by the next one who opens the file. */
  close(): void {
    try {
      this.transaction(() => this.tracks.saveAll());
    } finally {
      this.db.close();
    }
  }

  private writeBatch({ key, rows }: Batch, nowMs: number): 'stored' | 'duplicate' {
    if (key !== undefined && this.sql.addKey(key, nowMs).changes === 0) return 'duplicate';
    for (let at = 0; at < rows.length; at += flatWidth) {
      const [atMs, receivedMs] = [rows[at + 1] as number, rows[at + 2] as number];
      const [transport, data] = [rows[at + 3] as Transport, rows[at + 4] as string];
      const track = this.tracks.findOrAdd(rows[at] as string, transport, receivedMs);
      this.insertion.add(track, atMs, receivedMs - atMs, transport, data);
      this.tracks.add(track, atMs, receivedMs, transport, JSON.parse(data) as Values);
    }
    this.insertion.flush();
    return 'stored';
  }

  private isStored(rows: FlatRows): boolean {
    const [sensor, atMs, receivedMs, , data] = rows.slice(-flatWidth) as FlatRow;
    return this.sql.isStored(sensor, atMs, receivedMs - atMs, data) !== undefined;
  }

  /** The sensor's number; what its open minute comes to is written if that is possible, else it is missing. */
  private sensorWithOpenMinute(name: string): number | undefined {
    try {
      return this.transaction(() => {
        const track = this.tracks.find(name);
        if (track) this.tracks.save(track);
        return track?.sensor;
      });
    } catch {
      return this.sql.sensorId(name)?.[0];
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
      this.tracks.flush();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.tracks.forget();
      this.insertion.forget();
      rollBack(this.db);
      throw error;
    }
  }
}

function statements(db: Database.Database) {
  return {
    addKey: command(db, 'INSERT INTO batch_key VALUES (?, ?) ON CONFLICT DO NOTHING'),
    isStored: queryOne(
      db,
      `SELECT 1 FROM reading WHERE sensor = (SELECT id FROM sensor WHERE name = ?)
       AND at_ms = ? AND late_ms = ? AND data = ?`,
    ),
    sensorId: queryOne<[number]>(db, 'SELECT id FROM sensor WHERE name = ?'),
    readings: queryAll<[atMs: number, lateMs: number, transport: Transport, data: string]>(
      db,
      `SELECT at_ms, late_ms, transport, data FROM reading
       WHERE sensor = (SELECT id FROM sensor WHERE name = ?) AND at_ms BETWEEN ? AND ?
       ORDER BY at_ms DESC, n DESC LIMIT ?`,
    ),
    config: queryOne<[data: string]>(db, 'SELECT data FROM config WHERE sensor = ?'),
    configs: queryAll<[sensor: string, data: string]>(db, 'SELECT sensor, data FROM config'),
    setConfig: command(db, 'INSERT OR REPLACE INTO config VALUES (?, ?)'),
  };
}
