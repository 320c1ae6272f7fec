/** Lines that are told in one window of time; the others are counted. */
const linesMax = 20;
const windowMs = 10_000;

/** Passes on what a person can read, and says how much it kept back: whoever hammers at the door must not fill the disk. */
export class QuietLog {
  #told = 0;
  #keptBack = 0;
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly log: (sentence: string) => void) {}

  readonly say = (sentence: string): void => {
    this.#window ??= setTimeout(() => this.#next(), windowMs).unref();
    if (this.#told < linesMax) {
      this.#told++;
      this.log(sentence);
    } else this.#keptBack++;
  };

  #next(): void {
    const keptBack = this.#keptBack;
    this.#told = this.#keptBack = 0;
    this.#window = undefined;
    if (keptBack > 0) this.log(`${keptBack} more lines like these within ${windowMs / 1000} s`);
  }
}
