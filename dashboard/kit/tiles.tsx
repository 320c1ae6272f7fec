import type { SensorView } from '../../shared/live';
import { causeText, isLit, lampText } from '../i18n/format';
import { Icon } from '../parts/icon';
import { Reading } from '../parts/reading';
import { darkNote } from '../parts/sensor-card';
import { useLive, useNow } from '../site';
import { lampLeftS } from './screen';

/** What a kit measures and what it drives, at a glance. */
export function Tiles({ sensor }: { sensor: SensorView & { kit: NonNullable<SensorView['kit']> } }) {
  const { words } = useLive();
  const { text } = words;
  const { kit } = sensor;
  return (
    <dl class="tiles">
      <Reading sensor={sensor} name="temperature" />
      <Reading sensor={sensor} name="humidity" />
      <Reading sensor={sensor} name="light" note={darkNote(words, kit)} />
      <div class="reading" data-value="led" data-lit={kit.led === 'ON'}>
        <dt>{text.led}</dt>
        <dd>
          <Icon name="led" /> {kit.led ? { ON: text.on, OFF: text.off }[kit.led] : text.unknown}
        </dd>
      </div>
      <LampTile kit={kit} />
    </dl>
  );
}

function LampTile({ kit }: { kit: NonNullable<SensorView['kit']> }) {
  const { words } = useLive();
  const { text } = words;
  const nowMs = useNow(kit.lampEndsMs ? 200 : 1000);
  const leftS = lampLeftS(kit, nowMs);
  const holdMs = kit.settings?.holdMs ?? 10_000;
  return (
    <div class="reading lamp-tile" data-value="lamp" data-lit={isLit(kit, leftS)}>
      <dt>{text.lamp}</dt>
      <dd>
        <Icon name="bulb" /> {lampText(words, kit, leftS)}
      </dd>
      {leftS > 0 && <progress max={holdMs} value={Math.max(0, kit.lampEndsMs! - nowMs)} aria-hidden="true" />}
      <dd class="cause">{causeText(words, kit)}</dd>
    </div>
  );
}
