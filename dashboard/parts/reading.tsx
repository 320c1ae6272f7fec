import type { SensorView } from '../../shared/live';
import { isOutside, valueName, valueText } from '../i18n/format';
import { useSite } from '../site';
import { Icon } from './icon';

/** One value with its name; `name` is a key of the sensor's values. A kit's value that is missing could not be read. */
export function Reading({ sensor, name, note }: { sensor: SensorView; name: string; note?: string }) {
  const { words } = useSite();
  const value = sensor.values[name];
  const outside = isOutside(sensor, name);
  return (
    <div class={outside ? 'reading outside' : 'reading'} data-value={name}>
      <dt>{valueName(words, name)}</dt>
      <dd>
        {value === undefined ? (
          <span class="missing">
            <span aria-hidden="true">–</span>
            <span class="visually-hidden">{words.text.noValue}</span>
          </span>
        ) : (
          <span class="number">{valueText(words, name, value, sensor.values)}</span>
        )}
        {note && <span class="reading-note"> {note}</span>}
        {outside && (
          <span class="outside-mark" title={words.text.outsideLimits}>
            <Icon name="warning" />
            <span class="visually-hidden"> {words.text.outsideLimits}</span>
          </span>
        )}
      </dd>
    </div>
  );
}

/** What a kit says about itself rather than about the room. */
const housekeeping = ['rssiDbm', 'uptimeS', 'freeVars', 'reconnects', 'boot', 'seq'];

/** Names of what a sensor has measured: the usual three first, then as they came; without a kit's own numbers. */
export function measuredNames(sensor: SensorView): string[] {
  const usual = ['temperature', 'humidity', 'light'];
  const names = Object.keys(sensor.values).filter(
    (name) => name !== 'unit' && !(sensor.kit && housekeeping.includes(name)),
  );
  const first = usual.filter((name) => sensor.kit || names.includes(name));
  return [...first, ...names.filter((name) => !usual.includes(name))];
}
