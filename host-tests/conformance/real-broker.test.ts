import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { Broker } from '../../gateway/broker';
import type { ChipName } from '../../simulator';
import { LoopbackBench } from '../support/loopback-bench';
import { chapters } from './cases';
import { withConsole } from './verbs';

// Each case has a board of its own, and most of its time is waiting.
vi.setConfig({ maxConcurrency: 40 });

const broker = new Broker({ port: 0 });
beforeAll(() => broker.start());
afterAll(() => broker.stop());

describe.concurrent.each<ChipName>(['esp8266', 'esp32'])('%s, real time, real broker', (chip) => {
  for (const { title, cases } of chapters) {
    describe(title, () => {
      for (const { title, given, run, long } of cases) {
        if (long) continue;
        test(title, async () => {
          const bench = await LoopbackBench.create(chip, broker.port, given);
          try {
            await bench.start(given);
            await run(bench);
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
