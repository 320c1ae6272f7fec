/** What a series of round trips comes to. Times in milliseconds. */
export interface Statistics {
  sent: number;
  answered: number;
  lost: number;
  /** Answers that came after the answer to a later message. */
  outOfOrder: number;
  min: number;
  mean: number;
  median: number;
  p95: number;
  p99: number;
  max: number;
  /** Of the sample: divided by n - 1; 0 for one answer. */
  deviation: number;
}

/** One message: undefined is lost. */
export type RoundTrip = number | undefined;

/** Every value but the counts is NaN when nothing was answered. */
export function statisticsOf(roundTrips: readonly RoundTrip[], outOfOrder: number): Statistics {
  const times = roundTrips.filter((time) => time !== undefined).sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const squares = times.reduce((sum, time) => sum + (time - mean) ** 2, 0);
  return {
    sent: roundTrips.length,
    answered: times.length,
    lost: roundTrips.length - times.length,
    outOfOrder,
    min: times[0] ?? NaN,
    mean,
    median: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
    max: times.at(-1) ?? NaN,
    deviation: times.length > 1 ? Math.sqrt(squares / (times.length - 1)) : times.length ? 0 : NaN,
  };
}

/** Linear between neighbours (Hyndman and Fan, type 7), as R, NumPy and spreadsheets have it. `sorted` ascends. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const low = sorted[below];
  if (low === undefined) return NaN;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (at - below);
}

export interface Bucket {
  fromMs: number;
  toMs: number;
  count: number;
}

/** Buckets that grow by the same factor, from the fastest to the slowest: delays spread over orders of magnitude. */
export function histogram(roundTrips: readonly RoundTrip[], buckets: number): Bucket[] {
  const times = roundTrips.filter((time) => time !== undefined).sort((a, b) => a - b);
  if (times.length === 0) return [];
  // A clock that stood still is taken for one that ticks each microsecond.
  const low = Math.max(times[0]!, 0.001);
  const high = Math.max(times.at(-1)!, low * 1.01);
  const factor = (high / low) ** (1 / buckets);
  const result = Array.from({ length: buckets }, (_, index) => ({
    fromMs: low * factor ** index,
    toMs: low * factor ** (index + 1),
    count: 0,
  }));
  for (const time of times) {
    const index = Math.floor(Math.log(Math.max(time, low) / low) / Math.log(factor));
    result[Math.min(index, buckets - 1)]!.count++;
  }
  return result;
}
