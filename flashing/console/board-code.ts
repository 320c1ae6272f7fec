/** Lines of a board's own language that more than one tool types. */
import { slotHeaderLength } from '../../shared/slots';

/**
 * Tells the loader that this boot is no crash. Nothing where the loader has not said where to, and nothing twice: with GOOD at 0 the write
 * would begin the file anew, and the count of boots with it.
 */
export const markGood = 'try{GOOD&&require("Storage").write("boots"+(GOOD&1),"1",GOOD>>1)}catch(e){}';

/** Lamp and LED off, as the kit.json says whose Storage file `kit` names, an expression. */
export function outputsOff(kit: string): string {
  return (
    `try{(function(s){digitalWrite(s.pins.relay,1-s.relayOn);digitalWrite(s.pins.led,1-s.ledOn)})` +
    `(JSON.parse(require("Storage").read(${kit},${slotHeaderLength})))}catch(e){}`
  );
}

/** Longer than anything that is typed to a board takes. */
const unheardMs = 120_000;

/**
 * An expression: the chip restarts unless it is evaluated again in time. For a board whose firmware was stopped: it goes on by
 * itself when the cable is pulled, the page closed or the program killed that has stopped it. Deletes all other timers.
 */
export const restartUnlessHeardOf = `[clearTimeout(),setTimeout("E.reboot()",${unheardMs})]`;
