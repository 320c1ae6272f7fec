import { createWriteStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvOfFile } from '../gateway/store/csv-file';
import { spanOf } from '../gateway/web/query';

export interface ExportOptions {
  /** The database of the gateway. */
  data: string;
  /** All sensors when absent. */
  sensor?: string;
  /** Moments as GET /api/export.csv takes them; all there is when absent. */
  from?: string;
  to?: string;
  /** The file to write; `stdout` when absent. */
  output?: string;
}

/**
 * Writes the history as CSV, piece by piece; the gateway may be running.
 * Throws one sentence when the options or the database are not usable, or the output cannot be written.
 */
export async function exportCsv(
  { data, sensor, from, to, output }: ExportOptions,
  stdout: NodeJS.WritableStream,
  nowMs: number,
): Promise<void> {
  const given = Object.entries({ from, to }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const span = spanOf(Object.fromEntries(given), nowMs);
  if (!existsSync(data))
    throw new Error(`${data}: no history there: name the gateway's database with --data`);
  const pieces = csvOfFile(data, sensor, span);
  // Before the output is opened, which empties it.
  const header = pieces.next().value as string;
  const text = Readable.from(
    (function* () {
      yield header;
      yield* pieces;
    })(),
  );
  try {
    if (output === undefined) await pipeline(text, stdout, { end: false });
    else await pipeline(text, createWriteStream(output));
  } catch (error) {
    // Whoever reads has seen enough: `lamplighter export | head`.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
