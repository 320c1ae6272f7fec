import { scrypt } from 'node:crypto';
import { availableParallelism } from 'node:os';

/** 16 MB and some 50 ms of one core each, on a small PC; three times that on a Raspberry Pi 4. */
const cost = { N: 16_384, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const hashBytes = 32;

/** Threads of Node's pool, which has four: one stays free for files and names, and where there are four cores one of these. */
const usualParallel = Math.max(2, Math.min(3, availableParallelism() - 1));
/** A thousand boards with a password each, and some more. */
const usualWaiting = 1200;

/** Too much to do, or too many wrong passwords from one address: the answer is not no, but not now. */
export class NotNow extends Error {}

interface Job {
  /** Throws when it is not worth the work any more. */
  check: () => void;
  run: (done: () => void) => void;
  fail: (error: unknown) => void;
}

/** Hashes passwords in threads, few at a time, in the order in which they came. */
export class ScryptQueue {
  readonly counters = { hashed: 0, refused: 0 };
  #running = 0;
  readonly #waiting: Job[] = [];
  readonly #limits: { parallel: number; waiting: number };

  constructor({ parallel = usualParallel, waiting = usualWaiting } = {}) {
    this.#limits = { parallel, waiting };
  }

  /** `check` runs right before the work and may throw. Rejects with NotNow when too many wait. */
  hash(password: string, salt: string, check: () => void = () => undefined): Promise<Buffer> {
    if (this.#waiting.length >= this.#limits.waiting) {
      this.counters.refused++;
      return Promise.reject(new NotNow('too many passwords wait to be checked: try again in a minute'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        check,
        fail: reject,
        run: (done) =>
          scrypt(password, Buffer.from(salt, 'base64'), hashBytes, cost, (error, hash) => {
            this.counters.hashed++;
            done();
            if (error) reject(error);
            else resolve(hash);
          }),
      });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#limits.parallel && this.#waiting.length > 0) {
      const job = this.#waiting.shift()!;
      try {
        job.check();
      } catch (error) {
        job.fail(error);
        continue;
      }
      this.#running++;
      job.run(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}
