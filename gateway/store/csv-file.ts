import { csvHeader } from './csv';
import { csvPage } from './csv-page';
import { historyError } from './history-error';
import type { CsvCursor } from './protocol';
import { openToRead } from './schema';
import type { Span } from './store';

/**
 * The CSV of a history, read from its file by this very thread; a gateway may be writing to it.
 * Throws a HistoryError.
 */
export function* csvOfFile(file: string, sensor: string | undefined, span: Span): Generator<string> {
  let db: ReturnType<typeof openToRead> | undefined;
  try {
    db = openToRead(file);
    yield csvHeader;
    let cursor: CsvCursor | undefined;
    do {
      const page = csvPage(db, sensor, span, cursor);
      cursor = page.next;
      if (page.text) yield page.text;
    } while (cursor);
  } catch (error) {
    throw historyError(error, file);
  } finally {
    db?.close();
  }
}
