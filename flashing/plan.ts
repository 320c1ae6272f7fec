import { bootCode, bootGuard, isOurFile, isSavedProgram, loaderCopy } from './board-files';
import type { BoardFacts } from './board-facts';
import { type BoardSlot, type SlotName, slotToBoot } from './console';
import { crc32 } from './crc32';
import { FlashError } from './flash-error';
import { plainFile, roomOf, slotOf, type StoredFile } from './stored-file';

/** What is to be written; a part that is on the board already is undefined. */
export interface Plan {
  firmware: StoredFile | undefined;
  kit: StoredFile | undefined;
  loader: StoredFile | undefined;
  /** Storage is full of what was replaced, and is erased first: `eraseFirst()`. */
  erase: boolean;
  /**
   * Erased last of all: what Espruino would start beside what is flashed, or in its place, and what a power cut has left
   * of an earlier change of the loader.
   */
  stale: string[];
}

export interface Wanted {
  /** Not for `--config-only`. */
  firmware?: string | undefined;
  loader?: string | undefined;
  kitJson: string;
}

/** Room for what the board itself writes: a second file that counts boots. */
const ownBytes = 512;

/**
 * Puts what differs from the board into the idle slots. Throws a FlashError when it does not fit; where only what was
 * replaced is in the way, Storage is erased, unless the board would be lost if that were cut short.
 */
export function makePlan(facts: BoardFacts, wanted: Wanted, mayErase: boolean): Plan {
  const plan: Plan = {
    firmware: newSlot(facts.fw, wanted.firmware),
    kit: newSlot(facts.kit, wanted.kitJson),
    loader: newLoader(facts, wanted.loader),
    erase: false,
    stale: [],
  };
  if (wanted.loader !== undefined) {
    const left = (name: string): boolean => !plan.loader && (name === bootGuard || name === loaderCopy);
    plan.stale = facts.files.filter((name) => isSavedProgram(name) || left(name));
  }
  if (roomFor(plan) <= facts.freeBytes) return plan;
  const whole = makePlanForEmpty(facts, wanted);
  if (!wanted.firmware || roomFor(whole) > facts.storageBytes) {
    throw new FlashError(
      'no-room',
      `not enough flash: ${roomFor(plan)} bytes are needed and ${facts.freeBytes} are free` +
        (wanted.firmware ? '' : '; without --config-only it is erased and written anew'),
    );
  }
  if (!mayErase) {
    throw new FlashError(
      'no-room',
      `not enough flash: ${roomFor(plan)} bytes are needed and ${facts.freeBytes} are free. The rest is taken by ` +
        'what was replaced; flash this board once over USB, which erases it and can be repeated if it is cut short',
    );
  }
  const others = facts.files.filter((name) => !isOurFile(name) && !isSavedProgram(name));
  if (others.length > 0) {
    throw new FlashError(
      'no-room',
      `not enough flash: ${roomFor(plan)} bytes are needed and ${facts.freeBytes} are free. To be erased it would have to ` +
        `lose files that are not Lamplighter's: ${others.join(', ')}. Save what you need of them, erase them with ` +
        `npm run console: require("Storage").erase("${others[0]}"), and flash again`,
    );
  }
  return whole;
}

/** Whether the board holds all of it already. */
export function isDone(plan: Plan): boolean {
  return filesOf(plan).length === 0 && plan.stale.length === 0;
}

export function filesOf({ firmware, kit, loader }: Plan): StoredFile[] {
  return [firmware, kit, loader].filter((file) => file !== undefined);
}

function makePlanForEmpty(facts: BoardFacts, wanted: Wanted): Plan {
  const empty: BoardFacts = { ...facts, fw: [], kit: [], loader: undefined };
  return {
    firmware: newSlot(empty.fw, wanted.firmware, 'fw0'),
    kit: newSlot(empty.kit, wanted.kitJson, 'kit0'),
    // Nothing is there that could run meanwhile, so it needs no copy.
    loader: wanted.loader === undefined ? undefined : plainFile(bootCode, wanted.loader),
    erase: true,
    stale: [],
  };
}

function roomFor(plan: Plan): number {
  const files = filesOf(plan).reduce((sum, file) => sum + roomOf(file), ownBytes);
  // A copy of the loader lies there beside it for a while, and what guards the change is smaller.
  return files + (plan.loader?.name === loaderCopy ? 2 * roomOf(plan.loader) : 0);
}

/** The slot that the board would not boot, filled; undefined when the one that it would boot holds this text. */
function newSlot(slots: BoardSlot[], text: string | undefined, first?: SlotName): StoredFile | undefined {
  if (text === undefined) return undefined;
  const booted = slotToBoot(slots);
  const same = booted?.header?.length === text.length && booted.header.crc === crc32(text);
  if (same && !booted.abandoned) return undefined;
  const idle = first ?? slots.find((slot) => slot !== booted)!.name;
  const highest = Math.max(0, ...slots.map(({ header }) => header?.sequence ?? 0));
  return slotOf(idle, text, highest + 1);
}

function newLoader({ loader }: BoardFacts, text: string | undefined): StoredFile | undefined {
  if (text === undefined) return undefined;
  const same = loader?.bytes === text.length && loader.crc === crc32(text);
  return same ? undefined : plainFile(loaderCopy, text);
}
