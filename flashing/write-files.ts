import { type BoardConsole, BoardError, BoardScriptError, restartUnlessHeardOf } from './console';
import { crc32 } from './crc32';
import { FlashError } from './flash-error';
import { literal, type Piece, piecesOf, writeStatement } from './pieces';
import type { StoredFile } from './stored-file';

/** A board that has to move on to a new page erases it first, which takes it some 100 ms. */
const answerMs = 5000;
/** How often a piece is typed that does not arrive. */
const attemptsMax = 3;

export interface Writing {
  /** Bytes that the board has acknowledged so far, of `writtenLength(files)`. */
  onWritten: (bytes: number) => void;
  signal: AbortSignal;
}

/**
 * Writes the files piece by piece over a board's console. The board's answer to each is the checksum of what lies there
 * now, and only then the next is typed: a chip loses what comes while it writes. Throws a FlashError, or a BoardError
 * when the connection broke.
 */
export async function writeFiles(board: BoardConsole, files: StoredFile[], writing: Writing): Promise<void> {
  let written = 0;
  for (const file of files) {
    // Whatever lies there under this name goes: a slot that was never verified, or is not the one that runs.
    await board.evaluate(`require("Storage").erase(${literal(file.name)})`, answerMs);
    for (const piece of piecesOf(file)) {
      if (writing.signal.aborted) throw new FlashError('interrupted', 'interrupted');
      await writePiece(board, piece);
      written += piece.text.length;
      writing.onWritten(written);
    }
  }
}

async function writePiece(board: BoardConsole, piece: Piece): Promise<void> {
  const wanted = crc32(piece.text);
  const blank = crc32('\xff'.repeat(piece.text.length));
  let found: unknown;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    found = await answered(
      board,
      `[${writeStatement(piece)},${restartUnlessHeardOf},${checksumOf(piece)}][2]`,
    );
    // It may have come through, and only the answer not.
    found ??= await answered(board, checksumOf(piece));
    if (found === wanted) return;
    // What was written with a byte lost cannot be written again.
    if (found !== undefined && found !== blank) break;
  }
  const missing = found === undefined || found === blank;
  const what = missing ? 'the board did not get' : 'the board holds something else than';
  const { file, text, at } = piece;
  throw new FlashError(
    'upload-failed',
    `the upload to ${board.port} failed: ${what} bytes ${at} to ${at + text.length - 1} of ${file}`,
  );
}

/** Undefined when the board has not answered in time, or did not understand what arrived of the line. */
async function answered(board: BoardConsole, expression: string): Promise<unknown> {
  try {
    return await board.evaluate(expression, answerMs);
  } catch (error) {
    if (error instanceof BoardScriptError) return undefined;
    if (error instanceof BoardError && error.kind === 'silent') return undefined;
    throw error;
  }
}

function checksumOf({ file, text, at }: Piece): string {
  return `E.CRC32(require("Storage").read(${literal(file)},${at},${text.length}))`;
}
