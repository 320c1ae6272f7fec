/**
 * Lets few pass in one turn of the event loop, the others in the next ones: a thousand boards that are let in by the same
 * check of one password would otherwise be served in one go, during which nobody else is.
 */
export class Turnstile {
  #free: number;
  #turning = false;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly perTurn: number,
    private readonly nextTurn: (then: () => void) => void = setImmediate,
  ) {
    this.#free = perTurn;
  }

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  #serve(): void {
    for (; this.#free > 0 && this.#waiting.length > 0; this.#free--) this.#waiting.shift()!();
    if (this.#turning) return;
    this.#turning = true;
    this.nextTurn(() => {
      this.#turning = false;
      this.#free = this.perTurn;
      if (this.#waiting.length > 0) this.#serve();
    });
  }
}
