import type Database from 'libsql';
import type { Packing } from './packing';
import type { Retention } from './protocol';
import { command, queryAll, queryOne } from './statement';
import { hourMs, startOf } from './sums';

/** Deleted in one piece: some milliseconds in which nothing else is written. */
const chunksPerPiece = 20;
const rowsPerPiece = 500;
/** Sensors looked at in one piece. */
const sensorsPerPiece = 100;

/** Deletes what is older than it is kept, one small piece at a time, sensor by sensor. */
export class Tidying {
  /** The last sensor that was looked at; 0 before a round begins. */
  private sensor = 0;
  private readonly sql: ReturnType<typeof statements>;

  constructor(
    db: Database.Database,
    private readonly packing: Packing,
    private readonly retention: Retention,
  ) {
    this.sql = statements(db);
  }

  /** True while the round is not over. To be called within a transaction. */
  piece(nowMs: number): boolean {
    if (this.sensor === 0) this.sql.deleteKeys(nowMs - this.retention.keys, rowsPerPiece);
    for (const [id, name] of this.sql.sensors(this.sensor, sensorsPerPiece)) {
      if (this.tidySensor(id, name, nowMs)) return true;
      this.sensor = id;
    }
    if (this.sql.sensors(this.sensor, 1).length > 0) return true;
    this.sensor = 0;
    return false;
  }

  /** True when something was deleted, and there may be more. */
  private tidySensor(id: number, name: string, nowMs: number): boolean {
    const { readings, minutes, hours } = this.retention;
    if (this.sql.chunk(id, cutoff(nowMs, readings))) return true;
    if (this.sql.minute(id, cutoff(nowMs, minutes))) return true;
    if (this.sql.hour(id, cutoff(nowMs, hours))) return true;
    // Silent for so long that nothing of it is left.
    if (this.sql.deleteSensor(id, cutoff(nowMs, hours)).changes > 0) this.packing.forgetSensor(name);
    return false;
  }
}

/** Whole hours: no chunk reaches beyond its own. */
const cutoff = (nowMs: number, keptMs: number): number => startOf(nowMs - keptMs, hourMs);

function statements(db: Database.Database) {
  return {
    sensors: queryAll<[id: number, name: string]>(
      db,
      'SELECT id, name FROM sensor WHERE id > ? ORDER BY id LIMIT ?',
    ),
    deleteKeys: command(
      db,
      'DELETE FROM batch_key WHERE key IN (SELECT key FROM batch_key WHERE at_ms < ? ORDER BY at_ms LIMIT ?)',
    ),
    deleteSensor: command(
      db,
      `DELETE FROM sensor WHERE id = ? AND seen_ms < ?
       AND NOT EXISTS (SELECT 1 FROM chunk WHERE sensor = sensor.id)
       AND NOT EXISTS (SELECT 1 FROM minute WHERE sensor = sensor.id)
       AND NOT EXISTS (SELECT 1 FROM hour WHERE sensor = sensor.id)
       AND NOT EXISTS (SELECT 1 FROM config WHERE config.sensor = sensor.name)`,
    ),
    chunk: deletion(db, 'chunk', 'from_ms', chunksPerPiece),
    minute: deletion(db, 'minute', 'at_ms', rowsPerPiece),
    hour: deletion(db, 'hour', 'at_ms', rowsPerPiece),
  };
}

/** Deletes some rows before a time; false when there are none. Of many rows of one moment all go. */
function deletion(
  db: Database.Database,
  table: string,
  time: string,
  count: number,
): (sensor: number, cutoffMs: number) => boolean {
  const first = queryOne<[number]>(
    db,
    `SELECT ${time} FROM ${table} WHERE sensor = ? AND ${time} < ? ORDER BY ${time} LIMIT 1`,
  );
  const end = queryOne<[number]>(
    db,
    `SELECT ${time} FROM ${table} WHERE sensor = ? AND ${time} < ? ORDER BY ${time} LIMIT 1 OFFSET ${count}`,
  );
  const remove = command(db, `DELETE FROM ${table} WHERE sensor = ? AND ${time} < ?`);
  return (sensor, cutoffMs) => {
    const [firstMs] = first(sensor, cutoffMs) ?? [];
    if (firstMs === undefined) return false;
    const [endMs] = end(sensor, cutoffMs) ?? [cutoffMs];
    remove(sensor, Math.max(endMs, firstMs + 1));
    return true;
  };
}
