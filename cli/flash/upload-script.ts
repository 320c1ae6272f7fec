import type { StoredFile } from './stored-file';

/** A line is held in variables while it is typed, and its text once more while it runs: half of this in an ESP8266. */
const pieceBytes = 512;

/** Espruino's tool hangs on an upload of 512 bytes or less. */
const leastBytes = 1024;

/** What the board prints after each piece, with the bytes that it has written so far. */
const mark = 'wrote ';

/**
 * Statements that write the files into a board's Storage, one to a line, for Espruino's tool to type.
 * A file is made with its full size first, and each byte is written once. The board tells after each line how far it is.
 */
export function uploadScript(files: StoredFile[]): string {
  let written = 0;
  const lines = files.flatMap((file) => {
    const name = JSON.stringify(file.name);
    // Whatever lies there under this name goes: a slot that was never verified, or is not the one that runs.
    const statements = [`require("Storage").erase(${name});`];
    const write = (text: string, at: number): void => {
      // The size counts only in the call that makes the file: the first, which is at 0.
      const size = at === 0 ? `,${file.size}` : '';
      written += text.length;
      statements.push(
        `require("Storage").write(${name},${literal(text)},${at}${size});print("${mark}${written}");`,
      );
    };
    if (file.head !== '') write(file.head, 0);
    for (let at = 0; at < file.text.length; at += pieceBytes) {
      write(file.text.slice(at, at + pieceBytes), file.at + at);
    }
    return statements;
  });
  const text = lines.join('\n') + '\n';
  return text + '" ";\n'.repeat(Math.max(0, Math.ceil((leastBytes - text.length) / 5)));
}

/** How many bytes the script reports in its last mark. */
export function uploadBytes(files: StoredFile[]): number {
  return files.reduce((sum, { head, text }) => sum + head.length + text.length, 0);
}

/** The bytes that a line of the board's output tells of; undefined for any other line. */
export function writtenBytes(line: string): number | undefined {
  const match = new RegExp(`${mark}(\\d+)\\s*$`).exec(line);
  return match ? Number(match[1]) : undefined;
}

/** Throws a RangeError for what is not ASCII: over TCP Espruino's tool makes two bytes of each such byte. */
function literal(text: string): string {
  if (!/^[\t\n\r\x20-\x7e]*$/.test(text)) throw new RangeError('only ASCII reaches every board unchanged');
  return JSON.stringify(text);
}
