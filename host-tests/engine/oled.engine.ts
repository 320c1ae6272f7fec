import { describe, expect, test } from 'vitest';
import { Ssd1306 } from '../../simulator';
import { withConsole } from '../conformance/verbs';
import { screenText } from '../support/screen-text';
import { VirtualBench } from '../support/virtual-bench';
import { EngineBench, shortTimes } from './engine-bench';
import { findForms } from './interpreter';
import { scenes, type Scene } from './screens';

type Rows = ReturnType<typeof screenText>;

/** Every picture that an OLED shows, by what a person reads on it. */
function watch(oled: Ssd1306): Map<string, { rows: Rows; pixels: Uint8Array }> {
  const shown = new Map<string, { rows: Rows; pixels: Uint8Array }>();
  const before = oled.onChange;
  oled.onChange = () => {
    before?.();
    const { pixels } = oled;
    const rows = screenText(pixels);
    shown.set(JSON.stringify(rows), { rows, pixels });
  };
  return shown;
}

function showing(shown: ReturnType<typeof watch>, [temperature, humidity, status]: Scene['screens'][number]) {
  return [...shown.values()].filter(
    ({ rows }) =>
      rows[0] === 'Temperature:' &&
      rows[8] === temperature &&
      rows[32] === 'Humidity:' &&
      rows[40] === humidity &&
      status.test(rows[56]),
  );
}

describe.concurrent.each(await findForms(process.env))('$chip $name', (form) => {
  for (const scene of scenes) {
    const given = { ...scene.given, settings: { ...shortTimes, ...scene.given.settings } };

    test(`${scene.title}: each screen is, pixel for pixel, that of the virtual board`, async () => {
      const virtual = new VirtualBench(form.chip, given);
      const expected = watch(virtual.board.oled);
      await virtual.start(given);
      await scene.play(virtual);

      const bench = await EngineBench.create(form, given);
      const shown = watch(bench.oled);
      try {
        await bench.start(given);
        await scene.play(bench);
        for (const screen of scene.screens) {
          const [ours] = showing(shown, screen);
          expect(ours, `${screen.join(' ')} on the interpreter`).toBeDefined();
          expect(showing(expected, screen), `${screen.join(' ')} on the virtual board`).not.toHaveLength(0);
        }
        // Whatever both have shown, the pictures between two screens among it.
        const both = [...shown].filter(([text]) => expected.has(text));
        expect(both.length).toBeGreaterThanOrEqual(scene.screens.length);
        for (const [text, { pixels }] of both) expect(pixels, text).toEqual(expected.get(text)!.pixels);
      } catch (error) {
        throw withConsole(error, bench);
      } finally {
        await bench.stop();
      }
    });
  }
});
