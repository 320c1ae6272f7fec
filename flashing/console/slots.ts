import {
  decodeSlotHeader,
  slotAbandoned,
  slotAbandonedAt,
  slotHeaderLength,
  type SlotHeader,
} from '../../shared/slots';
import type { BoardConsole } from './board-console';

export type SlotName = 'fw0' | 'fw1' | 'kit0' | 'kit1';

/** A slot as it lies on a board. */
export interface BoardSlot {
  name: SlotName;
  /** Absent when the slot was never verified, or is not there. */
  header?: SlotHeader;
  /** The board's own checksum of the body is the one in the header. */
  intact: boolean;
  abandoned: boolean;
}

/** What lies in a pair of slots: `fw` for the firmware, `kit` for the configuration. */
export async function readSlots(board: BoardConsole, pair: 'fw' | 'kit'): Promise<BoardSlot[]> {
  return [await readSlot(board, `${pair}0`), await readSlot(board, `${pair}1`)];
}

async function readSlot(board: BoardConsole, name: SlotName): Promise<BoardSlot> {
  const head = await board.evaluate(`require("Storage").read("${name}",0,${slotHeaderLength})||""`);
  const header = decodeSlotHeader(String(head));
  if (!header || !Number.isInteger(header.length)) return { name, intact: false, abandoned: false };
  const crc = await board.evaluate(
    `E.CRC32(require("Storage").read("${name}",${slotHeaderLength},${header.length}))`,
  );
  return {
    name,
    header,
    intact: crc === header.crc,
    abandoned: String(head)[slotAbandonedAt] === slotAbandoned,
  };
}

/** The slot that the loader takes: the verified one with the highest sequence number, an abandoned one only if there is no other. */
export function slotToBoot(slots: BoardSlot[]): BoardSlot | undefined {
  const good = slots.filter(({ header, intact }) => header !== undefined && intact);
  const proven = good.filter(({ abandoned }) => !abandoned);
  return (proven.length > 0 ? proven : good).reduce<BoardSlot | undefined>(
    (best, slot) => (best && best.header!.sequence >= slot.header!.sequence ? best : slot),
    undefined,
  );
}
