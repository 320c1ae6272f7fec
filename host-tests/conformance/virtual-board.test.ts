import { describe, test } from 'vitest';
import type { ChipName } from '../../simulator';
import type { Release } from '../../simulator/network';
import type { Case, WireBench } from '../support/kit-bench';
import { newWorld, VirtualBench } from '../support/virtual-bench';
import { chapters } from './cases';
import { reportWireCases } from './cases/reports';
import { wireCases } from './cases/wire';
import { withConsole } from './verbs';

/** WiFi and name resolution of the ESP32 differ between the release and the head of Espruino's repository. */
const boards: [ChipName, Release][] = [
  ['esp8266', '2v29'],
  ['esp32', '2v29'],
  ['esp32', 'head'],
];

const all: { title: string; cases: Case<WireBench>[] }[] = [
  ...chapters,
  { title: 'on the wire', cases: [...wireCases, ...reportWireCases] },
];

describe.each(boards)('%s with Espruino %s, virtual time, scripted broker', (chip, release) => {
  for (const { title, cases } of all) {
    describe(title, () => {
      for (const { title, given, run } of cases) {
        test(title, async () => {
          const bench = new VirtualBench(chip, given, newWorld({ release }));
          try {
            await bench.start(given);
            await run(bench);
          } catch (error) {
            throw withConsole(error, bench);
          }
        });
      }
    });
  }
});
