import { expect } from 'vitest';
import type { Case } from '../../support/kit-bench';
import {
  ask,
  darkness,
  daylight,
  expectHold,
  light,
  lightings,
  noticedMs,
  ownLightMs,
  promptMs,
  state,
  tell,
  texts,
  topicOf,
  untilDark,
  untilLit,
  untilOwnLightIsOver,
} from '../verbs';

/** The table of what happens and what the lamp does. */
export const lampCases: Case[] = [
  {
    title: 'boot: the lamp is off, the LED is off, and neither flashed before the code ran',
    given: { fromPowerOn: true },
    async run(bench) {
      await bench.until('the kit to be online', () => texts(bench, 'state').length > 0, 30_000);
      for (const output of [bench.lamp, bench.led]) {
        expect(output.lit).toBe(false);
        expect(lightings(bench, output)).toEqual([]);
      }
      expect(state(bench)).toMatchObject({ lamp: 'OFF', cause: 'boot', remaining: 0, led: 'OFF' });
    },
  },
  {
    title: 'reset: the lamp that was lit is off and stays off',
    main: true,
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await tell(bench, 'LED/ON');
      await untilLit(bench);
      await bench.until('the LED to be lit', () => bench.led.lit, 100 + bench.slackMs);
      const greetings = texts(bench, '').length;
      bench.reset();
      await untilDark(bench);
      await bench.until('the kit to be online again', () => texts(bench, '').length > greetings, 30_000);
      await bench.until('the new state', () => state(bench).cause === 'boot', 1000);
      expect(state(bench)).toMatchObject({ lamp: 'OFF', cause: 'boot', led: 'OFF' });
      await bench.advance(2 * bench.settings.lamp.holdMs);
      expect(lightings(bench)).toHaveLength(1);
      expect(bench.led.lit).toBe(false);
    },
  },
  {
    title: 'USBLED/ON: lit for the hold, then off',
    main: true,
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      await bench.until('the state to say why', () => state(bench).lamp === 'ON', 100 + bench.slackMs);
      expect(state(bench)).toMatchObject({
        cause: 'command',
        remaining: Math.ceil(bench.settings.lamp.holdMs / 1000),
      });
      await untilDark(bench, bench.settings.lamp.holdMs);
      expectHold(bench, lightings(bench)[0]!);
      await bench.until('the state to say why', () => state(bench).lamp === 'OFF', 100 + bench.slackMs);
      expect(state(bench)).toMatchObject({ cause: 'hold-over', remaining: 0 });
    },
  },
  {
    title: 'USBLED/ON when it was lit: the hold starts anew',
    async run(bench) {
      const { holdMs } = bench.settings.lamp;
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      await bench.advance(0.6 * holdMs);
      const againMs = bench.now();
      expect(JSON.parse(await ask(bench, 'USBLED/ON'))).toMatchObject({
        lamp: 'ON',
        cause: 'command',
        remaining: Math.ceil(holdMs / 1000),
      });
      await untilDark(bench, holdMs);
      expect(lightings(bench)).toHaveLength(1);
      expectHold(bench, bench.lamp.history.at(-1)!.atMs - againMs);
    },
  },
  {
    title: 'USBLED/OFF: off at once, and off until a command or the next dusk',
    async run(bench) {
      await light(bench, darkness);
      await untilLit(bench, noticedMs);
      expect(await ask(bench, 'USBLED/OFF')).toBe(
        '{"ok":true,"command":"USBLED/OFF","lamp":"OFF","cause":"command","remaining":0}',
      );
      expect(bench.lamp.lit).toBe(false);
      await bench.advance(3 * bench.settings.lamp.holdMs);
      expect(lightings(bench)).toHaveLength(1);
      expect(state(bench)).toMatchObject({ lamp: 'OFF', cause: 'command' });

      await light(bench, daylight);
      await light(bench, darkness);
      await untilLit(bench, noticedMs);
    },
  },
  {
    title: 'USBLED/OFF when it was off: nothing changes, and the answer says so',
    async run(bench) {
      expect(await ask(bench, 'USBLED/OFF')).toBe(
        '{"ok":true,"command":"USBLED/OFF","lamp":"OFF","cause":"boot","remaining":0}',
      );
      expect(lightings(bench)).toEqual([]);
    },
  },
  {
    title: 'USBLED: lit becomes off, off becomes lit',
    main: true,
    async run(bench) {
      expect(JSON.parse(await ask(bench, 'USBLED'))).toMatchObject({ command: 'USBLED', lamp: 'ON' });
      expect(bench.lamp.lit).toBe(true);
      expect(JSON.parse(await ask(bench, 'USBLED'))).toMatchObject({ command: 'USBLED', lamp: 'OFF' });
      expect(bench.lamp.lit).toBe(false);
      expect(JSON.parse(await ask(bench, 'USBLED'))).toMatchObject({ lamp: 'ON', cause: 'command' });
      await untilDark(bench, bench.settings.lamp.holdMs);
      expectHold(bench, lightings(bench).at(-1)!);
    },
  },
  {
    title: 'dusk: the lamp is lit for the hold',
    main: true,
    async run(bench) {
      bench.setLight(darkness);
      await untilLit(bench, noticedMs);
      await bench.until('the state to say why', () => state(bench).lamp === 'ON', 100 + bench.slackMs);
      expect(state(bench)).toMatchObject({ cause: 'dusk', dark: true });
      await untilDark(bench, bench.settings.lamp.holdMs);
      expectHold(bench, lightings(bench)[0]!);
      await bench.advance(2 * bench.settings.lamp.holdMs);
      expect(lightings(bench)).toHaveLength(1);
    },
  },
  {
    title:
      'commands with QoS 1 that never end hold up neither dusk nor telemetry nor the tick, and each is answered',
    async run(bench) {
      const results = texts(bench, 'result').length;
      const telemetry = texts(bench, 'telemetry').length;
      const pauseMs = 400;
      // Longer than a board whose tick has died waits before it restarts.
      const count = 80_000 / pauseMs;
      const starts = bench.console.filter((line) => line.startsWith('Lamplighter ')).length;
      for (let i = 0; i < count; i++) {
        if (i === 10) bench.setLight(darkness);
        await bench.publish(topicOf(bench), 'cds', { qos: 1 });
        await bench.advance(pauseMs);
      }
      await bench.advance(promptMs + bench.slackMs);
      expect(texts(bench, 'result')).toHaveLength(results + count);
      expect(texts(bench, 'telemetry').length).toBeGreaterThanOrEqual(telemetry + 2);
      expect(lightings(bench)).toHaveLength(1);
      expectHold(bench, lightings(bench)[0]!);
      expect(bench.console.filter((line) => line.startsWith('Lamplighter '))).toHaveLength(starts);
    },
  },
  {
    title: 'light that changes while the lamp is lit makes it neither longer nor shorter',
    async run(bench) {
      const { holdMs } = bench.settings.lamp;
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      for (const level of [darkness, 1023, 0, daylight, 299, 320]) {
        bench.setLight(level);
        await bench.advance(holdMs / 8);
        expect(bench.lamp.lit).toBe(true);
      }
      await untilDark(bench, holdMs / 4);
      expectHold(bench, lightings(bench)[0]!);
    },
  },
  {
    title: 'daybreak lights nothing',
    given: { light: darkness },
    async run(bench) {
      await light(bench, daylight);
      await bench.advance(noticedMs);
      expect(state(bench)).toMatchObject({ lamp: 'OFF', dark: false });
      expect(lightings(bench)).toEqual([]);
    },
  },
  {
    title: 'the hold, the dark level and the bright level are those of the configuration',
    given: { settings: { lamp: { holdMs: 2500, darkBelow: 100, brightFrom: 200 } } },
    async run(bench) {
      await light(bench, 150);
      expect(bench.lamp.lit).toBe(false);
      bench.setLight(99);
      await untilLit(bench, noticedMs);
      await untilOwnLightIsOver(bench);
      expectHold(bench, lightings(bench)[0]!, 2500);
      await light(bench, 199);
      await light(bench, 99);
      expect(lightings(bench)).toHaveLength(1);
      await light(bench, 200);
      bench.setLight(99);
      await untilLit(bench, noticedMs);
    },
  },
  {
    title: 'a level from the hysteresis changes nothing: dark until 320, bright until 299',
    async run(bench) {
      const { darkBelow, brightFrom } = bench.settings.lamp;
      await light(bench, darkBelow);
      expect(bench.lamp.lit).toBe(false);
      bench.setLight(darkBelow - 1);
      await untilLit(bench, noticedMs);
      await untilOwnLightIsOver(bench);
      await light(bench, brightFrom - 1);
      await light(bench, darkBelow - 1);
      expect(lightings(bench)).toHaveLength(1);
      await light(bench, brightFrom);
      bench.setLight(darkBelow - 1);
      await untilLit(bench, noticedMs);
    },
  },
  {
    title: 'a shadow shorter than the average is no dusk',
    async run(bench) {
      for (let i = 0; i < 5; i++) {
        bench.setLight(darkness);
        await bench.advance(110);
        bench.setLight(daylight);
        await bench.advance(noticedMs);
      }
      expect(lightings(bench)).toEqual([]);
    },
  },
  {
    title: 'dark at boot is no dusk: the first sample only sets the level',
    given: { light: darkness },
    async run(bench) {
      await bench.advance(2000);
      expect(lightings(bench)).toEqual([]);
      expect(state(bench)).toMatchObject({ cause: 'boot', dark: true });
    },
  },
  {
    title: 'a first sample between dark and bright counts as bright',
    given: { light: 310 },
    async run(bench) {
      expect(state(bench)).toMatchObject({ dark: false });
      bench.setLight(darkness);
      await untilLit(bench, noticedMs);
    },
  },
];

