/** One point of a chart, as the gateway tells it: a bucket of time, or one reading when `count` is 1. */
export interface Point {
  atMs: number;
  mean: number;
  min: number;
  max: number;
  count: number;
}

/** Stretches of time that a chart can show, in hours. */
export const ranges = [1, 24, 24 * 7, 24 * 30] as const;
export type RangeHours = (typeof ranges)[number];

/** What a chart draws: seconds since 1970, and values; null where nothing was measured. */
export interface Line {
  times: number[];
  means: (number | null)[];
  lows: (number | null)[];
  highs: (number | null)[];
}

export interface Summary {
  last: number;
  lowest: number;
  highest: number;
}

/** Live points that are kept beside those of the store: an hour of one a second. */
export const liveMax = 3600;

/** Stored points and live ones, in order, without repetitions, none before `fromMs`. */
export function merged(stored: readonly Point[], live: readonly Point[], fromMs: number): Point[] {
  const lastMs = stored.at(-1)?.atMs ?? -Infinity;
  // A bucket's time is its beginning: what was live before the store was asked may be inside the last one.
  const fresh = live.filter(({ atMs }) => atMs > lastMs);
  const points = [...stored, ...fresh.sort((a, b) => a.atMs - b.atMs)];
  return points.filter(({ atMs }, index) => atMs >= fromMs && atMs !== points[index - 1]?.atMs);
}

/**
 * The line through the points, interrupted where nothing came for three of the usual steps: a gap is a gap, and no
 * straight line over a night without power.
 */
export function lineThrough(points: readonly Point[], stepMsMin: number): Line {
  const line: Line = { times: [], means: [], lows: [], highs: [] };
  const add = (atMs: number, point: Point | null): void => {
    line.times.push(atMs / 1000);
    line.means.push(point && point.mean);
    line.lows.push(point && point.min);
    line.highs.push(point && point.max);
  };
  const gapMs = 3 * Math.max(stepMsMin, usualStepMs(points));
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before && point.atMs - before.atMs > gapMs) add((before.atMs + point.atMs) / 2, null);
    add(point.atMs, point);
  });
  return line;
}

/** Undefined without points. */
export function summaryOf(points: readonly Point[]): Summary | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  return {
    last: last.mean,
    lowest: points.reduce((low, { min }) => Math.min(low, min), Infinity),
    highest: points.reduce((high, { max }) => Math.max(high, max), -Infinity),
  };
}

/** The median time between two neighbours, ms. */
function usualStepMs(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ atMs }, index) => atMs - points[index]!.atMs);
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}
