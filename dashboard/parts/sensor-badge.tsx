import type { SensorView } from '../../shared/live';
import { isLate, type Words } from '../i18n/format';
import { useSite } from '../site';

export type Tone = 'good' | 'warn' | 'bad' | 'none';

export interface Standing {
  tone: Tone;
  text: string;
}

/** How a kit or a sensor is, in a word or two. */
export function standingOf(words: Words, sensor: SensorView, nowMs: number): Standing {
  const { text } = words;
  const late = isLate(sensor, nowMs);
  switch (sensor.kit?.status) {
    case 'online':
      return late ? { tone: 'warn', text: text.late } : { tone: 'good', text: text.online };
    case 'offline':
      return { tone: 'none', text: text.offline };
    case 'safe-mode':
      return { tone: 'bad', text: text.safeMode };
  }
  if (sensor.seenMs === 0) return { tone: 'none', text: text.neverSeen };
  if (late) return { tone: 'warn', text: text.late };
  if (nowMs - sensor.seenMs > silentMs) return { tone: 'none', text: text.silent };
  return { tone: 'good', text: text.reporting };
}

/** Who has no configuration says nothing of how often it reports; after so long it is no news any more. */
const silentMs = 600_000;

export function Badge({ standing }: { standing: Standing }) {
  return (
    <span class="badge" data-tone={standing.tone}>
      {standing.text}
    </span>
  );
}

export function SensorBadge({ sensor, nowMs }: { sensor: SensorView; nowMs: number }) {
  const { words } = useSite();
  return <Badge standing={standingOf(words, sensor, nowMs)} />;
}

/** `Last seen 3 s ago`, with the time to the second for those who point at it. */
export function LastSeen({ seenMs, nowMs }: { seenMs: number; nowMs: number }) {
  const { words } = useSite();
  if (seenMs === 0) return <span class="last-seen">{words.text.neverSeen}</span>;
  return (
    <span class="last-seen">
      {words.text.lastSeen}{' '}
      <time dateTime={new Date(seenMs).toISOString()} title={words.fullTime(seenMs)}>
        {words.ago(seenMs, nowMs)}
      </time>
    </span>
  );
}
