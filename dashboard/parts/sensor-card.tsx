import { Component } from 'preact';
import type { KitView, SensorView } from '../../shared/live';
import { isLit, lampText, sensorName, type Words } from '../i18n/format';
import { lampLeftS } from '../kit/screen';
import { pathOf } from '../route';
import { measuredNames, Reading } from './reading';
import { LastSeen, SensorBadge } from './sensor-badge';

interface Given {
  sensor: SensorView;
  words: Words;
  /** In whole seconds, so that a card is drawn at most once a second while nothing comes. */
  nowMs: number;
}

/** Values of one sensor that a card has room for. */
const shownMax = 6;

/** A kit or a sensor on the overview. */
export class SensorCard extends Component<Given> {
  override shouldComponentUpdate(next: Given): boolean {
    return (
      next.sensor !== this.props.sensor || next.words !== this.props.words || next.nowMs !== this.props.nowMs
    );
  }

  override render({ sensor, words, nowMs }: Given) {
    const { kit } = sensor;
    const names = measuredNames(sensor).slice(0, shownMax);
    const asleep = kit?.status === 'offline';
    return (
      <li class={asleep ? 'card sensor-card asleep' : 'card sensor-card'} data-sensor={sensor.id}>
        <div class="card-head">
          <h3>
            <a href={pathOf(sensor.id)}>{sensorName(words, sensor.id)}</a>
          </h3>
          <SensorBadge sensor={sensor} nowMs={nowMs} />
        </div>
        <dl class="readings">
          {names.map((name) => (
            <Reading
              key={name}
              name={name}
              sensor={sensor}
              note={name === 'light' && kit ? darkNote(words, kit) : undefined}
            />
          ))}
          {kit && <Outputs kit={kit} words={words} nowMs={nowMs} />}
        </dl>
        {names.length === 0 && !kit && <p class="quiet">{words.text.noValues}</p>}
        <p class="card-foot">
          <LastSeen seenMs={sensor.seenMs} nowMs={nowMs} />
          {sensor.seenMs > 0 && <span class="transport">{sensor.transport.toUpperCase()}</span>}
        </p>
      </li>
    );
  }
}

export function darkNote(words: Words, kit: KitView): string | undefined {
  if (kit.dark === undefined) return undefined;
  return kit.dark ? words.text.dark : words.text.bright;
}

function Outputs({ kit, words, nowMs }: { kit: KitView; words: Words; nowMs: number }) {
  const { text } = words;
  const leftS = lampLeftS(kit, nowMs);
  return (
    <>
      <div class="reading" data-value="lamp" data-lit={isLit(kit, leftS)}>
        <dt>{text.lamp}</dt>
        <dd>
          <span class="output">
            {leftS ? text.secondsLeft(words.number(leftS)) : lampText(words, kit, leftS)}
          </span>
        </dd>
      </div>
      <div class="reading" data-value="led" data-lit={kit.led === 'ON'}>
        <dt>{text.led}</dt>
        <dd>
          <span class="output">{kit.led ? { ON: text.on, OFF: text.off }[kit.led] : text.unknown}</span>
        </dd>
      </div>
    </>
  );
}
