import { request } from '../../network/bench/message';
import { boardEchoMax } from '../../shared/echo';
import type { EngineForm } from '../engine/interpreter';
import { hostCaller } from '../support/caller';
import { highWater, paint, read } from './high-water';
import { MeasuredBoard, pause } from './measured-board';
import type { ExtraVariables } from './report-phase';

const bootMs = 30_000;
const questions = 200;
const telemetryMs = 2000;
const settleMs = 700;

/** A kit with an echo; the peak is that of the longest questions, over UDP and TCP at once, each as soon as the one before is answered. */
export async function measureEcho(form: EngineForm, dist: string, idle: number): Promise<ExtraVariables> {
  let next = (): void => {};
  const caller = await hostCaller(() => next());
  const board = await MeasuredBoard.bootFirmware(form, dist, { telemetryMs, echo: caller.ports });
  const { interpreter } = board;
  try {
    await board.reading();
    await board.until(
      'an open echo',
      () => interpreter.lines.some((line) => line.includes('echo: UDP ')),
      bootMs,
    );
    await pause(telemetryMs);
    let atRest = Infinity;
    for (let i = 0; i < 4; i++) atRest = Math.min(atRest, (await board.reading(read)).inUse - idle);
    const painted = await board.reading(paint);
    const call = caller.connect();
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('the echo does not answer')), bootMs);
      const sent = { udp: 0, tcp: 0 };
      next = () => {
        if (caller.datagrams.length === sent.udp && sent.udp < questions)
          caller.send(request(sent.udp++, boardEchoMax));
        if (call.received.length === sent.tcp * boardEchoMax && sent.tcp < questions)
          call.write(request(sent.tcp++, boardEchoMax));
        if (caller.datagrams.length < questions || call.received.length < questions * boardEchoMax) return;
        clearTimeout(deadline);
        resolve();
      };
      next();
    });
    call.hangUp();
    await pause(settleMs);
    return { atRest, peak: highWater(painted, await board.reading(read)) - idle };
  } finally {
    await board.stop();
    caller.close();
  }
}
