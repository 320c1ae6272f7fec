import type { EngineForm } from '../engine/interpreter';
import { hostReceiver, type ReportedBy } from '../support/receiver';
import { highWater, paint, read } from './high-water';
import { MeasuredBoard, pause } from './measured-board';

/** Variables of a kit that does more than usual, above an idle interpreter as in `Variables`. */
export interface ExtraVariables {
  atRest: number;
  peak: number;
}

const bootMs = 30_000;
/** As often as a kit may tell, so that a batch is soon full. */
const telemetryMs = 2000;
/** A whole batch and some more. */
const waiting = 14;
const settleMs = 700;

/** At rest between two reports that are taken at once; the peak is that of an outage of the server and of what waited. */
export async function measureReport(
  form: EngineForm,
  dist: string,
  by: ReportedBy,
  idle: number,
): Promise<ExtraVariables> {
  const { receiver, settings, setUp, close } = await hostReceiver(by, () => Date.now());
  const board = await MeasuredBoard.bootFirmware(form, dist, { telemetryMs, report: settings });
  const reported = (count: number): Promise<void> => until(() => receiver.readings.length >= count, bootMs);
  try {
    await board.reading();
    await reported(3);
    let atRest = Infinity;
    // The least: a report may be under way when it is asked for.
    for (let i = 0; i < 4; i++) atRest = Math.min(atRest, (await board.reading(read)).inUse - idle);
    setUp(false);
    const painted = await board.reading(paint);
    const before = receiver.readings.length;
    await pause(waiting * telemetryMs);
    setUp(true);
    await reported(before + (by === 'udp' ? 1 : waiting));
    await pause(settleMs);
    return { atRest, peak: highWater(painted, await board.reading(read)) - idle };
  } finally {
    await board.stop();
    close();
  }
}

async function until(fact: () => boolean, withinMs: number): Promise<void> {
  for (let leftMs = withinMs; !fact(); leftMs -= 50) {
    if (leftMs < 0) throw new Error(`the kit did not report within ${withinMs} ms`);
    await pause(50);
  }
}
