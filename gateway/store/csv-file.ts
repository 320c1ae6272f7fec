import type Database from 'libsql';
import { csvHeader, csvLines } from './csv';
import { csvPage, type CsvReading } from './csv-page';
import { HistoryError, historyError } from './history-error';
import { readJournal } from './journal';
import type { CsvCursor } from './protocol';
import { openToRead } from './schema';
import { queryOne } from './statement';
import type { Span } from './store';

/**
 * The CSV of a history, read from its file by this very thread; a gateway may be writing to it.
 * Throws a HistoryError, for a sensor that has never reported as well.
 */
export function* csvOfFile(file: string, sensor: string | undefined, span: Span): Generator<string> {
  let db: Database.Database | undefined;
  try {
    db = openToRead(file);
    // One state of the file from beginning to end: what moves from the journal to its place meanwhile is told once.
    db.exec('BEGIN');
    if (sensor !== undefined && !isKnown(db, sensor))
      throw new HistoryError(
        'other',
        `${file}: ${sensor} has never reported: without --sensor all are written`,
      );
    yield csvHeader;
    yield* pieces(db, sensor, span);
  } catch (error) {
    throw historyError(error, file);
  } finally {
    db?.close();
  }
}

function* pieces(db: Database.Database, sensor: string | undefined, span: Span): Generator<string> {
  const waiting = waitingLines(db, sensor, span);
  let next = 0;
  let cursor: CsvCursor | undefined;
  do {
    const page = csvPage(db, sensor, span, cursor);
    let text = '';
    for (const [atMs, lines] of page.lines) {
      while (next < waiting.length && waiting[next]![0] < atMs) text += waiting[next++]![1];
      text += lines;
    }
    if (text) yield text;
    cursor = page.next;
  } while (cursor);
  while (next < waiting.length) yield waiting[next++]![1];
}

/** Its first readings may still be where the gateway puts what is new. */
function isKnown(db: Database.Database, sensor: string): boolean {
  return (
    queryOne(db, 'SELECT 1 FROM sensor WHERE name = ?')(sensor) !== undefined || readJournal(db).has(sensor)
  );
}

/** What the gateway has not moved to its place yet, oldest first. */
function waitingLines(
  db: Database.Database,
  sensor: string | undefined,
  { fromMs, toMs }: Span,
): CsvReading[] {
  const all = [...readJournal(db)].filter(([id]) => sensor === undefined || id === sensor);
  const readings = all.flatMap(([id, readings]) => readings.map((reading) => ({ id, ...reading })));
  return readings
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ id, atMs, transport, values }) => [atMs, csvLines(atMs, id, transport, values)]);
}
