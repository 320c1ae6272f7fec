import { crc32 } from 'node:zlib';
import { slotHeaderLength } from '../../shared/slots';
import type { KitSettings } from '../../shared/settings';
import { type BoardConsole, type BoardSlot, readSlots, slotToBoot } from '../board-console';
import { kitJson } from '../kit-config';
import { type BootCount, readBootCount } from './boot-count';
import { type Finding, ok, unknown, warning, wrong } from './finding';

/** The next firmware and configuration must find room beside what is there, without Storage being rearranged. */
const flashFreeLow = 20_000;
const flashAgain = 'npm run flash';
/** What Espruino runs before `.bootcde`, or instead of it. Source: src/jsinteractive.c, src/jsflash.c */
const hiding = /^\.(?:boot\d|bootrst|bootPowerOn|varimg)$/;

/** What lies in the board's Storage, which of it runs, and how the last boots went. */
export async function flashFindings(
  board: BoardConsole,
  settings: KitSettings | undefined,
  bundle: string | undefined,
): Promise<Finding[]> {
  const free = Number(await board.evaluate('require("Storage").getFree()'));
  const files = (await board.evaluate('require("Storage").list()')) as string[];
  const firmware = await readSlots(board, 'fw');
  const kits = await readSlots(board, 'kit');
  const runs = slotToBoot(firmware);
  const version = runs ? await versionIn(board, runs) : undefined;
  return [
    freeFinding(free),
    loaderFinding(files),
    firmwareFinding(firmware, version, bundle),
    kitFinding(kits, settings),
    bootFinding(
      readBootCount([await fileText(board, 'boots0'), await fileText(board, 'boots1')]),
      Boolean(await board.evaluate('typeof SAFE!="undefined"&&!!SAFE')),
    ),
  ];
}

/** The number of the kit that a board is, from its own kit.json. */
export async function kitOnBoard(board: BoardConsole): Promise<number | undefined> {
  const slot = slotToBoot(await readSlots(board, 'kit'));
  if (!slot) return undefined;
  const kit = await board.evaluate(
    `JSON.parse(require("Storage").read("${slot.name}",${slotHeaderLength},${slot.header!.length})).kit`,
  );
  return typeof kit === 'number' ? kit : undefined;
}

/** The version that a firmware announces at its start, as it stands in its text. */
async function versionIn(board: BoardConsole, { name, header }: BoardSlot): Promise<string | undefined> {
  const text = await board.evaluate(
    `(function(f,i){return f.substr(f.indexOf(i)+i.length,20)})(require("Storage").read("${name}",${slotHeaderLength},${header!.length}),"Lamplighter ")`,
  );
  return /^\d+\.\d+\.\d+/.exec(String(text))?.[0];
}

/** Bytes come in base 64: 0xFF would take six characters, and a console over WiFi holds a thousand. */
async function fileText(board: BoardConsole, name: string): Promise<string> {
  const text = await board.evaluate(`btoa(require("Storage").read("${name}")||"")`);
  return Buffer.from(String(text), 'base64').toString('latin1');
}

function freeFinding(free: number): Finding {
  const text = `${free.toLocaleString('en')} bytes free in the flash`;
  return free >= flashFreeLow
    ? ok('flash', text)
    : warning(
        'flash',
        text,
        'files of yours on the board leave little room for the next firmware; erase them',
      );
}

export function loaderFinding(files: string[]): Finding {
  const before = files.filter((name) => hiding.test(name));
  if (!files.includes('.bootcde'))
    return wrong('loader', 'no boot code: nothing starts by itself', flashAgain);
  return before.length === 0
    ? ok('loader', 'the loader is the boot code')
    : wrong(
        'loader',
        `another program's ${before.join(', ')} ${before.length === 1 ? 'runs' : 'run'} before the loader, or instead of it`,
        `npm run console, then ${before.map((name) => `require("Storage").erase("${name}")`).join(';')}`,
      );
}

export function firmwareFinding(
  slots: BoardSlot[],
  version: string | undefined,
  bundle: string | undefined,
): Finding {
  const runs = slotToBoot(slots);
  const abandoned = slots.filter((slot) => slot.abandoned && slot !== runs);
  if (!runs) return wrong('firmware', `none of ${listed(slots)} is good`, flashAgain);
  const what = `${version ?? 'unknown version'} in ${runs.name}, ${described(runs)}`;
  if (abandoned.length > 0) {
    return warning(
      'firmware',
      `${what}; ${listed(abandoned)} given up`,
      `mend the firmware, then ${flashAgain}`,
    );
  }
  if (runs.abandoned)
    return wrong('firmware', `${what}, crashes and there is no other`, `npm run rescue, then ${flashAgain}`);
  if (bundle !== undefined && crc32(bundle) !== runs.header!.crc)
    return warning('firmware', `${what}, is not the one in dist/firmware.js`, flashAgain);
  return ok('firmware', what);
}

export function kitFinding(slots: BoardSlot[], settings: KitSettings | undefined): Finding {
  const runs = slotToBoot(slots);
  const again = `${flashAgain} -- --config-only`;
  if (!runs) return wrong('kit.json', `none of ${listed(slots)} is good`, again);
  const what = `${runs.name}, ${described(runs)}`;
  if (!settings) return unknown('kit.json', `${what}; not compared with kit.config.ts`);
  return crc32(kitJson(settings)) === runs.header!.crc
    ? ok('kit.json', `${what}, as kit.config.ts says`)
    : warning('kit.json', `${what}, differs from what kit.config.ts says for kit ${settings.kit}`, again);
}

export function bootFinding(count: BootCount | undefined, safeMode: boolean): Finding {
  const boots = count ? `boot ${count.boot}` : 'no boot counted yet';
  if (safeMode) {
    return wrong(
      'boots',
      `${boots}: safe mode after too many crashes, the outputs stay off`,
      `look at the console (npm run console), mend the firmware, then ${flashAgain}`,
    );
  }
  if (count && count.crashes > 0) {
    return warning(
      'boots',
      `${boots}: ${count.crashes} in a row before it crashed${count.wentWell ? ', this one went well' : ''}`,
      'look at the console: npm run console',
    );
  }
  return ok('boots', count ? `${boots}, no crash before it` : boots);
}

function described({ header }: BoardSlot): string {
  return `sequence ${header!.sequence}, ${header!.length.toLocaleString('en')} bytes, verified`;
}

function listed(slots: BoardSlot[]): string {
  return slots.map(({ name }) => name).join(' and ');
}
