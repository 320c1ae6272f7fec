/** Shows how far something has come, when it takes longer than a second and somebody looks. */
export class Progress {
  readonly #startMs = Date.now();
  #shownMs = 0;
  #shown = false;

  constructor(private readonly subject: string) {}

  readonly show = (done: number, total: number): void => {
    const now = Date.now();
    if (!process.stderr.isTTY || now - this.#startMs < 1000 || now - this.#shownMs < 100) return;
    this.#shownMs = now;
    this.#shown = true;
    const percent = Math.floor((100 * done) / total);
    process.stderr.write(`\r\x1b[K${this.subject}: ${percent} % (${done} of ${total})`);
  };

  end(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K');
    this.#shown = false;
  }
}
