import type { StoredFile } from './stored-file';

/** A line is held in variables while it is typed, and its text once more while it runs: half of this in an ESP8266. */
const pieceBytes = 512;

/** What one call of Storage.write() writes. */
export interface Piece {
  file: string;
  text: string;
  at: number;
  /** In the call that makes the file, which is the one at 0. */
  size: number | undefined;
}

/** A file as it is written: made with its full size first, each byte once, and what is to stay unwritten left out. */
export function piecesOf({ name, text, head, at, size }: StoredFile): Piece[] {
  const piece = (bytes: string, from: number): Piece => ({
    file: name,
    text: bytes,
    at: from,
    size: from === 0 ? size : undefined,
  });
  const pieces = head === '' ? [] : [piece(head, 0)];
  for (let from = 0; from < text.length; from += pieceBytes) {
    pieces.push(piece(text.slice(from, from + pieceBytes), at + from));
  }
  return pieces;
}

/** The statement that writes it. */
export function writeStatement({ file, text, at, size }: Piece): string {
  const rest = size === undefined ? '' : `,${size}`;
  return `require("Storage").write(${literal(file)},${literal(text)},${at}${rest})`;
}

/** How many bytes of the files are written, headers included. */
export function writtenLength(files: StoredFile[]): number {
  return files.reduce((sum, { head, text }) => sum + head.length + text.length, 0);
}

/**
 * A byte string as a literal in plain ASCII: over TCP Espruino's tool makes two bytes of each byte from 0x80 on, and
 * a console has its own use for control bytes. Throws a RangeError for what is no byte.
 */
export function literal(bytes: string): string {
  if (/[^\x00-\xff]/.test(bytes)) throw new RangeError('a file on a board is bytes: 0x00 to 0xFF');
  return '"' + bytes.replace(/["\\]|[^ -~]/g, escaped) + '"';
}

function escaped(byte: string): string {
  if (byte === '"' || byte === '\\') return `\\${byte}`;
  if (byte === '\n') return '\\n';
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
