import type Database from 'libsql';
import type { Transport } from '../../shared/live';
import type { Journal, JournalReading } from './journal';
import { decodeNewest, encodeNewest, type Newest, takeNewest } from './newest';
import { Rows } from './rows';
import { command, queryOne } from './statement';
import { addValues, hourMs, minuteMs, startOf, type Sum } from './sums';

/** Sensors that are remembered between two times, about 0.5 kB each; the one remembered first goes first. */
const statesMax = 4000;

interface SensorState {
  id: number;
  transport: Transport;
  /** When the latest reading came in. */
  seenMs: number;
  newest: Newest;
  /** No stored reading is later; if there is one of that millisecond, `lastN` is its number. */
  lastMs: number;
  lastN: number;
}

/**
 * Moves readings from the journal to their places, sensor by sensor, and adds them to what their minutes and hours
 * come to, all in one transaction. Thirty readings of a sensor together write three pages, one at a time a hundred.
 */
export class Packing {
  private readonly states = new Map<string, SensorState>();
  private readonly readings: Rows;
  private readonly minutes: Rows;
  private readonly hours: Rows;
  private readonly sql: ReturnType<typeof statements>;

  constructor(db: Database.Database) {
    this.readings = new Rows(db, 'INSERT INTO reading', 6);
    this.minutes = new Rows(db, 'INSERT INTO minute', 7, addSums);
    this.hours = new Rows(db, 'INSERT INTO hour', 7, addSums);
    this.sql = statements(db);
  }

  /** How many sensors there are, as far as that is remembered. */
  get sensors(): number {
    return this.states.size;
  }

  /** Within a transaction. */
  pack(journal: Journal): void {
    for (const [sensor, readings] of journal.bySensor()) this.packSensor(sensor, readings);
    for (const rows of [this.readings, this.minutes, this.hours]) rows.flush();
    journal.clear();
  }

  /** After a transaction that failed. */
  forget(): void {
    this.states.clear();
    for (const rows of [this.readings, this.minutes, this.hours]) rows.forget();
  }

  forgetSensor(sensor: string): void {
    this.states.delete(sensor);
  }

  private packSensor(sensor: string, readings: JournalReading[]): void {
    const state = this.state(sensor, readings[0]!);
    for (const { atMs, receivedMs, transport, values } of readings) {
      takeNewest(state.newest, atMs, values);
      if (receivedMs < state.seenMs) continue;
      state.seenMs = receivedMs;
      state.transport = transport;
    }
    // They come in order but for late ones.
    readings.sort((one, other) => one.atMs - other.atMs);
    for (const { atMs, receivedMs, transport, values } of readings) {
      const data = JSON.stringify(values);
      this.readings.add(state.id, atMs, this.numberOf(state, atMs), receivedMs - atMs, transport, data);
    }
    this.addTo(this.minutes, minuteMs, state.id, readings);
    this.addTo(this.hours, hourMs, state.id, readings);
    this.sql.update(state.transport, state.seenMs, encodeNewest(state.newest), state.id);
  }

  private addTo(rows: Rows, lengthMs: number, id: number, readings: JournalReading[]): void {
    let startMs = NaN;
    let sums = new Map<string, Sum>();
    const write = (): void => {
      for (const [name, { count, sum, min, max }] of sums) rows.add(id, startMs, name, count, sum, min, max);
    };
    for (const { atMs, values } of readings) {
      if (!(atMs >= startMs && atMs < startMs + lengthMs)) {
        write();
        startMs = startOf(atMs, lengthMs);
        sums = new Map();
      }
      addValues(sums, values);
    }
    write();
  }

  /** How many readings of this sensor and millisecond came before. */
  private numberOf(state: SensorState, atMs: number): number {
    if (atMs > state.lastMs) {
      state.lastMs = atMs;
      state.lastN = 0;
      return 0;
    }
    if (atMs === state.lastMs) return ++state.lastN;
    this.readings.flush();
    const [last] = this.sql.lastN(state.id, atMs)!;
    return last === null ? 0 : last + 1;
  }

  private state(sensor: string, first: JournalReading): SensorState {
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
    const [lastMs, lastN] = this.sql.last(id) ?? [-Infinity, 0];
    return { id, transport, seenMs, newest: decodeNewest(newest), lastMs, lastN };
  }

  private add(sensor: string, { receivedMs, transport }: JournalReading): SensorState {
    const { lastInsertRowid } = this.sql.add(sensor, transport, receivedMs);
    const state = { id: Number(lastInsertRowid), transport, seenMs: receivedMs, newest: new Map() };
    return { ...state, lastMs: -Infinity, lastN: 0 };
  }
}

const addSums = `ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
  min = min(min, excluded.min), max = max(max, excluded.max)`;

function statements(db: Database.Database) {
  return {
    sensor: queryOne<[id: number, transport: Transport, seenMs: number, newest: string]>(
      db,
      'SELECT id, transport, seen_ms, newest FROM sensor WHERE name = ?',
    ),
    add: command(db, `INSERT INTO sensor VALUES (NULL, ?, ?, ?, '[]')`),
    update: command(db, 'UPDATE sensor SET transport = ?, seen_ms = ?, newest = ? WHERE id = ?'),
    last: queryOne<[atMs: number, n: number]>(
      db,
      'SELECT at_ms, n FROM reading WHERE sensor = ? ORDER BY at_ms DESC, n DESC LIMIT 1',
    ),
    lastN: queryOne<[number | null]>(db, 'SELECT max(n) FROM reading WHERE sensor = ? AND at_ms = ?'),
  };
}
