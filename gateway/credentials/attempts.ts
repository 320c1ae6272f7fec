/** Wrong passwords that one address may send at once, and the time after which it may send one more. */
const burst = 10;
const refillMs = 10_000;
const addressesMax = 2000;

interface Account {
  wrong: number;
  sinceMs: number;
}

/** Counts wrong passwords by the address that they came from. */
export class Attempts {
  /** Those that were wrong last are last. */
  readonly #accounts = new Map<string, Account>();

  constructor(private readonly now: () => number) {}

  /** Whether the address has to wait before it may try again. */
  isBlocked(address: string): boolean {
    // One more is allowed when the oldest is forgiven whole.
    return this.#wrongOf(address) > burst - 1;
  }

  wrong(address: string): void {
    const wrong = Math.min(this.#wrongOf(address) + 1, burst);
    this.#accounts.delete(address);
    if (this.#accounts.size >= addressesMax) this.#accounts.delete(this.#accounts.keys().next().value!);
    this.#accounts.set(address, { wrong, sinceMs: this.now() });
  }

  /** Not a whole number: what has not quite been waited for still counts. */
  #wrongOf(address: string): number {
    const account = this.#accounts.get(address);
    if (!account) return 0;
    return Math.max(0, account.wrong - (this.now() - account.sinceMs) / refillMs);
  }
}
