import { createHmac } from 'node:crypto';
import type { Credential } from './credential';

/** Right ones: four thousand are the boards of a large school, twice. */
const rightMax = 4096;
const rightMs = 7 * 24 * 3600 * 1000;
/** Wrong ones: a board with a wrong password sends it again and again. */
const wrongMax = 512;
const wrongMs = 60_000;

interface Entry {
  credential: Credential | undefined;
  untilMs: number;
}

/** Names and passwords that were checked, as a hash with a key that never leaves this process. */
export class Remembered {
  readonly #right = new Map<string, Entry>();
  readonly #wrong = new Map<string, Entry>();

  constructor(
    private readonly key: Buffer,
    private readonly now: () => number,
  ) {}

  /** What the pair is remembered under. */
  keyOf(name: string, password: string): string {
    return createHmac('sha256', this.key).update(`${name.length}:${name}${password}`).digest('base64');
  }

  /** The credential that it fits, `wrong`, or undefined when it has to be checked. */
  lookUp(key: string): Credential | 'wrong' | undefined {
    const right = this.#valid(this.#right, key);
    if (right) {
      // Those used last are last.
      this.#right.delete(key);
      this.#right.set(key, { ...right, untilMs: this.now() + rightMs });
      return right.credential;
    }
    return this.#valid(this.#wrong, key) && 'wrong';
  }

  /** Undefined: it fits none. */
  remember(key: string, credential: Credential | undefined): void {
    const [entries, max, ms] = credential
      ? [this.#right, rightMax, rightMs]
      : [this.#wrong, wrongMax, wrongMs];
    if (entries.size >= max) entries.delete(entries.keys().next().value!);
    entries.set(key, { credential, untilMs: this.now() + ms });
  }

  /** What was wrong may be right now. */
  forgetWrong(): void {
    this.#wrong.clear();
  }

  get size(): number {
    return this.#right.size + this.#wrong.size;
  }

  #valid(entries: Map<string, Entry>, key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry && entry.untilMs > this.now()) return entry;
    entries.delete(key);
    return undefined;
  }
}
