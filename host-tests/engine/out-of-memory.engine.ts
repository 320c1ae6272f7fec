import { describe, expect, test } from 'vitest';
import { ask, lightings, tell, texts, withConsole } from '../conformance/verbs';
import { expectPromiseKept } from './at-rest';
import { EngineBench } from './engine-bench';
import { findForms } from './interpreter';

/** Leaves so many variables; a number in an array takes two. */
function allBut(free: number): string {
  return `$mem=[];for(var n=(process.memory(false).free-${free})/2;n>0;n--)$mem.push(1.5)`;
}

/** JavaScript that fills the pool, and what it is like. */
const fillings: [what: string, code: string][] = [
  ['in one go', '$mem=[];for(;;)$mem.push("0123456789abcdef")'],
  ['by doubling a text', '$mem="x";for(;;)$mem+=$mem'],
  ['but for 60 variables', allBut(60)],
  ['but for 20 variables', allBut(20)],
  ['but for 6 variables', allBut(6)],
  ['by a slow leak', `${allBut(200)};setInterval(function(){$mem.push(1.5)},20)`],
];

describe.concurrent.each(await findForms(process.env))('$chip $name', (form) => {
  describe.each(fillings)('the pool is full %s', (_what, code) => {
    test('the relay goes off, then the board restarts, and nothing is lit', async () => {
      const bench = await EngineBench.create(form);
      try {
        await bench.start();
        expect(JSON.parse(await ask(bench, 'USBLED/ON'))).toMatchObject({ lamp: 'ON' });
        await tell(bench, 'LED/ON');
        await bench.until('the LED to be lit', () => bench.led.lit, 1000);
        const greetings = texts(bench, '').length;
        bench.board.order(code);
        await bench.until('a restart', () => bench.board.starts > 1, 20_000);
        // A crash of the interpreter resets a chip, and no pin is driven then.
        if (bench.board.crashes === 0) expect(bench.board.reboots[0]).toMatchObject({ lit: false });
        await bench.until('the kit to be back', () => texts(bench, '').length > greetings, 60_000);
        await bench.advance(2 * bench.settings.lamp.holdMs);
        expect([bench.lamp.lit, bench.led.lit]).toEqual([false, false]);
        expect(lightings(bench)).toHaveLength(1);
        expectPromiseKept(bench);
        expect(bench.board.starts).toBe(2);
      } catch (error) {
        throw withConsole(error, bench);
      } finally {
        await bench.stop();
      }
    });
  });

  test('the pool stays full to the last variable: the board restarts all the same, and nothing is lit', async () => {
    const bench = await EngineBench.create(form);
    try {
      await bench.start();
      await ask(bench, 'USBLED/ON');
      // No event can be emitted any more. What puts the lamp off on a chip is native, and here a stand-in, which needs variables.
      bench.board.order(
        '$mem=[];setInterval(function(){for(var i=0;i<10;i++)$mem.push("0123456789abcdef")},10)',
      );
      await bench.until('a restart', () => bench.board.starts > 1, 75_000);
      const greetings = texts(bench, '').length;
      await bench.until('the kit to be back', () => texts(bench, '').length > greetings, 60_000);
      expect([bench.lamp.lit, bench.led.lit]).toEqual([false, false]);
    } catch (error) {
      throw withConsole(error, bench);
    } finally {
      await bench.stop();
    }
  });
});
