import { slotHeaderLength } from '../../shared/slots';
import { type BoardConsole, type BoardSlot } from '../board-console';

/** A board that was told to reset has begun to within this. */
const resetMs = 300;
const answerMs = 10_000;

/**
 * Ends the program that runs on the board, with its outputs off: the timer that would end the lamp's hold goes with it.
 * The boot is marked as one that went well, so that it is not counted as a crash.
 */
export async function quiet(board: BoardConsole, kit: BoardSlot | undefined): Promise<void> {
  board.send(`clearInterval();${markGood}${kit ? outputsOff(kit.name) : ''}reset()`);
  await new Promise((resolve) => setTimeout(resolve, resetMs));
  await board.greet(undefined, answerMs);
  // Something may have switched them between the line above and the reset, which leaves some pins as they are.
  if (kit) await board.evaluate(`(function(){${outputsOff(kit.name)}})()`);
}

/** Nothing where the loader has not said where to. */
export const markGood = 'try{require("Storage").write("boots"+(GOOD&1),"1",GOOD>>1)}catch(e){}';

function outputsOff(kit: string): string {
  return (
    `try{(function(s){digitalWrite(s.pins.relay,1-s.relayOn);digitalWrite(s.pins.led,1-s.ledOn)})` +
    `(JSON.parse(require("Storage").read("${kit}",${slotHeaderLength})))}catch(e){}`
  );
}
