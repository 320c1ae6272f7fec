import type { Transport } from '../../shared/live';
import type { StoredReading } from '../store/store';

/** Readings remembered of one kit: more than it keeps while it has no connection. */
const rememberedMax = 64;
/** As many as the registry takes; those of a store that fails it has not taken yet. */
const kitsMax = 4096;
/** Two readings with one number that lie further apart are of two starts of the board. */
const apartMsMax = 10_000;

/**
 * Readings of kits that report on two transports at once. Such a reading has the same number, `boot` and `seq`, on both
 * and must not count twice.
 */
export class Repeats {
  readonly #byKit = new Map<string, Map<number, { transport: Transport; atMs: number }>>();

  get kits(): number {
    return this.#byKit.size;
  }

  /** Whether it has come already, on another transport; remembers it. */
  has({ sensor, atMs, transport, values: { boot, seq } }: StoredReading): boolean {
    if (typeof boot !== 'number' || typeof seq !== 'number') return false;
    const number = boot * 2 ** 32 + seq;
    let known = this.#byKit.get(sensor);
    if (!known) {
      if (this.#byKit.size >= kitsMax) this.#byKit.delete(this.#byKit.keys().next().value!);
      this.#byKit.set(sensor, (known = new Map()));
    }
    const before = known.get(number);
    if (before && before.transport !== transport && Math.abs(before.atMs - atMs) <= apartMsMax) return true;
    if (before) known.delete(number);
    known.set(number, { transport, atMs });
    if (known.size > rememberedMax) known.delete(known.keys().next().value!);
    return false;
  }
}
