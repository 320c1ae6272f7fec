import type { KitView, SensorView } from '../../shared/live';
import { valueName, valueText } from '../i18n/format';
import { useSite } from '../site';

type Row = [name: string, value: string | undefined];

/** What the kit was configured with. */
export function LampSettings({ kit }: { kit: KitView }) {
  const { words } = useSite();
  const { text } = words;
  const { settings } = kit;
  const seconds = (ms: number) => text.seconds(words.number(ms / 1000, ms % 1000 ? 1 : 0));
  return (
    <section class="card" aria-labelledby="settings">
      <h2 id="settings">{text.settings}</h2>
      {settings ? (
        <Rows
          rows={[
            [text.hold, seconds(settings.holdMs)],
            [text.darkBelow, words.number(settings.darkBelow)],
            [text.brightFrom, words.number(settings.brightFrom)],
            [text.telemetryEvery, seconds(settings.telemetryMs)],
          ]}
        />
      ) : (
        <p class="quiet">{text.settingsUnknown}</p>
      )}
    </section>
  );
}

/** What the kit has told about itself. */
export function BoardFacts({ sensor, kit }: { sensor: SensorView; kit: KitView }) {
  const { words } = useSite();
  const { text } = words;
  const own = ['rssiDbm', 'uptimeS', 'freeVars', 'reconnects', 'boot'].map((name): Row => {
    const value = sensor.values[name];
    return [valueName(words, name), value === undefined ? undefined : valueText(words, name, value)];
  });
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">{text.about}</h2>
      <Rows
        rows={[
          [text.board, kit.board && (boardNames.get(kit.board) ?? kit.board)],
          [text.firmware, kit.version],
          [text.address, kit.ip],
          [text.mac, kit.mac],
          [text.transport, sensor.seenMs ? sensor.transport.toUpperCase() : undefined],
          ...own,
        ]}
      />
    </section>
  );
}

const boardNames = new Map(Object.entries({ nodemcu: 'NodeMCU (ESP8266)', esp32: 'ESP32' }));

function Rows({ rows }: { rows: Row[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}
