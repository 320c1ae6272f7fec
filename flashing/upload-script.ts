import { restartUnlessHeardOf } from './console';
import { literal, piecesOf, writeStatement } from './pieces';
import type { StoredFile } from './stored-file';

/** Espruino's tool hangs on an upload of 512 bytes or less. */
const leastBytes = 1024;

/** What the board prints after each piece, with the bytes that it has written so far. */
const mark = 'wrote ';

/**
 * Statements that write the files into a board's Storage, one to a line, for Espruino's tool to type.
 * The board tells after each line how far it is.
 */
export function uploadScript(files: StoredFile[]): string {
  let written = 0;
  const lines = files.flatMap((file) => [
    // Whatever lies there under this name goes: a slot that was never verified, or is not the one that runs.
    `require("Storage").erase(${literal(file.name)});`,
    ...piecesOf(file).map((piece) => {
      written += piece.text.length;
      return `${writeStatement(piece)};${restartUnlessHeardOf};print("${mark}${written}");`;
    }),
  ]);
  const text = lines.join('\n') + '\n';
  return text + '" ";\n'.repeat(Math.max(0, Math.ceil((leastBytes - text.length) / 5)));
}

/** The bytes that a line of the board's output tells of; undefined for any other line. */
export function writtenBytes(line: string): number | undefined {
  const match = new RegExp(`${mark}(\\d+)\\s*$`).exec(line);
  return match ? Number(match[1]) : undefined;
}
