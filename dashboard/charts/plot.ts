import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Words } from '../i18n/format';
import type { Line } from './line';

/** A horizontal line that means something, such as a threshold. */
export interface Level {
  value: number;
  label: string;
}

/** The point under the cursor. */
export interface Pointed {
  index: number;
  atMs: number;
  value: number;
}

export interface PlotOptions {
  name: string;
  hours: number;
  words: Words;
  levels: Level[];
  /** Undefined when the cursor has left. */
  onPointed: (pointed: Pointed | undefined) => void;
}

export interface Plot {
  show(line: Line, fromMs: number, toMs: number): void;
  /** Moves the cursor to this point, or away. */
  point(index: number | undefined): void;
  destroy(): void;
}

const heightPx = 190;
/** How far the y axis spans at least, so that noise is not blown up to a mountain range. */
const spans = new Map(Object.entries({ temperature: 2, humidity: 5, light: 60 }));
const bounds = new Map<string, [number, number]>([
  ['humidity', [0, 100]],
  ['light', [0, 1023]],
]);

/** A uPlot in this element, as wide as it is; colours come from the custom properties of the page. */
export function createPlot(element: HTMLElement, options: PlotOptions): Plot {
  const { name, hours, words, levels, onPointed } = options;
  const style = getComputedStyle(element);
  const colour = (property: string) => style.getPropertyValue(property).trim();
  const line = colour(`--chart-${name}`) || colour('--chart-other');
  const font = `12px ${style.fontFamily}`;
  const axis = {
    stroke: colour('--quiet'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  let [fromS, toS] = [0, 1];

  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: heightPx,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: 'lamplighter', setSeries: false },
        drag: { x: false, y: false },
        y: false,
        points: { size: 7, fill: line, stroke: colour('--surface'), width: 2 },
      },
      scales: {
        x: { time: true, range: () => [fromS, toS] },
        y: { range: (_, low, high) => rangeOf(name, low, high) },
      },
      axes: [
        {
          ...axis,
          size: 30,
          space: hours > 24 ? 60 : 70,
          values: (_, splits) => splits.map((at) => words.axisTime(at * 1000, hours)),
        },
        {
          ...axis,
          size: 46,
          gap: 6,
          values: (_, splits) => splits.map((value) => axisNumber(words, value, splits)),
        },
      ],
      series: [
        {},
        {
          stroke: line,
          width: 1.75,
          points: {
            size: 4,
            fill: line,
            stroke: line,
            // Where there are too many for a dot each, some have one nevertheless.
            filter: (self, _series, all) => (all ? null : dotted(self.data[1]!)),
          },
        },
        { stroke: 'transparent', width: 0, points: { show: false } },
        { stroke: 'transparent', width: 0, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: translucent(line) }],
      hooks: {
        setCursor: [(self) => onPointed(pointedOf(self))],
        draw: [(self) => drawLevels(self, levels, colour('--quiet'), font)],
      },
    },
    [[], [], [], []],
    element,
  );
  const resizing = new ResizeObserver(() => {
    if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: heightPx });
  });
  resizing.observe(element);

  return {
    show({ times, means, lows, highs }, fromMs, toMs) {
      // A little room for the dot of the newest point.
      [fromS, toS] = [fromMs / 1000, (toMs + (toMs - fromMs) / 100) / 1000];
      plot.setData([times, means, lows, highs], true);
    },
    point(index) {
      if (index === undefined) return plot.setCursor({ left: -10, top: -10 });
      const left = plot.valToPos(plot.data[0][index]!, 'x');
      plot.setCursor({ left, top: 1 });
    },
    destroy() {
      resizing.disconnect();
      plot.destroy();
    },
  };
}

/** Indices of the points between two gaps, to which no line leads, and of the newest. */
function dotted(values: ArrayLike<number | null | undefined>): number[] {
  const last = values.length - 1;
  return Array.from({ length: values.length }, (_, index) => index).filter(
    (index) =>
      values[index] != null && (index === last || (values[index - 1] == null && values[index + 1] == null)),
  );
}

function pointedOf(plot: uPlot): Pointed | undefined {
  const { idx, left } = plot.cursor;
  if (idx === null || idx === undefined || left === undefined || left < 0) return undefined;
  const value = plot.data[1]![idx];
  return value == null ? undefined : { index: idx, atMs: plot.data[0][idx]! * 1000, value };
}

/** Dashed lines where they lie within the picture, named at the left end: what is new is at the right. */
function drawLevels(plot: uPlot, levels: readonly Level[], colour: string, font: string): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.textAlign = 'left';
  ctx.font = font.replace('12px', `${11 * ratio}px`);
  for (const { value, label } of levels) {
    const y = plot.valToPos(value, 'y', true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const isUpper = levels.every((other) => other.value <= value);
    ctx.textBaseline = isUpper ? 'bottom' : 'top';
    ctx.fillText(label, bbox.left + 4 * ratio, y + (isUpper ? -2 : 3) * ratio);
  }
  ctx.restore();
}

function rangeOf(name: string, low: number | null, high: number | null): [number, number] {
  const span = spans.get(name) ?? 1;
  if (low === null || high === null) return [0, span];
  const extra = Math.max((span - (high - low)) / 2, (high - low) * 0.1);
  const [lowest, highest] = bounds.get(name) ?? [-Infinity, Infinity];
  return [Math.max(lowest, low - extra), Math.min(highest, high + extra)];
}

function axisNumber(words: Words, value: number, splits: readonly number[]): string {
  const step = splits.length > 1 ? splits[1]! - splits[0]! : 1;
  return words.number(value, step < 0.1 ? 2 : step < 1 ? 1 : 0);
}

/** Colours of the charts are written `#rrggbb`. */
function translucent(colour: string): string {
  return `${colour}2e`;
}
