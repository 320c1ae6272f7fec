import { expect } from 'vitest';
import type { Case } from '../../support/kit-bench';
import { darkness, daylight, expectHold, light, lightings, noticedMs, untilDark, untilLit } from '../verbs';

/** What lies in the flash, and what does not. */
export const bootCases: Case[] = [
  {
    title: 'the access point and the console of the stock firmware are closed',
    main: true,
    async run(bench) {
      expect(bench.doors).toEqual({ accessPoint: false, telnet: false });
      bench.reset();
      await bench.advance(5000);
      expect(bench.doors).toEqual({ accessPoint: false, telnet: false });
    },
  },
  {
    title: 'the console over WiFi is open when the configuration says so',
    given: { settings: { console: 'correct horse' } },
    async run(bench) {
      expect(bench.doors).toEqual({ accessPoint: false, telnet: true });
    },
  },
  ...[
    ['no kit.json', ''],
    ['a kit.json that is no JSON', '{"kit":2,'],
    ['a kit.json of an empty object', '{}'],
    ['a kit.json of null', 'null'],
  ].map(([what, kitJson]): Case => ({
    title: `${what}: the board says so on the console and keeps its outputs safe`,
    given: { kitJson: kitJson!, fromPowerOn: true },
    async run(bench) {
      await bench.advance(10_000);
      expect(bench.console.some((line) => line.includes('kit.json'))).toBe(true);
      expect(lightings(bench)).toEqual([]);
      expect(lightings(bench, bench.led)).toEqual([]);
      expect(bench.messages).toEqual([]);
      expect(bench.doors).toEqual({ accessPoint: false, telnet: false });
    },
  })),
  {
    title: 'a kit.json with a value out of range: the board names the key and keeps its outputs safe',
    given: { settings: { lamp: { holdMs: 0, darkBelow: 300, brightFrom: 320 } }, fromPowerOn: true },
    async run(bench) {
      await bench.advance(10_000);
      expect(
        bench.console.filter((line) => line.includes('kit.json') && line.includes('lamp.holdMs')),
      ).toHaveLength(1);
      expect(lightings(bench)).toEqual([]);
      expect(bench.messages).toEqual([]);
    },
  },
  {
    title: 'a kit.json that names another board by its MAC is refused',
    given: { settings: { mac: 'aa:bb:cc:dd:ee:ff' }, fromPowerOn: true },
    async run(bench) {
      await bench.advance(10_000);
      expect(bench.console.some((line) => line.includes('aa:bb:cc:dd:ee:ff'))).toBe(true);
      expect(lightings(bench)).toEqual([]);
      expect(bench.messages).toEqual([]);
    },
  },
  {
    title: 'without a network the lamp obeys dusk and hold',
    given: { noWifi: true, fromPowerOn: true, light: daylight },
    async run(bench) {
      await bench.advance(5000);
      for (let i = 1; i <= 2; i++) {
        await light(bench, daylight);
        bench.setLight(darkness);
        await untilLit(bench, noticedMs);
        await untilDark(bench, bench.settings.lamp.holdMs);
        await bench.advance(2000);
        expectHold(bench, lightings(bench)[i - 1]!);
      }
      expect(bench.messages).toEqual([]);
    },
  },
  {
    title: 'an active-high relay and an active-low LED are driven the right way round',
    given: { settings: { relayOn: 1, ledOn: 0 } },
    async run(bench) {
      expect([lightings(bench), lightings(bench, bench.led)]).toEqual([[], []]);
      bench.setLight(darkness);
      await untilLit(bench, noticedMs);
      await untilDark(bench, bench.settings.lamp.holdMs);
      expectHold(bench, lightings(bench)[0]!);
    },
  },
];
