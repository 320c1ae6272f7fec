/**
 * The slot format of the board's Storage: two files for the firmware (`fw0`, `fw1`), two for the
 * configuration (`kit0`, `kit1`). A writer fills the idle slot, verifies it and flips one byte last,
 * so that a cut at any point leaves a board that boots what it booted before.
 *
 * ```
 * bytes 0-7    sequence number   8 hexadecimal digits each,
 * bytes 8-15   length of body    lower case
 * bytes 16-23  CRC-32 of body
 * byte 24      0xFF while being written, 'V' once verified
 * byte 25      0xFF, 'B' once the loader has seen it crash: taken only when no other is good
 * bytes 26-31  0xFF, reserved: one byte for each later change of state
 * byte 32...   body
 * ```
 *
 * The flipped byte is not byte 0: a write at offset 0 makes Espruino delete the file and start anew.
 */
export const slotHeaderLength = 32;
export const slotVerified = 'V';
export const slotVerifiedAt = 24;
export const slotAbandoned = 'B';
export const slotAbandonedAt = 25;

export interface SlotHeader {
  /** The verified slot with the highest one is booted. */
  sequence: number;
  length: number;
  /** CRC-32 (IEEE 802.3), unsigned. */
  crc: number;
}

/** The 32 header bytes of a slot that is not verified yet. */
export function encodeSlotHeader(header: SlotHeader): string {
  return hex8(header.sequence) + hex8(header.length) + hex8(header.crc) + '\xff'.repeat(8);
}

/** The header of a slot file, or undefined when the slot was never verified. */
export function decodeSlotHeader(file: string): SlotHeader | undefined {
  if (file[slotVerifiedAt] !== slotVerified) return undefined;
  return {
    sequence: parseInt(file.substring(0, 8), 16),
    length: parseInt(file.substring(8, 16), 16),
    crc: parseInt(file.substring(16, 24), 16),
  };
}

/** A whole slot as it lies in a freshly written flash: for a host that makes the image itself. */
export function slotFile(header: SlotHeader, body: string): string {
  const head = encodeSlotHeader(header);
  return head.substring(0, slotVerifiedAt) + slotVerified + head.substring(slotVerifiedAt + 1) + body;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
