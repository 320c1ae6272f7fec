import type Database from 'libsql';
import type { Transport, Values } from '../../shared/live';
import { queryAll, queryOne } from './statement';
import { hourMs } from './sums';
import type { Span } from './store';

export interface PackedReading {
  atMs: number;
  receivedMs: number;
  transport: Transport;
  values: Values;
}

/** The beginnings of chunks that may hold something of a span; which of them do, their ends tell. */
export const within = `from_ms > ? AND from_ms <= ? AND to_ms >= ?`;
const bounds = ({ fromMs, toMs }: Span): [number, number, number] => [fromMs - hourMs, toMs, fromMs];

/** Chunks read at first to find the newest readings; then twice as many, and so on. */
const chunksAtFirst = 4;

/** Readings of a sensor in their chunks. */
export class Chunks {
  private readonly sql: ReturnType<typeof statements>;

  constructor(db: Database.Database) {
    this.sql = statements(db);
  }

  /** How many readings there are in the chunks of a span: as many as of the span itself, or some more. */
  count(sensor: number, span: Span): number {
    return this.sql.count(sensor, ...bounds(span))![0] ?? 0;
  }

  /** In the order of time. */
  between(sensor: number, span: Span): PackedReading[] {
    const texts = this.sql.between(sensor, ...bounds(span));
    return inOrder(
      texts.flatMap(([text]) => unpack(text)),
      span,
    );
  }

  /** The newest so many of a span, in the order of time. */
  newest(sensor: number, span: Span, limit: number): PackedReading[] {
    const chunks: [id: number, fromMs: number, text: string][] = [];
    for (let size = chunksAtFirst; ; size *= 2) {
      const more = this.sql.newest(sensor, ...bounds(span), size, chunks.length);
      chunks.push(...more);
      const byArrival = [...chunks].sort(([one], [other]) => one - other);
      const readings = inOrder(
        byArrival.flatMap(([, , text]) => unpack(text)),
        span,
      );
      const oldest = readings.at(-limit);
      // An earlier chunk may still reach into the time of this one, but for an hour at most.
      const isDone = more.length < size || (oldest && oldest.atMs >= chunks.at(-1)![1] + hourMs);
      if (isDone) return readings.slice(-limit);
    }
  }
}

/** Later ones of the same time came later. */
function inOrder(readings: PackedReading[], { fromMs, toMs }: Span): PackedReading[] {
  return readings
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .sort((one, other) => one.atMs - other.atMs);
}

export function pack(readings: readonly PackedReading[]): string {
  let text = '';
  for (const { atMs, receivedMs, transport, values } of readings)
    text += `${text === '' ? '[' : ','}${atMs},${receivedMs - atMs},"${transport}",${JSON.stringify(values)}`;
  return `${text}]`;
}

export function unpack(text: string): PackedReading[] {
  const flat = JSON.parse(text) as (number | string | Values)[];
  const readings: PackedReading[] = [];
  for (let at = 0; at < flat.length; at += 4) {
    const atMs = flat[at] as number;
    readings.push({
      atMs,
      receivedMs: atMs + (flat[at + 1] as number),
      transport: flat[at + 2] as Transport,
      values: flat[at + 3] as Values,
    });
  }
  return readings;
}

function statements(db: Database.Database) {
  return {
    count: queryOne<[number | null]>(db, `SELECT sum(count) FROM chunk WHERE sensor = ? AND ${within}`),
    between: queryAll<[text: string]>(
      db,
      `SELECT readings FROM chunk WHERE sensor = ? AND ${within} ORDER BY id`,
    ),
    newest: queryAll<[id: number, fromMs: number, text: string]>(
      db,
      `SELECT id, from_ms, readings FROM chunk WHERE sensor = ? AND ${within}
       ORDER BY from_ms DESC, id DESC LIMIT ? OFFSET ?`,
    ),
  };
}
