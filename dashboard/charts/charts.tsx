import { useState } from 'preact/hooks';
import type { KitView, SensorView } from '../../shared/live';
import { csvUrl } from '../api';
import { useLive } from '../site';
import { Chart } from './chart';
import { ranges, type RangeHours } from './line';

/** One chart for each of these values, over one stretch of time. */
export function Charts(given: { sensor: SensorView; names: string[]; settings?: KitView['settings'] }) {
  const { words } = useLive();
  const { text } = words;
  const [hours, setHours] = useState<RangeHours>(1);
  const { sensor, names, settings } = given;
  return (
    <section class="charts" aria-labelledby="charts">
      <div class="section-head">
        <h2 id="charts">{text.charts}</h2>
        <div class="switch" role="group" aria-label={text.range}>
          {ranges.map((range) => (
            <button key={range} type="button" aria-pressed={range === hours} onClick={() => setHours(range)}>
              {range <= 24 ? text.hours(words.number(range)) : text.days(words.number(range / 24))}
            </button>
          ))}
        </div>
        <a class="export" href={csvUrl(sensor.id)} download>
          {text.exportCsv}
        </a>
      </div>
      <div class="chart-grid">
        {names.map((name) => (
          <Chart
            key={name}
            sensor={sensor}
            name={name}
            hours={hours}
            settings={name === 'light' ? settings : undefined}
          />
        ))}
      </div>
    </section>
  );
}
