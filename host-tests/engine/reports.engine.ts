import { describe, expect, test, vi } from 'vitest';
import { withConsole } from '../conformance/verbs';
import { expectAsBefore, variablesAtRest } from './at-rest';
import { EngineBench } from './engine-bench';
import { warmUp } from './hostile';
import { findForms } from './interpreter';

vi.setConfig({ maxConcurrency: 16 });

/** What a server does wrong for so long, and stops doing. */
const outages: {
  ms: number;
  begin: (bench: EngineBench) => void;
  end: (bench: EngineBench) => void;
}[] = [
  {
    // It is away.
    ms: 25_000,
    begin: ({ server }) => server!.setUp(false),
    end: ({ server }) => server!.setUp(true),
  },
  {
    // It takes everything and says nothing.
    ms: 40_000,
    begin: ({ server }) => (server!.receiver.faults.mute = true),
    end: ({ server }) => (server!.receiver.faults.mute = false),
  },
  {
    // It closes before it answers.
    ms: 20_000,
    begin: ({ server }) => (server!.receiver.faults.dropAnswer = true),
    end: ({ server }) => (server!.receiver.faults.dropAnswer = false),
  },
  {
    // It refuses, and leaves its connections open.
    ms: 10_000,
    begin: ({ server }) => Object.assign(server!.receiver.faults, { status: 400, keepsOpen: true }),
    end: ({ server }) => Object.assign(server!.receiver.faults, { status: 201, keepsOpen: false }),
  },
];

describe.concurrent.each(await findForms(process.env))('$chip $name', (form) => {
  test.each(['http', 'tcp', 'udp'] as const)(
    'reporting over %s holds what it held before when its server has been all that it should not be',
    async (by) => {
      const bench = await EngineBench.create(form, { report: { by } });
      try {
        await bench.start();
        const { receiver } = bench.server!;
        const more = (count: number): Promise<void> => {
          const wanted = receiver.readings.length + count;
          return bench.until('reports', () => receiver.readings.length >= wanted, 60_000);
        };
        await warmUp(bench);
        await more(3);
        const before = await variablesAtRest(bench);
        for (const { ms, begin, end } of outages) {
          begin(bench);
          await bench.advance(ms);
          end(bench);
          await more(2);
        }
        await expectAsBefore(bench, before);
        expect(bench.board.crashes, 'crashes of the interpreter').toBe(0);
      } catch (error) {
        throw withConsole(error, bench);
      } finally {
        await bench.stop();
      }
    },
  );
});
