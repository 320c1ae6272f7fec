/**
 * The permanent boot code, small enough never to be replaced: makes the outputs safe, closes the
 * access point and the console, counts the boot, and runs the verified firmware with the highest
 * sequence number after a pause in which the serial console answers.
 */
import { slotHeaderLength, slotVerified, slotVerifiedAt } from '../shared/slots';
import type { KitSettings } from '../shared/settings';

const windowMs = 2000;
/** The file `boots` is a base of 8 digits, then one byte for each boot, cleared in its turn. */
const bootsBase = 8;
const bootsLength = 264;

(function () {
  const storage = require('Storage');

  /** The name of the slot to use, `<name>0` or `<name>1`; empty when neither is good. */
  function slot(name: string): string {
    let best = '';
    let bestSequence = -1;
    for (let i = 0; i < 2; i++) {
      const file = name + i;
      const head = storage.read(file, 0, slotHeaderLength);
      if (head && head[slotVerifiedAt] === slotVerified) {
        const sequence = parseInt(head.substr(0, 8), 16);
        const body = storage.read(file, slotHeaderLength, parseInt(head.substr(8, 8), 16));
        if (sequence > bestSequence && body && E.CRC32(body) === parseInt(head.substr(16, 8), 16)) {
          best = file;
          bestSequence = sequence;
        }
      }
    }
    return best;
  }

  KIT = slot('kit');
  try {
    const settings: KitSettings = JSON.parse(storage.read(KIT, slotHeaderLength)!);
    // Espruino sets the level before it makes the pin an output, so nothing flashes.
    digitalWrite(settings.pins.relay, 1 - settings.relayOn);
    digitalWrite(settings.pins.led, 1 - settings.ledOn);
  } catch {
    KIT = '';
  }

  const boots = storage.read('boots');
  let at = boots ? boots.indexOf('\xff') : -1;
  BOOT = boots ? parseInt(boots.substr(0, bootsBase), 10) + (at < 0 ? bootsLength : at) - bootsBase + 1 : 1;
  if (at < 0) {
    at = bootsBase;
    storage.write('boots', ('' + (BOOT - 1)).padStart(bootsBase, '0'), 0, bootsLength);
  }
  storage.write('boots', '\0', at);

  const firmware = slot('fw');
  if (!KIT || !firmware)
    console.log('Lamplighter: no ' + (firmware ? 'kit.json' : 'firmware') + ' in the flash');
  // A native string as callback runs from flash in the global scope.
  else setTimeout(storage.read(firmware, slotHeaderLength)!, windowMs);

  require('Wifi').stopAP();
  require('TelnetServer').setOptions({ mode: 'off' });
})();
