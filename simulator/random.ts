/**
 * Espruino's random numbers: two multiply-with-carry generators that nothing ever seeds, so every board produces the same
 * sequence after every start. Source: Espruino src/jsutils.c (rand, srand), release 2v29.
 */
export class BoardRandom {
  #w = 0xdeadbeef;
  #z = 0xcafebabe;

  /** An integer from 0 to 2^31-1. */
  next(): number {
    this.#z = (36969 * (this.#z & 65535) + (this.#z >>> 16)) >>> 0;
    this.#w = (18000 * (this.#w & 65535) + (this.#w >>> 16)) >>> 0;
    return ((this.#z << 16) + this.#w) & 0x7fffffff;
  }

  seed(seed: number): void {
    this.#w = ((seed & 0xffff) | (seed << 16)) >>> 0;
    this.#z = ((seed & 0xffff0000) | (seed >>> 16)) >>> 0;
  }
}
