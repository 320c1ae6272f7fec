import type { TextStyle } from './json-text';

/** Collects items between brackets and breaks lines where the interpreter would. */
export class LineWriter {
  #out: string;
  #first = true;
  #needLine = false;
  #sinceLine = 0;

  constructor(
    private readonly style: TextStyle,
    private readonly depth: number,
    opening: string,
    private readonly closing: string,
  ) {
    this.#out = opening;
  }

  item(itemText: string, complex: boolean, perLine = Infinity): void {
    if (!this.#first) this.#out += this.style.pretty ? ', ' : ',';
    this.#first = false;
    this.#sinceLine++;
    const all = this.style.lines === 'all';
    const own = all || (this.style.lines === 'some' && complex);
    if (this.style.lines === 'some' && this.#sinceLine > perLine) this.#needLine = true;
    if (this.#needLine || own) {
      this.#line(this.depth + 1);
      this.#sinceLine = 0;
    }
    this.#needLine = own;
    this.#out += itemText;
  }

  end(): string {
    if (this.#needLine) this.#line(this.depth);
    return this.#out + this.closing;
  }

  #line(depth: number): void {
    this.#out += '\n' + (this.style.indent ?? '  ').repeat(depth);
  }
}
