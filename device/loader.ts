/**
 * The permanent boot code, small enough never to be replaced: makes the outputs safe, closes the
 * access point and the console, counts the boot and the crashes before it, and runs the verified
 * firmware with the highest sequence number after a pause in which the serial console answers.
 */
import {
  slotAbandoned,
  slotAbandonedAt,
  slotHeaderLength,
  slotVerified,
  slotVerifiedAt,
} from '../shared/slots';
import type { KitSettings } from '../shared/settings';

const windowMs = 2000;
/** Crashes in a row after which the other firmware is tried, or else safe mode; as many more end at the console. */
const crashesMax = 5;
/** Firmware marks its boot after a minute, or what blocked it then. One that threw at its start would idle for ever. */
const proofMs = 120_000;
/** How long a board rests that has crashed in safe mode, too. */
const restMs = 3_600_000;
/** ESP32: longer than two connects that wait in vain for name servers and broker, 40 s each. */
const watchdogS = 90;
/**
 * The files `boots0` and `boots1` are a base of 8 digits, then two bytes for each boot, written in their turn: how many
 * crashes in a row came before it, and later '1' once it went well. They are used by turns: a full one stays
 * until the other holds a boot, since the power may be cut at any write.
 */
const enum Boots {
  Base = 8,
  Length = 264,
}
/** Below the sequence number of every good slot: one that has crashed, and one that is not good. */
const enum Rank {
  Crashed = -1e10,
  None = -1e11,
}

(function () {
  const storage = require('Storage');
  /** Rank of the slot that `slot` has not taken. */
  let other = 0;

  function rank(file: string): number {
    const head = storage.read(file, 0, slotHeaderLength);
    if (head && head[slotVerifiedAt] === slotVerified) {
      const body = storage.read(file, slotHeaderLength, parseInt(head.substr(8, 8), 16));
      if (body && E.CRC32(body) === parseInt(head.substr(16, 8), 16))
        return parseInt(head.substr(0, 8), 16) + (head[slotAbandonedAt] === slotAbandoned ? Rank.Crashed : 0);
    }
    return Rank.None;
  }

  /** The name of the slot to use, `<name>0` or `<name>1`; empty when neither is good. */
  function slot(name: string): string {
    const first = rank(name + 0);
    const second = rank(name + 1);
    other = Math.min(first, second);
    if (Math.max(first, second) === Rank.None) return '';
    return name + (second > first ? 1 : 0);
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

  let crash = 1;
  try {
    // Power and button are nobody's crash. E.reboot() is one unless the boot was marked before: out of memory.
    if ('power on,deep sleep,reset pin'.includes(require('ESP8266').getResetInfo().reason)) crash = 0;
  } catch {
    // ESP32 tells no reason: there every boot is one that went well, or a crash.
    E.enableWatchdog(watchdogS);
  }

  BOOT = 1;
  let file = 1;
  let at: number = Boots.Length;
  let crashes = 0;
  for (let i = 0; i < 2; i++) {
    const boots = storage.read('boots' + i);
    if (boots && boots.length === Boots.Length) {
      // Where neither byte of a pair is written. A file that holds no boot yet counts nothing.
      const end = boots.indexOf('\xff\xff');
      const free = end < 0 ? Boots.Length : (end + 1) & ~1;
      const boot = parseInt(boots.substr(0, Boots.Base), 10) + ((free - Boots.Base) >> 1) + 1;
      if (free > Boots.Base && boot > BOOT) {
        BOOT = boot;
        file = i;
        at = free;
        // One more than the digit, or none for what is no digit.
        crashes = boots[free - 1] === '\xff' ? '0123456789'.indexOf(boots[free - 2]!) + 1 : 0;
      }
    }
  }
  if (!crash) crashes = 0;

  let firmware = slot('fw');
  let abandoned = '';
  if (crashes === crashesMax && other >= 0) {
    abandoned = firmware;
    firmware = 'fw' + (firmware === 'fw0' ? 1 : 0);
    crashes = 0;
    console.log('Lamplighter: ' + abandoned + ' keeps crashing, now ' + firmware);
  }
  SAFE = crashes < crashesMax ? 0 : 1;

  let problem = '';
  let limitMs = proofMs;
  if (crashes === 2 * crashesMax) {
    problem = 'too many crashes, rests for an hour';
    limitMs = restMs;
  }
  if (!firmware) problem = 'no firmware in the flash';
  if (!KIT) problem = 'no kit.json in the flash';
  if (problem) console.log('Lamplighter: ' + problem);
  // A native string as callback runs from flash in the global scope.
  else setTimeout(storage.read(firmware, slotHeaderLength)!, windowMs);
  setTimeout('GOOD&&E.reboot()', limitMs);

  // Last, since a full Storage throws: the kit starts all the same.
  GOOD = 0;
  // Nothing that could crash is started: a boot that went well.
  let pair = problem ? '01' : '' + crashes;
  if (at === Boots.Length) {
    file = 1 - file;
    at = 0;
    pair = ('' + (BOOT - 1)).padStart(Boots.Base, '0') + pair;
  }
  storage.write('boots' + file, pair, at, Boots.Length);
  if (KIT && firmware) GOOD = 2 * (at || Boots.Base) + 2 + file;
  // After the count: a cut in between lets it crash once more, the other way round the other would be held to have crashed.
  if (abandoned) storage.write(abandoned, slotAbandoned, slotAbandonedAt);
})();
