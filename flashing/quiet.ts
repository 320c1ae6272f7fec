import { type BoardConsole, type BoardSlot, markGood, outputsOff, restartUnlessHeardOf } from './console';

/** A board that was told to reset has begun to within this. */
const resetMs = 300;
const answerMs = 10_000;

/**
 * Ends the program that runs on the board, with its outputs off: the timer that would end the lamp's hold goes with it.
 * The boot is marked as one that went well, so that it is not counted as a crash. A board that then hears nothing more
 * restarts as it was.
 */
export async function quiet(board: BoardConsole, kit: BoardSlot | undefined): Promise<void> {
  const off = kit ? outputsOff(`"${kit.name}"`) : '';
  board.send(`clearInterval();${markGood}${off}reset()`);
  await new Promise((resolve) => setTimeout(resolve, resetMs));
  await board.greet(undefined, answerMs);
  // Something may have switched them between the line above and the reset, which leaves some pins as they are.
  await board.evaluate(`(function(){${off}return ${restartUnlessHeardOf}})()`);
}
