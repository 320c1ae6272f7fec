import { useEffect, useRef, useState } from 'preact/hooks';
import type { KitView, SensorView } from '../../shared/live';
import { valueName, valueText } from '../i18n/format';
import { useLive } from '../site';
import { lineThrough, summaryOf, type RangeHours } from './line';
import type { Level, Plot, Pointed } from './plot';
import { useSeries } from './use-series';

interface Given {
  sensor: SensorView;
  name: string;
  hours: RangeHours;
  /** Of a kit's light: where it counts as dark, and as bright. */
  settings?: KitView['settings'];
}

/** Kits and most sensors report every 10 s or so: a shorter pause is no gap. */
const stepMsMin = 15_000;

/** History of one value: a line, its extremes in words, and the point under the cursor or reached with the arrow keys. */
export function Chart({ sensor, name, hours, settings }: Given) {
  const { words, themes } = useLive();
  const { text } = words;
  const series = useSeries(sensor.id, name, hours);
  const line = lineThrough(series.points, stepMsMin);
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [pointed, setPointed] = useState<Pointed>();
  const levels = levelsOf();
  const look = `${words.language} ${themes.shown} ${hours} ${JSON.stringify(levels)}`;

  useEffect(() => {
    let gone = false;
    let made: Plot | undefined;
    void import('./plot').then(({ createPlot }) => {
      if (gone) return;
      made = createPlot(element.current!, { name, hours, words, levels, onPointed });
      plot.current = made;
      made.show(line, series.fromMs, series.toMs);
    });
    return () => {
      gone = true;
      made?.destroy();
      plot.current = undefined;
    };
  }, [look, name]);

  // Drawn when there is something new, and once a second since time goes on.
  const last = series.points.at(-1);
  const drawn = `${series.points.length} ${series.points[0]?.atMs} ${last?.atMs} ${Math.floor(series.toMs / 1000)}`;
  useEffect(() => plot.current?.show(line, series.fromMs, series.toMs), [drawn]);

  const summary = summaryOf(series.points);
  const shown = (value: number) => valueText(words, name, value, sensor.values);
  const pointedText = pointed && `${words.time(pointed.atMs, series.toMs)} · ${shown(pointed.value)}`;
  const range = text.rangeNames[hours]!;

  return (
    <div class="card chart" data-chart={name} data-state={series.state}>
      <div class="chart-head">
        <h3>{valueName(words, name)}</h3>
        <p class="chart-summary">
          {pointedText ??
            (summary && (
              <>
                {text.lowest} {shown(summary.lowest)} · {text.highest} {shown(summary.highest)}
              </>
            ))}
        </p>
      </div>
      <div
        ref={element}
        class={summary ? 'plot' : 'plot empty'}
        tabIndex={summary ? 0 : -1}
        role="slider"
        aria-label={
          summary
            ? text.chartLabel(
                valueName(words, name),
                range,
                shown(summary.last),
                shown(summary.lowest),
                shown(summary.highest),
              )
            : valueName(words, name)
        }
        aria-valuemin={0}
        aria-valuemax={Math.max(0, line.times.length - 1)}
        aria-valuenow={pointed?.index ?? Math.max(0, line.times.length - 1)}
        aria-valuetext={pointedText ?? (summary && shown(summary.last)) ?? ''}
        onKeyDown={(event) => onKey(event)}
        onBlur={() => plot.current?.point(undefined)}
      />
      {!summary && series.state !== 'loading' && (
        <p class="chart-empty quiet">
          {series.state === 'failed' ? text.historyFailed : text.noHistory(range)}
        </p>
      )}
    </div>
  );

  /** Drawing tells where the cursor is, too: what has not changed must not lead to another drawing. */
  function onPointed(next: Pointed | undefined): void {
    setPointed((before) => (before?.index === next?.index && before?.value === next?.value ? before : next));
  }

  function onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
    const last = line.times.length - 1;
    const now = pointed?.index ?? last + 1;
    const target = { Home: 0, End: last }[event.key] ?? now + (steps[event.key] ?? NaN);
    if (Number.isNaN(target)) return;
    event.preventDefault();
    plot.current?.point(Math.min(last, Math.max(0, target)));
  }

  function levelsOf(): Level[] {
    const limits = sensor.config?.thresholds[name];
    return [
      { value: settings?.darkBelow, label: text.levelDark },
      { value: settings?.brightFrom, label: text.levelBright },
      { value: limits?.min, label: text.min },
      { value: limits?.max, label: text.max },
    ].filter((level): level is Level => level.value !== undefined);
  }
}
