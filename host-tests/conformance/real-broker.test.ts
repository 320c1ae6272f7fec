import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { Broker } from '../../gateway/broker';
import type { ChipName } from '../../simulator';
import { LoopbackBench } from '../support/loopback-bench';
import { chapters } from './cases';
import { withConsole } from './verbs';

// Each case has a board of its own, and most of its time is waiting.
vi.setConfig({ maxConcurrency: 24 });

/** A computer that is busy with other things for 20 ms at the wrong moment makes a virtual DHT22 miss its start signal. */
const retry = 2;

const mainChapters = chapters
  .map(({ title, cases }) => ({ title, cases: cases.filter(({ main }) => main) }))
  .filter(({ cases }) => cases.length > 0);

// Other brokers deliver a megabyte, which the kit has to survive.
const broker = new Broker({ port: 0, limits: { packets: { connect: 4096, packet: 2 ** 21 } } });
beforeAll(() => broker.start());
afterAll(() => broker.stop());

describe.concurrent.each<ChipName>(['esp8266', 'esp32'])('%s, real time, real broker', (chip) => {
  for (const { title, cases } of mainChapters) {
    describe(title, () => {
      for (const { title, given, run } of cases) {
        test(title, { retry }, async () => {
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
