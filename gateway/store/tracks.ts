import type Database from 'libsql';
import type { Transport, Values } from '../../shared/live';
import { decodeNewest, encodeNewest, type Newest, takeNewest } from './newest';
import { Rows } from './rows';
import { command, type Parameter, queryAll, queryOne } from './statement';
import { addSum, addValues, type Bucket, hourMs, minuteMs, noBucket, startOf, type Sum } from './sums';

/** Sensors whose open minute is remembered, about 1 kB each; the one taken up first goes first. */
const tracksMax = 4000;

/** So often is the row of a sensor written; at the start so many of its readings are looked at. */
const openMsMax = 5 * minuteMs;

/** What is remembered of a sensor between its readings. */
export interface Track {
  sensor: number;
  transport: Transport;
  /** When the latest reading came in. */
  seenMs: number;
  newest: Newest;
  /** From when on its readings have to be added up again by whoever takes it up, as its row says. */
  openMs: number;
  /** No reading is later; if there is one of that millisecond, `lastN` is the number of the last one. */
  lastMs: number;
  lastN: number;
  /** The minute and the hour of that time; what they come to is not written yet. */
  minute: Bucket;
  hour: Bucket;
  unsaved: boolean;
}

type SensorRow = [id: number, transport: Transport, seenMs: number, openMs: number, newest: string];
type ReadingRow = [atMs: number, n: number, lateMs: number, transport: Transport, data: string];
type SumRow = [name: string, count: number, sum: number, min: number, max: number];
type SumQuery = (...parameters: Parameter[]) => SumRow[];
type Command = ReturnType<typeof command>;

/**
 * Minutes, hours and newest values of all sensors. A minute is written when the next one begins, in the transaction
 * that stores the reading that begins it; until then it is what its readings come to, so that nothing is lost with
 * the process: whoever takes a sensor up again adds up its readings from `open_ms` on. Written at each reading
 * instead, three more pages would go to the card each time.
 */
export class Tracks {
  private readonly tracks = new Map<string, Track>();
  private readonly sql: ReturnType<typeof statements>;

  /** Minutes that are over, written before anybody looks for them. */
  private readonly minutes: Rows;

  constructor(db: Database.Database) {
    this.minutes = new Rows(db, 'INSERT OR REPLACE INTO minute', 7);
    this.sql = statements(db);
  }

  /** After a transaction that failed: what is remembered is more than what is stored. */
  forget(): void {
    this.tracks.clear();
    this.minutes.forget();
  }

  /** At the end of a transaction. */
  flush(): void {
    this.minutes.flush();
  }

  forgetSensor(name: string): void {
    this.tracks.delete(name);
  }

  /** Takes a sensor up; undefined for one without a history. May write. */
  find(name: string): Track | undefined {
    const known = this.tracks.get(name);
    if (known) return known;
    const row = this.sql.sensor(name);
    return row && this.remember(name, this.recover(row));
  }

  findOrAdd(name: string, transport: Transport, seenMs: number): Track {
    const found = this.find(name);
    if (found) return found;
    const { lastInsertRowid } = this.sql.addSensor(name, transport, seenMs);
    return this.remember(name, newTrack([Number(lastInsertRowid), transport, seenMs, 0, '[]']));
  }

  /** Adds one stored reading to what its minute and hour come to. */
  add(track: Track, atMs: number, seenMs: number, transport: Transport, values: Values): void {
    const minuteAt = startOf(atMs, minuteMs);
    if (minuteAt > track.minute.atMs) this.begin(track, atMs);
    const isLate = minuteAt < track.minute.atMs;
    if (isLate) this.addLate(track, atMs, values);
    else addValues(track.minute.sums, values);
    // A late reading may still be one of the open hour.
    if (startOf(atMs, hourMs) === track.hour.atMs) addValues(track.hour.sums, values);
    takeNewest(track.newest, atMs, values);
    track.seenMs = seenMs;
    track.transport = transport;
    track.unsaved = true;
    // Whoever takes the sensor up again does not look at readings from before the open minute.
    if (isLate) this.saveSensor(track);
  }

  /** Writes the open minute and hour; they stay open. */
  save(track: Track): void {
    if (!track.unsaved) return;
    this.setMinute(track);
    writeSums(this.sql.setHour, track.sensor, track.hour);
    this.saveSensor(track);
    track.unsaved = false;
  }

  saveAll(): void {
    for (const track of this.tracks.values()) this.save(track);
  }

  /** The newest state of every sensor; writes nothing. */
  *all(): Generator<[name: string, track: Track]> {
    for (const [name, ...row] of this.sql.sensors()) {
      const track = this.tracks.get(name) ?? newTrack(row);
      if (!this.tracks.has(name)) for (const reading of this.openReadings(row)) take(track, reading);
      yield [name, track];
    }
  }

  private remember(name: string, track: Track): Track {
    this.tracks.set(name, track);
    if (this.tracks.size > tracksMax) {
      const [oldest, its] = this.tracks.entries().next().value!;
      this.save(its);
      this.tracks.delete(oldest);
    }
    return track;
  }

  private begin(track: Track, atMs: number): void {
    this.setMinute(track);
    track.minute = { atMs: startOf(atMs, minuteMs), sums: new Map() };
    if (track.minute.atMs - track.openMs >= openMsMax) this.saveSensor(track);
    const hourAt = startOf(atMs, hourMs);
    if (hourAt === track.hour.atMs) return;
    writeSums(this.sql.setHour, track.sensor, track.hour);
    track.hour = { atMs: hourAt, sums: new Map() };
  }

