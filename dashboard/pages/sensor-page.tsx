import { Charts } from '../charts/charts';
import { ConfigForm } from '../parts/config-form';
import { measuredNames, Reading } from '../parts/reading';
import { LastSeen, SensorBadge } from '../parts/sensor-badge';
import { useTitle } from '../parts/title';
import { useLive, useNow } from '../site';

/** Charts that a page has room for. */
const chartsMax = 6;

/** A sensor that is no kit: its values, their history, and its configuration. */
export function SensorPage({ id }: { id: string }) {
  const { live, words } = useLive();
  const { text } = words;
  const nowMs = useNow(1000);
  const sensor = live.sensors.get(id);
  useTitle(id);

  if (!sensor) {
    return (
      <>
        <h1 class="breakable">{id}</h1>
        <p class="note">{live.ready ? text.sensorNotFound(id) : text.loading}</p>
      </>
    );
  }
  const names = measuredNames(sensor);
  const numeric = names.filter((name) => typeof sensor.values[name] === 'number').slice(0, chartsMax);
  return (
    <>
      <div class="page-head">
        <h1 class="breakable">{id}</h1>
        <SensorBadge sensor={sensor} nowMs={nowMs} />
        <LastSeen seenMs={sensor.seenMs} nowMs={nowMs} />
        <span class="transport">{sensor.transport.toUpperCase()}</span>
      </div>
      <dl class="tiles" aria-label={text.latest}>
        {names.map((name) => (
          <Reading key={name} sensor={sensor} name={name} />
        ))}
      </dl>
      {numeric.length > 0 && <Charts sensor={sensor} names={numeric} />}
      <ConfigForm sensor={sensor} />
    </>
  );
}
