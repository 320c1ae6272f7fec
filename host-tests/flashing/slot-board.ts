import { readFacts } from '../../flashing/board-facts';
import { commit, verify } from '../../flashing/commit';
import { eraseFirst } from '../../flashing/erase-first';
import { filesOf, makePlan, type Wanted } from '../../flashing/plan';
import { uploadScript } from '../../flashing/upload-script';
import { createStorage, Flash } from '../../simulator';
import { bareBoard } from '../simulator/bare-board';
import { bundle } from '../support/kit-image';
import { wiredBoard } from './console/wire';

/** WiFi and telnet as far as the loader needs them. */
export const network = {
  attach: () => ({
    wifi: { stopAP: () => {}, getIP: () => ({ mac: '5c:cf:7f:01:02:03' }) },
    net: {},
    dgram: {},
    telnet: { setOptions: () => {} },
    detach: () => {},
    socketCount: () => 0,
    listenerCount: () => 0,
    accessPointOn: false,
    telnetOn: false,
  }),
};

/** The real loader, which says who it is before anything else. */
export function loaderThatSays(word: string): string {
  const text = bundle('loader').replace(/;?\s*$/, '');
  if (!text.startsWith('!function(){')) throw new Error('expected the loader to be !function(){…}()');
  return text.replace('{', `{print("loader ${word}");`);
}

/** What is to be flashed: a loader, a firmware and a configuration that say their names. */
export function kitThatSays(word: string): Wanted {
  return {
    loader: loaderThatSays(word),
    firmware: `print("firmware ${word}, kit "+JSON.parse(require("Storage").read(KIT,32)).word);`,
    kitJson: JSON.stringify({ kit: 2, word, pins: { relay: 14, led: 16 }, relayOn: 0, ledOn: 1 }),
  };
}

/**
 * What a board says that boots from this flash: the loader, then after its pause the firmware. A boot code that was cut off is
 * a syntax error, which counts for nothing.
 */
export function bootLines(flash: Flash): string[] {
  const { board, clock, lines } = bareBoard('esp8266', undefined, { flash, network });
  board.reset();
  clock.advance(2500);
  board.powerOff();
  return lines.filter((line) => /^(?:loader|firmware) |Lamplighter: /.test(line));
}

/** Flashes whatever boots from this flash. */
export type FlashWay = (flash: Flash, wanted: Wanted) => Promise<void>;

const quietly = { onWritten: () => {}, signal: new AbortController().signal };

/** As the command does: the script is typed line by line, as Espruino's tool does it. */
export const byScript: FlashWay = async (flash, wanted) => {
  const { board, console, lines } = wiredBoard('esp8266', { flash, network });
  board.evaluate('reset()');
  const facts = await readFacts(console);
  const plan = makePlan(facts, wanted, true);
  const left = plan.erase ? await eraseFirst(console, plan, facts, quietly) : plan;
  for (const line of uploadScript(filesOf(left)).split('\n')) board.evaluate(line);
  await verify(console, left);
  await commit(console, left, facts);
  if (lines.some((line) => /Error/.test(line))) throw new Error(lines.join('\n'));
  board.powerOff();
};

/**
 * Flashes a board. Returns the flash as it was before each of its changes, which is what a power cut at that change
 * leaves, and at last as it is now.
 */
export async function flashBoard(flash: Flash, wanted: Wanted, way = byScript): Promise<Flash[]> {
  const states: Uint8Array[] = [];
  // The files lie one after the other from the beginning.
  const used = flash.bytes.length - createStorage(flash).getFree() + usedMax;
  flash.onWrite = () => states.push(flash.bytes.slice(0, used));
  await way(flash, wanted);
  flash.onWrite = undefined;
  return [...states, flash.bytes].map((bytes) => flashHolding(bytes));
}

/** More than the files of these tests take. */
const usedMax = 16_384;

function flashHolding(bytes: Uint8Array): Flash {
  const flash = new Flash();
  flash.bytes.set(bytes);
  return flash;
}
