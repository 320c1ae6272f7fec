/**
 * The permanent boot code, small enough never to be replaced: makes the outputs safe, closes the
 * access point and the console, counts the boot, and runs the verified firmware with the highest
 * sequence number after a pause in which the serial console answers.
 */
import { slotHeaderLength, slotVerified, slotVerifiedAt } from '../shared/slots';
import type { KitSettings } from '../shared/settings';

const windowMs = 2000;
/**
 * The files `boots0` and `boots1` are a base of 8 digits, then one byte for each boot, cleared in its turn.
 * They are used by turns: a full one stays until the other is whole, since the power may be cut at any write.
 */
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

  require('Wifi').stopAP();
  require('TelnetServer').setOptions({ mode: 'off' });

  const firmware = slot('fw');
  if (!KIT || !firmware)
    console.log('Lamplighter: no ' + (firmware ? 'kit.json' : 'firmware') + ' in the flash');
  // A native string as callback runs from flash in the global scope.
  else setTimeout(storage.read(firmware, slotHeaderLength)!, windowMs);

  // Last, since a full Storage throws: the kit starts all the same.
  BOOT = 1;
  let file = 0;
  let at = -1;
  for (let i = 0; i < 2; i++) {
    const boots = storage.read('boots' + i);
    const free = boots ? boots.indexOf('\xff') : 0;
    // A base that was not written to its end counts nothing.
    if (boots && (free < 0 || free >= bootsBase)) {
      const boot = parseInt(boots.substr(0, bootsBase), 10) + (free < 0 ? bootsLength : free) - bootsBase + 1;
      if (boot >= BOOT) {
        BOOT = boot;
        file = i;
        at = free;
      }
    }
  }
  if (at < 0) {
    file = 1 - file;
    at = bootsBase;
    storage.write('boots' + file, ('' + (BOOT - 1)).padStart(bootsBase, '0'), 0, bootsLength);
  }
  storage.write('boots' + file, '\0', at);
})();
