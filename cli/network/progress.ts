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

/** Shows for how long something has been going on that cannot tell how far it has come, under the same conditions. */
export async function whileWaiting<T>(subject: string, job: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return job;
  const startMs = Date.now();
  let shown = false;
  const timer = setInterval(() => {
    shown = true;
    process.stderr.write(`\r\x1b[K${subject}: ${Math.round((Date.now() - startMs) / 1000)} s`);
  }, 1000);
  try {
    return await job;
  } finally {
    clearInterval(timer);
    if (shown) process.stderr.write('\r\x1b[K');
  }
}
