import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { KitSettings } from '../../../shared/settings';
import { slotFile } from '../../../shared/slots';
import { Interpreter, makeFlash, type EngineForm } from '../../engine/interpreter';
import { prelude } from '../../engine/prelude';
import { PlainBroker } from '../../figures/plain-broker';
import { usualSettings } from '../../support/kit-image';
import { bootPasses, boundary, mark, markPasses, standIns, type Plan } from './driver';

/** The bundles that a run is made of, as byte strings. */
export interface Bundles {
  loader: string;
  firmware: string;
}

/** What surrounds a run that is under way. */
export interface Run {
  broker: PlainBroker;
  kit: number;
  /** Waits until the board has gone round its idle loop so many times. */
  passes(count: number): Promise<void>;
}

const outFile = 'instructions';
/** Between the boundary and the first operation. */
const startPasses = 16;
const limitMs = 300_000;

/**
 * Instructions of the interpreter's own thread in the passes of the plan. `operate` begins when the kit is online and at
 * rest, and has to end before those passes are over.
 */
export async function countInstructions(
  form: EngineForm,
  { loader, firmware }: Bundles,
  plan: Plan,
  telemetryMs: number,
  operate: (run: Run) => Promise<void>,
  more: Pick<KitSettings, 'report' | 'echo'> = {},
): Promise<number> {
  const broker = await PlainBroker.listen();
  const settings = usualSettings(form.chip, {
    telemetryMs,
    broker: { host: '127.0.0.1', port: broker.port },
    ...more,
  });
  const folder = await makeFlash(form, {
    '.bootcde': standIns(prelude({ chip: form.chip, quiet: true }), plan) + loader,
    fw0: slot(firmware),
    kit0: slot(JSON.stringify(settings)),
  });
  // Another thread reads the console, and wakes up by the wall clock: it is counted apart.
  const options = ['--separate-threads=yes', `--dump-before=${boundary}`, `--callgrind-out-file=${outFile}`];
  const board = Interpreter.boot(form, folder, { wrapper: ['valgrind', '--tool=callgrind', ...options] });
  const limit = setTimeout(() => void board.stop(), limitMs);
  const failed = (what: string): Error => new Error(`${what}:\n${board.lines.slice(-20).join('\n')}`);
  try {
    let over = 0;
    let waiting: { until: number; done: () => void } | undefined;
    board.onLine = (line) => {
      if (line === mark) over += markPasses;
      if (waiting && over >= waiting.until) waiting.done();
    };
    void board.exited.then(() => waiting?.done());
    const passes = (count: number): Promise<void> =>
      new Promise((done) => (waiting = { until: over + count, done }));
    await passes(bootPasses + startPasses);
    if (broker.count('status') === 0) throw failed('the kit did not get online');
    await operate({ broker, kit: settings.kit, passes });
    if (over >= bootPasses + plan.passes) throw failed('the operations took longer than the plan says');
    if ((await board.exited) !== 0) throw failed('the interpreter did not come to its end');
    return await instructions(join(folder, `${outFile}.2-01`));
  } finally {
    clearTimeout(limit);
    await board.stop();
    await broker.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file holds what happened between the first boundary and the second. */
async function instructions(file: string): Promise<number> {
  try {
    return Number(/^(?:totals|summary): (\d+)/m.exec(await readFile(file, 'latin1'))![1]);
  } catch {
    throw new Error(
      `valgrind did not find ${boundary} in the interpreter: expected a build with its symbols`,
    );
  }
}

function slot(body: string): string {
  return slotFile({ sequence: 1, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}
