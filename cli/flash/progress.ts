export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** A bar on a terminal, a line for every quarter elsewhere. */
export class Progress {
  #quarter = 0;
  #shown = false;

  constructor(
    private readonly total: number,
    private readonly out: ProgressOutput,
  ) {}

  /** `done` of the total, in bytes. */
  show(done: number): void {
    const share = Math.min(1, done / this.total);
    if (this.out.isTTY) {
      const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
      this.out.write(`\r  [${bar}] ${String(Math.round(share * 100)).padStart(3)} %`);
      this.#shown = true;
      return;
    }
    const quarter = Math.floor(share * 4);
    if (quarter <= this.#quarter) return;
    this.#quarter = quarter;
    this.out.write(`  ${quarter * 25} % written\n`);
  }

  /** To be called before anything else is printed. */
  end(): void {
    if (this.#shown) this.out.write('\n');
    this.#shown = false;
  }
}
