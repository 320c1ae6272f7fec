import { useEffect, useRef, useState } from 'preact/hooks';
import { getSeries } from '../api';
import { useLive } from '../site';
import { liveMax, merged, type Point, type RangeHours } from './line';

export interface Series {
  state: 'loading' | 'ready' | 'failed';
  points: Point[];
  fromMs: number;
  toMs: number;
}

/** Points that are asked for: about one for two pixels of a wide chart. */
const pointsMax = 400;
const hourMs = 3_600_000;

/** History of one value, and what comes live after it; asked for anew after each reconnection. */
export function useSeries(sensor: string, name: string, hours: RangeHours): Series {
  const site = useLive();
  const { resyncs, ready, sensors } = site.live;
  const isKnown = sensors.has(sensor);
  const live = useRef<Point[]>([]);
  const [stored, setStored] = useState<{ state: Series['state']; points: Point[] }>({
    state: 'loading',
    points: [],
  });
  const [fills, refill] = useState(0);

  useEffect(() => {
    live.current = [];
    return site.onReading((reading) => {
      const value = reading.values[name];
      if (reading.sensor !== sensor || typeof value !== 'number') return;
      live.current.push({ atMs: reading.atMs, mean: value, min: value, max: value, count: 1 });
      // More than fits: by now the store has them all, in fewer points.
      if (live.current.length > liveMax) {
        live.current.splice(0, liveMax / 2);
        refill((count) => count + 1);
      }
    });
  }, [site, sensor, name]);

  useEffect(() => {
    if (!ready) return;
    // It has never reported, so there is nothing to ask for.
    if (!isKnown) return setStored({ state: 'ready', points: [] });
    let current = true;
    const toMs = site.nowMs();
    getSeries(sensor, name, toMs - hours * hourMs, toMs, pointsMax).then(
      (points) => current && setStored({ state: 'ready', points }),
      () => current && setStored({ state: 'failed', points: [] }),
    );
    return () => {
      current = false;
    };
  }, [site, sensor, name, hours, ready, isKnown, resyncs, fills]);

  const toMs = site.nowMs();
  const fromMs = toMs - hours * hourMs;
  return { state: stored.state, points: merged(stored.points, live.current, fromMs), fromMs, toMs };
}
