import { expect } from 'vitest';
import type { Bench, Case } from '../../support/kit-bench';
import { screenText } from '../../support/screen-text';
import { ask, light, noticedMs, readingMs, tell, texts, untilDark, untilLit } from '../verbs';

/** Time in which a change is on the display, ms. */
const shownMs = 700;

async function untilShown(
  bench: Bench,
  row: keyof ReturnType<typeof screenText>,
  text: string | RegExp,
): Promise<void> {
  const shows = (): boolean => {
    const shown = screenText(bench.oled.pixels)[row];
    return typeof text === 'string' ? shown === text : text.test(shown);
  };
  try {
    await bench.until(`"${text}" in row ${row}`, shows, shownMs + bench.slackMs);
  } catch (error) {
    throw new Error(
      `${(error as Error).message}; the display shows ${JSON.stringify(screenText(bench.oled.pixels))}`,
    );
  }
}

export const oledCases: Case[] = [
  {
    title: 'the rows start at y = 0, 8, 32, 40, 56 and say what was measured',
    main: true,
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      await untilShown(bench, 8, '25.5°C');
      expect(screenText(bench.oled.pixels)).toEqual({
        0: 'Temperature:',
        8: '25.5°C',
        24: '',
        32: 'Humidity:',
        40: '40.2%',
        56: 'online',
      });
    },
  },
  {
    title: 'what was measured is on the display in each period',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      bench.setClimate({ temperatureC: -12.3, humidityPct: 99.9 });
      await bench.advance(bench.settings.telemetryMs + readingMs);
      await untilShown(bench, 8, '-12.3°C');
      await untilShown(bench, 40, '99.9%');
      bench.setClimate({ temperatureC: 0, humidityPct: 100 });
      await bench.advance(bench.settings.telemetryMs + readingMs);
      await untilShown(bench, 8, '0.0°C');
      await untilShown(bench, 40, '100.0%');
    },
  },
  {
    title: 'the status line counts the remaining seconds of the lamp down',
    async run(bench) {
      const seconds = Math.ceil(bench.settings.lamp.holdMs / 1000);
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      for (let left = seconds; left > 0; left--) {
        await bench.until(
          `lamp ${left} s`,
          () => new RegExp(`^online +lamp ${left} s$`).test(screenText(bench.oled.pixels)[56]),
          1000 + shownMs + bench.slackMs,
        );
      }
      await untilDark(bench, 1500);
      await untilShown(bench, 56, 'online');
    },
  },
  {
    title: 'the status line tells that the link is lost, and that it is back',
    async run(bench) {
      bench.setWifi(false);
      await bench.until(
        'the link to be missed',
        () => screenText(bench.oled.pixels)[56] !== 'online',
        60_000,
      );
      bench.setWifi(true);
      await bench.until('the link to be back', () => screenText(bench.oled.pixels)[56] === 'online', 120_000);
    },
  },
  {
    title: 'a value that could not be read is shown as nan',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      await untilShown(bench, 8, 'nan°C');
      await untilShown(bench, 40, 'nan%');
    },
  },
  {
    title: 'no OLED on the bus: the kit runs on without one and says so once',
    given: { noOled: true },
    async run(bench) {
      await ask(bench, 'USBLED/ON');
      await untilLit(bench);
      await bench.advance(4 * bench.settings.telemetryMs);
      expect(bench.console.filter((line) => line.includes('OLED'))).toHaveLength(1);
      expect(await ask(bench, 'cds')).toBe('{"ok":true,"command":"cds"}');
      expect(texts(bench, 'telemetry').length).toBeGreaterThan(2);
    },
  },
  {
    title: 'an OLED that is plugged in later shows everything within two periods',
    given: { noOled: true, climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      bench.setOledFitted(true);
      await bench.advance(2 * bench.settings.telemetryMs + readingMs);
      expect(screenText(bench.oled.pixels)).toMatchObject({
        0: 'Temperature:',
        8: '25.5°C',
        40: '40.2%',
        56: 'online',
      });
    },
  },
  {
    title: 'an OLED that is pulled out does not stop the lamp',
    async run(bench) {
      bench.setOledFitted(false);
      await light(bench, 100);
      await untilLit(bench, noticedMs);
      await untilDark(bench, bench.settings.lamp.holdMs);
      expect(await ask(bench, 'cds')).toBe('{"ok":true,"command":"cds"}');
    },
  },
  {
    title: 'a configuration without an OLED never looks for one',
    given: { settings: { oled: 0 } },
    async run(bench) {
      await bench.advance(2 * bench.settings.telemetryMs);
      expect(bench.console.filter((line) => line.includes('OLED'))).toEqual([]);
      expect([...bench.oled.pixels].every((pixel) => pixel === 0)).toBe(true);
    },
  },
];
