import { encodeSlotHeader, slotVerifiedAt } from '../shared/slots';
import type { SlotName } from './console';
import { crc32 } from './crc32';

/** A file as it is to lie in a board's Storage; each character of its text is one byte. */
export interface StoredFile {
  name: string;
  text: string;
  /** Bytes of the file; the first of them are left unwritten where `at` is not 0. */
  size: number;
  /** What stands in front: the written part of a slot's header. */
  head: string;
  /** Where the text begins. */
  at: number;
  /** CRC-32 of the text, unsigned. */
  crc: number;
}

/** Espruino's bytes for a file's header. Source: Espruino src/jsflash.h, JsfFileHeader */
const fileHeaderBytes = 32;

export function plainFile(name: string, text: string): StoredFile {
  return { name, text, size: text.length, head: '', at: 0, crc: crc32(text) };
}

/** A slot that is not verified yet: of its header only the numbers are written. */
export function slotOf(name: SlotName, text: string, sequence: number): StoredFile {
  const crc = crc32(text);
  const header = encodeSlotHeader({ sequence, length: text.length, crc });
  return {
    name,
    text,
    size: header.length + text.length,
    head: header.slice(0, slotVerifiedAt),
    at: header.length,
    crc,
  };
}

/** The room that a file takes, in bytes. */
export function roomOf({ size }: { size: number }): number {
  return fileHeaderBytes + Math.ceil(size / 4) * 4;
}