  private setMinute({ sensor, minute }: Track): void {
    for (const [name, { count, sum, min, max }] of minute.sums)
      this.minutes.add(sensor, minute.atMs, name, count, sum, min, max);
  }

  private addLate({ sensor, hour }: Track, atMs: number, values: Values): void {
    const sums = new Map<string, Sum>();
    addValues(sums, values);
    this.flush();
    writeSums(this.sql.addToMinute, sensor, { atMs: startOf(atMs, minuteMs), sums });
    const hourAt = startOf(atMs, hourMs);
    if (hourAt !== hour.atMs) writeSums(this.sql.addToHour, sensor, { atMs: hourAt, sums });
  }

  private saveSensor(track: Track): void {
    const { transport, seenMs, minute, newest, sensor } = track;
    track.openMs = minute.atMs;
    this.sql.updateSensor(transport, seenMs, track.openMs, encodeNewest(newest), sensor);
  }

  private openReadings([sensor, , , openMs]: SensorRow): ReadingRow[] {
    return this.sql.readingsFrom(sensor, openMs);
  }

  private recover(row: SensorRow): Track {
    const [sensor, , , openMs] = row;
    const track = newTrack(row);
    for (const reading of this.openReadings(row)) {
      const values = take(track, reading);
      const minuteAt = startOf(reading[0], minuteMs);
      if (minuteAt > track.minute.atMs) {
        this.setMinute(track);
        track.minute = { atMs: minuteAt, sums: new Map() };
      }
      addValues(track.minute.sums, values);
    }
    // Silent for longer than readings are kept: what its last minute came to is in the table only.
    if (track.minute.atMs === -Infinity) track.minute = this.bucket(this.sql.minute, sensor, openMs);
    else this.setMinute(track);
    this.flush();
    const hourAt = startOf(track.minute.atMs, hourMs);
    track.unsaved = track.minute.atMs > openMs;
    this.sql.hoursFromMinutes(sensor, startOf(openMs, hourMs));
    track.hour = this.bucket(this.sql.hour, sensor, hourAt);
    return track;
  }

  private bucket(rows: SumQuery, sensor: number, atMs: number): Bucket {
    const bucket: Bucket = { atMs, sums: new Map() };
    for (const [name, count, sum, min, max] of rows(sensor, atMs))
      addSum(bucket.sums, name, { count, sum, min, max });
    return bucket;
  }
}

function newTrack([sensor, transport, seenMs, openMs, newest]: SensorRow): Track {
  return {
    ...{ sensor, transport, seenMs, openMs, newest: decodeNewest(newest) },
    ...{ lastMs: openMs - 1, lastN: 0, minute: noBucket(), hour: noBucket(), unsaved: false },
  };
}

/** Takes a reading that is stored already; its values. */
function take(track: Track, [atMs, n, lateMs, transport, data]: ReadingRow): Values {
  const values = JSON.parse(data) as Values;
  takeNewest(track.newest, atMs, values);
  track.lastMs = atMs;
  track.lastN = n;
  if (atMs + lateMs >= track.seenMs) {
    track.seenMs = atMs + lateMs;
    track.transport = transport;
  }
  return values;
}

function writeSums(write: Command, sensor: number, { atMs, sums }: Bucket): void {
  for (const [name, { count, sum, min, max }] of sums) write(sensor, atMs, name, count, sum, min, max);
}

function statements(db: Database.Database) {
  const add = (table: string) =>
    command(
      db,
      `INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
         min = min(min, excluded.min), max = max(max, excluded.max)`,
    );
  const sums = (table: string) =>
    queryAll<SumRow>(db, `SELECT name, count, sum, min, max FROM ${table} WHERE sensor = ? AND at_ms = ?`);
  return {
    sensor: queryOne<SensorRow>(
      db,
      'SELECT id, transport, seen_ms, open_ms, newest FROM sensor WHERE name = ?',
    ),
    sensors: queryAll<[string, ...SensorRow]>(
      db,
      'SELECT name, id, transport, seen_ms, open_ms, newest FROM sensor ORDER BY name',
    ),
    addSensor: command(db, `INSERT INTO sensor VALUES (NULL, ?, ?, ?, 0, '[]')`),
    updateSensor: command(
      db,
      'UPDATE sensor SET transport = ?, seen_ms = ?, open_ms = ?, newest = ? WHERE id = ?',
    ),
    readingsFrom: queryAll<ReadingRow>(
      db,
      'SELECT at_ms, n, late_ms, transport, data FROM reading WHERE sensor = ? AND at_ms >= ? ORDER BY at_ms, n',
    ),
    setHour: command(db, 'INSERT OR REPLACE INTO hour VALUES (?, ?, ?, ?, ?, ?, ?)'),
    addToMinute: add('minute'),
    addToHour: add('hour'),
    minute: sums('minute'),
    hour: sums('hour'),
    hoursFromMinutes: command(
      db,
      `INSERT OR REPLACE INTO hour
       SELECT sensor, at_ms / ${hourMs} * ${hourMs}, name, sum(count), sum(sum), min(min), max(max)
       FROM minute WHERE sensor = ? AND at_ms >= ? GROUP BY 2, 3`,
    ),
  };
}
