import { useEffect } from 'preact/hooks';
import type { KitView, SensorView } from '../../shared/live';
import { Charts } from '../charts/charts';
import { Controls } from '../kit/controls';
import { Display } from '../kit/display';
import { BoardFacts, LampSettings } from '../kit/facts';
import { MessageList } from '../kit/messages';
import { Tiles } from '../kit/tiles';
import { ConfigForm } from '../parts/config-form';
import { LastSeen, SensorBadge } from '../parts/sensor-badge';
import { useTitle } from '../parts/title';
import { useLive, useNow } from '../site';

/** One kit: what it measures, what it drives, and its ten buttons. */
export function KitPage({ kit: number }: { kit: number }) {
  const site = useLive();
  const { live, words } = site;
  const { text } = words;
  const nowMs = useNow(1000);
  const id = `kit_${number}`;
  const title = text.kitName(String(number));
  useTitle(title);
  useEffect(() => {
    site.watch(number);
    return () => site.watch(0);
  }, [site, number]);

  const known = live.sensors.get(id);
  const sensor: SensorView = known ?? { id, transport: 'mqtt', seenMs: 0, count: 0, values: {} };
  const kit: KitView = sensor.kit ?? { kit: number, status: 'unknown', textsOnly: false };
  const names = ['temperature', 'humidity', 'light'];

  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        {live.ready && <SensorBadge sensor={{ ...sensor, kit }} nowMs={nowMs} />}
        {live.ready && sensor.seenMs > 0 && <LastSeen seenMs={sensor.seenMs} nowMs={nowMs} />}
      </div>
      {live.ready && <KitNote sensor={sensor} kit={kit} />}
      <Tiles sensor={{ ...sensor, kit }} />
      <div class="two-columns">
        <Controls kit={number} />
        <Display
          kit={kit}
          values={sensor.values}
          known={kit.status !== 'unknown' || Object.keys(sensor.values).length > 0}
        />
      </div>
      <Charts sensor={sensor} names={names} settings={kit.settings} />
      <MessageList />
      <div class="two-columns uneven">
        <LampSettings kit={kit} />
        <BoardFacts sensor={sensor} kit={kit} />
      </div>
      {known && <ConfigForm sensor={known} />}
    </>
  );
}

/** What a reader must know before they believe the rest of the page. */
function KitNote({ sensor, kit }: { sensor: SensorView; kit: KitView }) {
  const { text } = useLive().words;
  if (kit.status === 'safe-mode') return <p class="note warning">{text.kitSafeMode}</p>;
  if (kit.status === 'offline') return <p class="note">{text.kitOffline}</p>;
  if (sensor.seenMs === 0) return <p class="note">{text.kitNeverSeen(String(kit.kit))}</p>;
  if (kit.textsOnly) return <p class="note">{text.textsOnly}</p>;
  return null;
}
