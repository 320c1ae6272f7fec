/** Pictures of a run: bars for a terminal, a drawing for a report. */
import { msText } from './compare';
import { type Bucket, histogram, quantile, type RoundTrip } from './statistics';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One line a bucket: the range, a bar, the count. */
export function terminalHistogram(roundTrips: readonly RoundTrip[], width: number, buckets = 12): string[] {
  const all = histogram(roundTrips, buckets);
  const most = Math.max(...all.map(({ count }) => count), 1);
  const label = (bucket: Bucket) => `${msText(bucket.fromMs)} - ${msText(bucket.toMs)}`;
  const labelWidth = Math.max(...all.map((bucket) => label(bucket).length), 0);
  return all.map((bucket) => {
    const units = Math.round((bucket.count / most) * (width - labelWidth - 10) * 8);
    const bar = '█'.repeat(Math.max(units >> 3, 0)) + eighths[Math.max(units, 0) & 7]!;
    return `${label(bucket).padStart(labelWidth)}  ${bar || (bucket.count ? '▏' : '')} ${bucket.count || ''}`.trimEnd();
  });
}

export interface Plotted {
  name: string;
  color: string;
  roundTrips: readonly RoundTrip[];
}

/** More letters do not fit. */
const titleMax = 110;
const size = { width: 800, height: 480, left: 70, right: 20, top: 50, bottom: 55 };

/**
 * The share of messages (upwards) that were answered within a time (to the right, logarithmic): one curve a protocol, which ends below
 * 100 % when some were lost.
 */
export function svgPlot(title: string, series: readonly Plotted[]): string {
  const { width, height, left, right, top, bottom } = size;
  const sorted = series.map(({ roundTrips }) =>
    roundTrips.filter((time) => time !== undefined).sort((a, b) => a - b),
  );
  const answered = sorted.filter((times) => times.length > 0);
  const fastest = Math.min(...answered.map((times) => times[0]!));
  const slowest = Math.max(...answered.map((times) => times.at(-1)!));
  // Without an answer there is still a picture, of nothing.
  const low = answered.length > 0 ? 10 ** Math.floor(Math.log10(Math.max(fastest, 0.001))) : 0.1;
  const high = 10 ** Math.ceil(Math.log10(Math.max(slowest, low * 10)));
  const x = (ms: number) =>
    left + (Math.log10(Math.max(ms, low) / low) / Math.log10(high / low)) * (width - left - right);
  const y = (share: number) => height - bottom - share * (height - top - bottom);
  const decades = Array.from(
    { length: Math.round(Math.log10(high / low)) + 1 },
    (_, index) => low * 10 ** index,
  );
  const grid = decades
    .map(
      (ms) =>
        line(x(ms), y(0), x(ms), y(1), '#ddd') + text(x(ms), y(0) + 20, 'middle', `${+ms.toPrecision(1)}`),
    )
    .concat(
      [0, 0.25, 0.5, 0.75, 1].map(
        (share) =>
          line(x(low), y(share), x(high), y(share), '#ddd') +
          text(left - 8, y(share) + 4, 'end', `${share * 100} %`),
      ),
    );
  const curves = series.map(({ color, roundTrips }, index) => {
    const own = sorted[index]!;
    if (own.length === 0) return '';
    // One answer is a line upwards.
    const steps = Math.max(Math.min(own.length, 400), 2);
    const points = Array.from({ length: steps }, (_, step) => {
      const share = step / (steps - 1);
      return `${x(quantile(own, share)).toFixed(1)},${y((share * own.length) / roundTrips.length).toFixed(1)}`;
    });
    return `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.join(' ')}"/>`;
  });
  const legend = series.map(
    ({ name, color }, index) =>
      `<rect x="${left + 10 + index * 110}" y="${top - 22}" width="12" height="12" fill="${color}"/>` +
      text(left + 28 + index * 110, top - 12, 'start', name),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<title>${escaped(title)}</title>`,
    text(width / 2, 20, 'middle', title.length > titleMax ? `${title.slice(0, titleMax - 1)}…` : title),
    ...grid,
    ...curves,
    ...legend,
    text(width / 2, height - 12, 'middle', 'round trip, ms'),
    '</svg>\n',
  ].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${color}"/>`;
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
