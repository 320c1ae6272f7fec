/**
 * The few control sequences that the view uses, obeyed as a terminal would: enough to read the screen as
 * text and to know in which state the terminal was left. Any other sequence throws.
 */
export class Terminal {
  /** Private modes by number: 7 wraps lines, 25 shows the cursor, 1049 is the alternate screen. */
  readonly modes = new Map([
    [7, true],
    [25, true],
    [1049, false],
    [2026, false],
  ]);
  private lines: string[] = [];
  private row = 0;
  private rest = '';

  feed(output: string): void {
    const text = this.rest + output;
    // A sequence may arrive in two pieces.
    const cut = /\x1b(\[[?0-9;]*)?$/.exec(text)?.index ?? text.length;
    this.rest = text.slice(cut);
    for (const [, sequence, final, plain] of text
      .slice(0, cut)
      .matchAll(/\x1b\[([?0-9;]*)([A-Za-z])|([^\x1b]+|\x1b)/g))
      if (plain !== undefined) this.write(plain);
      else this.obey(sequence!, final!);
  }

  /** The rows as they stand on the screen. */
  screen(): string {
    return this.lines.join('\n');
  }

  private write(text: string): void {
    for (const piece of text.split(/(\r\n|\n)/))
      if (piece.endsWith('\n')) this.lines[++this.row] ??= '';
      else this.lines[this.row] = (this.lines[this.row] ?? '') + piece;
  }

  private obey(sequence: string, final: string): void {
    if (final === 'm') return;
    if (final === 'H') {
      // The view always writes a row from its start.
      this.row = Number(sequence.split(';')[0]) - 1;
      for (let row = 0; row <= this.row; row++) this.lines[row] ??= '';
      this.lines[this.row] = '';
    } else if (final === 'K') return;
    else if (final === 'J') this.lines = [];
    else if ((final === 'h' || final === 'l') && this.modes.has(Number(sequence.slice(1)))) {
      this.modes.set(Number(sequence.slice(1)), final === 'h');
      // What stood on the screen that is left is lost; what was on the other one does not matter here.
      if (sequence === '?1049') this.lines = [];
    } else throw new Error(`unexpected control sequence ESC[${sequence}${final}`);
  }
}
