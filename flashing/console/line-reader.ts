/** More than a board's console ever holds back in one line. */
const lineMax = 70_000;

/**
 * The lines of a console as they would be read on its screen: the prompt is wiped away by a carriage return
 * before the board prints, and colours and cursor movements are no text.
 */
export class LineReader {
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  feed(bytes: string): void {
    const pieces = (this.#rest + bytes).split('\n');
    this.#rest = pieces.pop()!.slice(-lineMax);
    for (const piece of pieces) this.onLine(readable(piece));
  }
}

function readable(piece: string): string {
  const shown = piece.replace(/\r+$/, '');
  return (
    shown
      .slice(shown.lastIndexOf('\r') + 1)
      .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
      // The prompt that stands before what is printed where nothing is echoed.
      .replace(/^(?:password)?>/, '')
      .replace(/[\x00-\x08\x0b-\x1f]/g, '')
  );
}
