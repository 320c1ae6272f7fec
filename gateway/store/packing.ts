import type Database from 'libsql';
import type { Transport } from '../../shared/live';
import { pack, type PackedReading } from './chunks';
import type { Journal } from './journal';
import { decodeNewest, encodeNewest, type Newest, takeNewest } from './newest';
import { Rows } from './rows';
import { command, queryOne } from './statement';
import { addSum, addValues, hourMs, minuteMs, startOf, type Sum } from './sums';

/** Readings in a chunk: some ten kilobytes. */
const chunkMax = 200;
/** Sensors that are remembered between two times, about 0.5 kB each; the one remembered first goes first. */
const statesMax = 4000;

interface SensorState {
  id: number;
  transport: Transport;
  /** When the latest reading came in. */
  seenMs: number;
  newest: Newest;
}

/**
 * Moves readings from the journal to their places, sensor by sensor, and adds them to what their minutes and hours
 * come to, all in one transaction.
 */
export class Packing {
  private readonly states = new Map<string, SensorState>();
  private readonly chunks: Rows;
  private readonly minutes: Rows;
  private readonly hours: Rows;
  private readonly sql: ReturnType<typeof statements>;

  constructor(db: Database.Database) {
    this.chunks = new Rows(db, 'INSERT INTO chunk (sensor, from_ms, to_ms, count, readings)', 5);
    this.minutes = new Rows(db, 'INSERT INTO minute', 7, addToSums);
    this.hours = new Rows(db, 'INSERT INTO hour', 7, addToSums);
    this.sql = statements(db);
  }

  /** How many sensors there are, as far as that is remembered. */
  get sensors(): number {
    return this.states.size;
  }

  /** Within a transaction. */
  pack(journal: Journal): void {
    for (const [sensor, readings] of journal.bySensor()) this.packSensor(sensor, readings);
    for (const rows of [this.chunks, this.minutes, this.hours]) rows.flush();
    journal.clear();
  }

  /** After a transaction that failed. */
  forget(): void {
    this.states.clear();
    for (const rows of [this.chunks, this.minutes, this.hours]) rows.forget();
  }

  forgetSensor(sensor: string): void {
    this.states.delete(sensor);
  }

  private packSensor(sensor: string, readings: PackedReading[]): void {
    const state = this.state(sensor, readings[0]!);
    for (const { atMs, receivedMs, transport, values } of readings) {
      takeNewest(state.newest, atMs, values);
      if (receivedMs < state.seenMs) continue;
      state.seenMs = receivedMs;
      state.transport = transport;
    }
    // They come in order but for late ones.
    readings.sort((one, other) => one.atMs - other.atMs);
    this.addChunks(state.id, readings);
    this.addSums(state.id, readings);
    this.sql.update(state.transport, state.seenMs, encodeNewest(state.newest), state.id);
  }

  private addChunks(id: number, readings: PackedReading[]): void {
    for (let from = 0; from < readings.length;) {
      const hourEndMs = startOf(readings[from]!.atMs, hourMs) + hourMs;
      let to = from + 1;
      while (to < readings.length && to - from < chunkMax && readings[to]!.atMs < hourEndMs) to++;
      const chunk = readings.slice(from, to);
      this.chunks.add(id, chunk[0]!.atMs, chunk.at(-1)!.atMs, chunk.length, pack(chunk));
      from = to;
    }
  }

  private addSums(id: number, readings: PackedReading[]): void {
    const hours = new Buckets(hourMs, (atMs, sums) => writeSums(this.hours, id, atMs, sums));
    const minutes = new Buckets(minuteMs, (atMs, sums) => {
      writeSums(this.minutes, id, atMs, sums);
      const ofHour = hours.at(atMs);
      for (const [name, sum] of sums) addSum(ofHour, name, sum);
    });
    for (const { atMs, values } of readings) addValues(minutes.at(atMs), values);
    minutes.end();
    hours.end();
  }

  private state(sensor: string, first: PackedReading): SensorState {
    const known = this.states.get(sensor);
    if (known) return known;
    const state = this.load(sensor) ?? this.add(sensor, first);
    this.states.set(sensor, state);
    if (this.states.size > statesMax) this.states.delete(this.states.keys().next().value!);
    return state;
  }

  private load(sensor: string): SensorState | undefined {
    const row = this.sql.sensor(sensor);
    if (!row) return undefined;
    const [id, transport, seenMs, newest] = row;
    return { id, transport, seenMs, newest: decodeNewest(newest) };
  }

  private add(sensor: string, { receivedMs, transport }: PackedReading): SensorState {
    const { lastInsertRowid } = this.sql.add(sensor, transport, receivedMs);
    return { id: Number(lastInsertRowid), transport, seenMs: receivedMs, newest: new Map() };
  }
}

/** Minutes or hours one after the other, as times go up. */
class Buckets {
  private startMs = NaN;
  private sums = new Map<string, Sum>();

  constructor(
    private readonly lengthMs: number,
    private readonly write: (startMs: number, sums: Map<string, Sum>) => void,
  ) {}

  /** What the one that this moment lies in comes to so far. */
  at(atMs: number): Map<string, Sum> {
    if (!(atMs < this.startMs + this.lengthMs)) {
      this.end();
      this.startMs = startOf(atMs, this.lengthMs);
    }
    return this.sums;
  }

  end(): void {
    if (this.sums.size === 0) return;
    this.write(this.startMs, this.sums);
    this.sums = new Map();
  }
}

function writeSums(rows: Rows, id: number, atMs: number, sums: Map<string, Sum>): void {
  for (const [name, { count, sum, min, max }] of sums) rows.add(id, atMs, name, count, sum, min, max);
}

const addToSums = `ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
  min = min(min, excluded.min), max = max(max, excluded.max)`;

function statements(db: Database.Database) {
  return {
    sensor: queryOne<[id: number, transport: Transport, seenMs: number, newest: string]>(
      db,
      'SELECT id, transport, seen_ms, newest FROM sensor WHERE name = ?',
    ),
    add: command(db, `INSERT INTO sensor VALUES (NULL, ?, ?, ?, '[]')`),
    update: command(db, 'UPDATE sensor SET transport = ?, seen_ms = ?, newest = ? WHERE id = ?'),
  };
}
