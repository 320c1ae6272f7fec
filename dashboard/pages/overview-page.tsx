import type { SensorView } from '../../shared/live';
import { SensorCard } from '../parts/sensor-card';
import { useTitle } from '../parts/title';
import { useLive, useNow } from '../site';

/** Every kit and every sensor as a card. */
export function OverviewPage() {
  const { live, words } = useLive();
  const { text } = words;
  // Cards tell whole seconds.
  const nowMs = Math.floor(useNow(1000) / 1000) * 1000;
  useTitle(text.overviewTitle);

  const all = live.inOrder();
  const kits = all.filter(({ kit }) => kit);
  const sensors = all.filter(({ kit }) => !kit);
  const online = kits.filter(({ kit }) => kit!.status === 'online').length;

  return (
    <>
      <h1>{text.overviewTitle}</h1>
      {!live.ready && <p class="quiet">{text.loading}</p>}
      {live.ready && all.length === 0 && (
        <div class="card empty">
          <p>{text.nothingYet}</p>
          <p class="quiet">{text.nothingYetHow}</p>
        </div>
      )}
      {kits.length > 0 && (
        <section aria-labelledby="kits">
          <div class="section-head">
            <h2 id="kits">{text.kitsHeading}</h2>
            <p class="quiet">{text.kitsOnline(words.number(online), words.number(kits.length))}</p>
          </div>
          {cards(kits)}
        </section>
      )}
      {sensors.length > 0 && (
        <section aria-labelledby="sensors">
          <div class="section-head">
            <h2 id="sensors">{text.sensorsHeading}</h2>
            <p class="quiet">{text.sensorsCount(words.number(sensors.length))}</p>
          </div>
          {cards(sensors)}
        </section>
      )}
    </>
  );

  function cards(views: SensorView[]) {
    return (
      <ul class="cards">
        {views.map((sensor) => (
          <SensorCard key={sensor.id} sensor={sensor} words={words} nowMs={nowMs} />
        ))}
      </ul>
    );
  }
}
