/**
 * Seeded randomness for generated test cases: the same seed gives the same cases on every machine.
 * Source of the generator: mulberry32, Tommy Ettinger, public domain.
 */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  /** True in `outOf` 1 cases. */
  oneIn(outOf: number): boolean;
  /** `length` characters, each one byte. */
  bytes(length: number): string;
}

export function newRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    int,
    pick: (from) => from[int(0, from.length - 1)],
    oneIn: (outOf) => int(1, outOf) === 1,
    bytes: (length) => {
      let text = '';
      for (let i = 0; i < length; i++) text += String.fromCharCode(int(0, 255));
      return text;
    },
  };
}

/**
 * Runs `check` once for each of `count` seeds; a failure names its seed. `SEED=7` in the environment
 * runs that one alone.
 */
export function forSeeds(count: number, check: (random: Random, seed: number) => void): void {
  const only = process.env.SEED;
  const first = only === undefined ? 1 : Number(only);
  const last = only === undefined ? count : first;
  for (let seed = first; seed <= last; seed++) {
    try {
      check(newRandom(seed), seed);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${seed} (SEED=${seed} runs it alone): ${text}`, { cause: error });
    }
  }
}
