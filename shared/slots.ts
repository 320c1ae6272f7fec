/**
 * The slot format of the board's Storage: two files for the firmware (`fw0`, `fw1`), two for the
 * configuration (`kit0`, `kit1`). A writer fills the idle slot, verifies it and flips one byte last,
 * so that a cut at any point leaves a board that boots what it booted before.
 *
 * ```
 * byte 0       0xFF while being written, 'V' once verified, 0x00 when abandoned
 * bytes 1-8    sequence number   8 hexadecimal digits each,
 * bytes 9-16   length of body    lower case
 * bytes 17-24  CRC-32 of body
 * bytes 25-31  line feeds
 * byte 32...   body
 * ```
 */
export const slotHeaderLength = 32;
export const slotVerified = 'V';

export interface SlotHeader {
  sequence: number;
  length: number;
  /** CRC-32 (IEEE 802.3), unsigned. */
  crc: number;
}

/** Bytes 1 to 31; byte 0 is written alone, as the last act. */
export function encodeSlotHeader(header: SlotHeader): string {
  return hex8(header.sequence) + hex8(header.length) + hex8(header.crc) + '\n'.repeat(7);
}

/** The header of a slot file, or undefined when the slot was never verified. */
export function decodeSlotHeader(file: string): SlotHeader | undefined {
  if (file.length < slotHeaderLength || file[0] !== slotVerified) return undefined;
  const digits = file.slice(1, 25);
  if (!/^[0-9a-f]+$/.test(digits)) return undefined;
  return {
    sequence: parseInt(digits.slice(0, 8), 16),
    length: parseInt(digits.slice(8, 16), 16),
    crc: parseInt(digits.slice(16, 24), 16),
  };
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
