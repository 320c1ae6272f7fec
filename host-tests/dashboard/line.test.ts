import { expect, test } from 'vitest';
import { lineThrough, merged, type Point, summaryOf } from '../../dashboard/charts/line';

const at = (atMs: number, mean = atMs): Point => ({ atMs, mean, min: mean, max: mean, count: 1 });

test('live points follow the stored ones, each once, none from before the chart', () => {
  const points = merged([at(100), at(200)], [at(200), at(150), at(400), at(300), at(300)], 200);
  expect(points.map(({ atMs }) => atMs)).toEqual([200, 300, 400]);
});

test('live points alone are a chart as well', () => {
  expect(merged([], [at(2), at(1)], 0).map(({ atMs }) => atMs)).toEqual([1, 2]);
});

test('a pause of more than three usual steps interrupts the line', () => {
  const { times, means } = lineThrough([at(0), at(1000), at(2000), at(6000), at(7000)], 0);
  expect(times).toEqual([0, 1, 2, 4, 6, 7]);
  expect(means).toEqual([0, 1000, 2000, null, 6000, 7000]);
});

test('a pause of three steps does not', () => {
  expect(lineThrough([at(0), at(1000), at(2000), at(5000)], 0).means).not.toContain(null);
});

test('one answer right after a reading does not make every usual step a gap', () => {
  const points = [at(0), at(10), at(20), at(30), at(10_000), at(20_000)];
  expect(lineThrough(points, 15_000).means).not.toContain(null);
});

test('a line through nothing is empty', () => {
  expect(lineThrough([], 1000)).toEqual({ times: [], means: [], lows: [], highs: [] });
  expect(summaryOf([])).toBeUndefined();
});

test('extremes are those within the buckets, the last value is a mean', () => {
  const points = [
    { atMs: 1, mean: 5, min: -2, max: 6, count: 9 },
    { atMs: 2, mean: 4, min: 3, max: 11, count: 9 },
  ];
  expect(summaryOf(points)).toEqual({ last: 4, lowest: -2, highest: 11 });
  expect(lineThrough(points, 0)).toMatchObject({ lows: [-2, 3], highs: [6, 11] });
});
