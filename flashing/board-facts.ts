import type { BoardName, KitSettings } from '../shared/settings';
import { slotHeaderLength } from '../shared/slots';
import {
  type BoardConsole,
  BoardError,
  type BoardSlot,
  BoardScriptError,
  readSlots,
  slotToBoot,
} from './console';
import { FlashError } from './flash-error';

/** What is on a board before it is flashed. */
export interface BoardFacts {
  /** Espruino's version, `2v29`. */
  version: string;
  /** The name of Espruino's build. */
  build: string;
  /** aa:bb:cc:dd:ee:ff; empty where there is no WiFi. */
  mac: string;
  /** The largest file that Storage can take, in bytes; what replaced files have left behind is not counted. */
  freeBytes: number;
  /** All of Storage. */
  storageBytes: number;
  fw: BoardSlot[];
  kit: BoardSlot[];
  /** Number of the kit that it is; undefined when it is none yet. */
  kitNumber: number | undefined;
  /** Names of all files in Storage. */
  files: string[];
  /** The boot code; undefined when there is none. */
  loader: { bytes: number; crc: number } | undefined;
}

/** Source: Espruino boards/*.py. Another build, such as one of the interpreter's for Linux, is taken for what the kit is. */
const builds: Record<string, BoardName> = { ESP8266_4MB: 'nodemcu', ESP32: 'esp32' };
/** Others for these chips lack what the loader needs, or crash on reading from flash. */
const otherBuild = /^ESP/;
/** The oldest release that all of this was tried on. */
const oldest = { major: 2, minor: 29 };

/** Reads, and changes nothing. A BoardError when this Espruino is none that kits run on. */
export async function readFacts(board: BoardConsole): Promise<BoardFacts> {
  const [build, version] = (await board.evaluate('[process.env.BOARD,process.version]')) as [string, string];
  ensureSupported(board.port, build, version);
  const kit = await readSlots(board, 'kit');
  return {
    version,
    build,
    mac: await readMac(board),
    freeBytes: Number(await board.evaluate('require("Storage").getFree()')),
    storageBytes: Number(await board.evaluate('require("Storage").getStats().totalBytes')),
    fw: await readSlots(board, 'fw'),
    kit,
    kitNumber: await readKitNumber(board, slotToBoot(kit)),
    files: (await board.evaluate('require("Storage").list()')) as string[],
    loader: await readLoader(board),
  };
}

function ensureSupported(port: string, build: string, version: string): void {
  const refuse = (what: string): BoardError =>
    new BoardError('not-espruino', `the board at ${port} runs ${what}`);
  if (builds[build] === undefined && otherBuild.test(build)) {
    throw refuse(`Espruino's build ${build}: expected ${Object.keys(builds).join(' or ')}`);
  }
  const [, major, minor] = /^(\d+)v(\d+)/.exec(version) ?? [];
  if (Number(major) * 1000 + Number(minor) >= oldest.major * 1000 + oldest.minor) return;
  throw refuse(`Espruino ${version}: expected ${oldest.major}v${oldest.minor} or later`);
}

/** Throws a FlashError when the kit's configuration is for another board than this. */
export function ensureSameBoard(port: string, { build, mac }: BoardFacts, settings: KitSettings): void {
  const kit = `kit ${settings.kit}`;
  const chip = builds[build];
  if (chip !== undefined && chip !== settings.board) {
    throw new FlashError(
      'wrong-board',
      `the board at ${port} is one for board: '${chip}', and kit.config.ts says '${settings.board}' for ${kit}`,
    );
  }
  if (settings.mac !== undefined && mac !== '' && settings.mac !== mac) {
    throw new FlashError(
      'wrong-board',
      `the board at ${port} is ${mac}, and kit.config.ts says mac: '${settings.mac}' for ${kit}`,
    );
  }
}

async function readMac(board: BoardConsole): Promise<string> {
  try {
    return String(await board.evaluate('require("Wifi").getIP().mac')).toLowerCase();
  } catch (error) {
    if (error instanceof BoardScriptError) return '';
    throw error;
  }
}

async function readKitNumber(board: BoardConsole, slot: BoardSlot | undefined): Promise<number | undefined> {
  if (!slot) return undefined;
  const body = `require("Storage").read("${slot.name}",${slotHeaderLength},${slot.header!.length})`;
  return Number(await board.evaluate(`JSON.parse(${body}).kit`)) || undefined;
}

async function readLoader(board: BoardConsole): Promise<BoardFacts['loader']> {
  const read = '(function(f){return f?[f.length,E.CRC32(f)]:0})(require("Storage").read(".bootcde"))';
  const found = await board.evaluate(read);
  return Array.isArray(found) ? { bytes: Number(found[0]), crc: Number(found[1]) } : undefined;
}