/** Light that the lamp itself casts on the sensor. */
export const ownLightCases: Case[] = [
  {
    title: 'a lamp that lights its own sensor does not light itself again',
    given: { light: 400 },
    async run(bench) {
      // Dusk, with a lamp that adds 500 to whatever falls on the sensor.
      let lit = false;
      const glow = (): void => {
        if (bench.lamp.lit === lit) return;
        lit = bench.lamp.lit;
        bench.setLight(darkness + (lit ? 500 : 0));
      };
      bench.setLight(darkness);
      const endMs = bench.now() + 4 * bench.settings.lamp.holdMs;
      while (bench.now() < endMs) {
        glow();
        await bench.advance(20);
      }
      expect(lightings(bench)).toHaveLength(1);
    },
  },
  {
    title: 'light within a second after the lamp went off is its own',
    given: { light: darkness },
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      bench.setLight(daylight);
      await untilDark(bench, bench.settings.lamp.holdMs);
      await bench.advance(ownLightMs / 2);
      bench.setLight(darkness);
      await bench.advance(2 * bench.settings.lamp.holdMs);
      expect(lightings(bench)).toHaveLength(1);
    },
  },
  {
    title: 'the first sample after the own light only sets the level, and from there dusk counts again',
    given: { light: darkness },
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      bench.setLight(daylight);
      await untilOwnLightIsOver(bench);
      expect(state(bench)).toMatchObject({ lamp: 'OFF', dark: false });
      bench.setLight(darkness);
      await untilLit(bench, noticedMs);
    },
  },
  {
    title: 'night that fell while the lamp was lit is no dusk',
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      bench.setLight(darkness);
      await untilOwnLightIsOver(bench);
      await bench.advance(bench.settings.lamp.holdMs);
      expect(state(bench)).toMatchObject({ lamp: 'OFF', cause: 'hold-over', dark: true });
      expect(lightings(bench)).toHaveLength(1);
    },
  },
  {
    title: 'after the own light a level between dark and bright keeps dark',
    given: { light: darkness },
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      bench.setLight(310);
      await untilOwnLightIsOver(bench);
      await light(bench, darkness);
      expect(lightings(bench)).toHaveLength(1);
    },
  },
  {
    title: 'after the own light a level between dark and bright keeps bright',
    async run(bench) {
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      bench.setLight(310);
      await untilOwnLightIsOver(bench);
      bench.setLight(darkness);
      await untilLit(bench, noticedMs);
    },
  },
];

