import { describe, expect, test, vi } from 'vitest';
import { ask, lightings, withConsole } from '../conformance/verbs';
import { expectAsBefore, variablesAtRest } from './at-rest';
import { EngineBench } from './engine-bench';
import { hostilities, warmUp } from './hostile';
import { findForms } from './interpreter';

// Each case has a board of its own, and most of its time is waiting.
vi.setConfig({ maxConcurrency: 32 });

describe.concurrent.each(await findForms(process.env))('$chip $name', (form) => {
  for (const { title, cases } of hostilities) {
    describe(title, () => {
      for (const { title, run } of cases) {
        test(title, async () => {
          const bench = await EngineBench.create(form);
          try {
            await bench.start();
            await warmUp(bench);
            const before = await variablesAtRest(bench);
            expect(JSON.parse(await ask(bench, 'USBLED/ON'))).toMatchObject({ lamp: 'ON' });
            await run(bench);
            await expectAsBefore(bench, before);
            expect(lightings(bench)).toHaveLength(2);
          } catch (error) {
            throw withConsole(error, bench);
          } finally {
            await bench.stop();
          }
        });
      }
    });
  }
});
