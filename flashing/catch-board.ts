import { type BoardConsole, BoardError, BoardScriptError, outputsOff } from './console';

/** The loader's pause before the firmware starts is 2 s; this many attempts find room in it. */
const attemptMs = 250;
/** From then on what runs is interrupted as well, which an ESP32 notices even in an endless loop. */
const patientAttempts = 16;
const attemptsPerInterrupt = 4;

/**
 * Deletes every timer, and with them the start of the firmware. A firmware that runs already is stopped by it, so the
 * outputs are made safe in the same breath: nothing would put the lamp out any more.
 */
const stop = `clearTimeout();clearWatch();${outputsOff('KIT')}`;

/**
 * Keeps a board from running its firmware: says the words again and again, until they fall into the pause after a reset.
 * False when that has not happened in time. A BoardError when the connection broke.
 */
export async function catchBoard(board: BoardConsole, timeoutMs: number): Promise<boolean> {
  for (let attempt = 0; attempt < timeoutMs / attemptMs; attempt++) {
    if (attempt >= patientAttempts && attempt % attemptsPerInterrupt === 0) board.write('\x03');
    try {
      await board.evaluateLater((answer) => `${stop};${answer('1')}`, attemptMs);
      return true;
    } catch (error) {
      if (error instanceof BoardScriptError) continue;
      if (!(error instanceof BoardError) || error.kind !== 'silent') throw error;
    }
  }
  return false;
}
