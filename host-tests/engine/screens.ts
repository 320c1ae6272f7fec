import type { Bench, Given } from '../support/kit-bench';
import { darkness, tell, untilDark, untilLit } from '../conformance/verbs';

/** A bench that can refuse to let its kit come online, and end its session. */
type ScreenBench = Bench & { setGranting(on: boolean): void; drop(): void };

/** What a kit goes through, and the screens that it shows then: rows at y = 8, 40 and 56. */
export interface Scene {
  title: string;
  given: Given;
  play(bench: ScreenBench): Promise<void>;
  screens: [temperature: string, humidity: string, status: RegExp][];
}

const lamp = { holdMs: 11_500, darkBelow: 300, brightFrom: 320 };

export const scenes: Scene[] = [
  {
    title: 'from power-on to online',
    given: { fromPowerOn: true, climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async play(bench) {
      bench.setGranting(false);
      await bench.advance(6000);
      bench.setGranting(true);
      bench.drop();
      await bench.advance(20_000);
    },
    screens: [
      ['nan°C', 'nan%', /^WiFi\.\.\.$/],
      ['nan°C', 'nan%', /^broker\.\.\.$/],
      ['25.5°C', '40.2%', /^offline$/],
      ['25.5°C', '40.2%', /^online$/],
    ],
  },
  {
    title: 'the lamp counts down',
    given: { settings: { lamp }, climate: { temperatureC: -12.3, humidityPct: 99.9 } },
    async play(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      await untilDark(bench, lamp.holdMs);
      await bench.advance(1500);
    },
    screens: [
      ...Array.from({ length: 12 }, (_, i): Scene['screens'][number] => [
        '-12.3°C',
        '99.9%',
        new RegExp(`^online +lamp ${i + 1} s$`),
      ]),
      ['-12.3°C', '99.9%', /^online$/],
    ],
  },
  {
    title: 'the lamp while the link is lost',
    given: { settings: { lamp }, climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async play(bench) {
      bench.setWifi(false);
      await bench.advance(8000);
      bench.setLight(darkness);
      await bench.advance(lamp.holdMs + 2000);
    },
    screens: [
      ['25.5°C', '40.2%', /^WiFi\.\.\. +lamp \d+ s$/],
      ['25.5°C', '40.2%', /^offline +lamp \d+ s$/],
    ],
  },
  ...(
    [
      [-40, 0],
      [-0.1, 7],
      [0, 0.1],
      [9.9, 10],
      [80, 100],
    ] as const
  ).map(([temperatureC, humidityPct]): Scene => ({
    title: `${temperatureC.toFixed(1)}°C and ${humidityPct.toFixed(1)}%`,
    given: { climate: { temperatureC, humidityPct } },
    play: (bench) => bench.advance(1000),
    screens: [[`${temperatureC.toFixed(1)}°C`, `${humidityPct.toFixed(1)}%`, /^online$/]],
  })),
  {
    title: 'a sensor that falls silent',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async play(bench) {
      bench.setClimate({ temperatureC: 25.5, humidityPct: 40.2, silent: true });
      await bench.advance(2 * bench.settings.telemetryMs);
    },
    screens: [
      ['25.5°C', '40.2%', /^online$/],
      ['nan°C', 'nan%', /^online$/],
    ],
  },
];