/** The LED, which has no hold. */
export const ledCases: Case[] = [
  {
    title: 'LED/ON and LED/OFF switch the LED, and it has no hold',
    main: true,
    async run(bench) {
      expect(await ask(bench, 'LED/ON')).toBe('{"ok":true,"command":"LED/ON","led":"ON"}');
      expect(bench.led.lit).toBe(true);
      await bench.until('the state to say so', () => state(bench).led === 'ON', 100 + bench.slackMs);
      await bench.advance(2 * bench.settings.lamp.holdMs);
      expect(bench.led.lit).toBe(true);
      expect(await ask(bench, 'LED/OFF')).toBe('{"ok":true,"command":"LED/OFF","led":"OFF"}');
      expect(bench.led.lit).toBe(false);
      await bench.until('the state to say so', () => state(bench).led === 'OFF', 100 + bench.slackMs);
    },
  },
  {
    title: 'led toggles what the LED really shows',
    main: true,
    async run(bench) {
      await ask(bench, 'LED/ON');
      expect(await ask(bench, 'led')).toBe('{"ok":true,"command":"led","led":"OFF"}');
      expect(bench.led.lit).toBe(false);
      expect(await ask(bench, 'led')).toBe('{"ok":true,"command":"led","led":"ON"}');
      expect(bench.led.lit).toBe(true);
      await ask(bench, 'off', { rest: 'led/set' });
      expect(await ask(bench, 'led')).toContain('"led":"ON"');
    },
  },
];
