import { describe, expect, test, vi } from 'vitest';
import type { Case, WireBench } from '../support/kit-bench';
import { chapters } from '../conformance/cases';
import { reportWireCases } from '../conformance/cases/reports';
import { wireCases } from '../conformance/cases/wire';
import { withConsole } from '../conformance/verbs';
import { EngineBench } from './engine-bench';
import { findForms } from './interpreter';

// Each case has a board of its own, and most of its time is waiting.
vi.setConfig({ maxConcurrency: 32 });

/** Those first that take minutes. */
const all: { title: string; cases: Case<WireBench>[] }[] = [
  { title: 'on the wire', cases: [...reportWireCases, ...[...wireCases].reverse()] },
  ...chapters,
];

describe.concurrent.each(await findForms(process.env))('$chip $name', (form) => {
  for (const { title, cases } of all) {
    describe(title, () => {
      for (const { title, given, run } of cases) {
        test(title, async () => {
          const bench = await EngineBench.create(form, given);
          try {
            await bench.start(given);
            await run(bench);
            expect(bench.board.crashes, 'crashes of the interpreter').toBe(0);
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
