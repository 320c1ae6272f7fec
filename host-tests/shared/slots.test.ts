import { describe, expect, it } from 'vitest';
import {
  decodeSlotHeader,
  encodeSlotHeader,
  slotFile,
  slotHeaderLength,
  slotVerified,
  slotVerifiedAt,
} from '../../shared/slots';
import { forSeeds } from '../support/random';

const header = { sequence: 3, length: 11, crc: 0xdeadbeef };

describe('the header of a slot', () => {
  it('is 32 bytes: sequence, length and CRC in hexadecimal, a state that is still erased, and room', () => {
    expect(encodeSlotHeader(header)).toBe('000000030000000bdeadbeef' + '\xff'.repeat(8));
    expect(encodeSlotHeader(header)).toHaveLength(slotHeaderLength);
  });

  it('is read as it was written, for any numbers of 32 bits', () => {
    forSeeds(2_000, (random) => {
      const any = (): number =>
        random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, random.int(0, 0xffffffff)]);
      const written = { sequence: any(), length: any(), crc: any() };
      expect(decodeSlotHeader(slotFile(written, random.bytes(5)))).toEqual(written);
    });
  });

  it('counts for nothing until it is verified', () => {
    expect(decodeSlotHeader(encodeSlotHeader(header) + 'hello world')).toBeUndefined();
  });

  it('counts for nothing once it is abandoned', () => {
    const file = slotFile(header, 'hello world');
    expect(
      decodeSlotHeader(file.substring(0, slotVerifiedAt) + '\0' + file.substring(slotVerifiedAt + 1)),
    ).toBeUndefined();
  });

  it('counts for nothing when the writing was cut anywhere before the byte that verifies it', () => {
    const unverified = encodeSlotHeader(header) + 'hello world';
    for (let cut = 0; cut <= unverified.length; cut++)
      expect(
        decodeSlotHeader(unverified.substring(0, cut) + '\xff'.repeat(unverified.length - cut)),
      ).toBeUndefined();
    expect(decodeSlotHeader('')).toBeUndefined();
  });

  it('is verified by one byte that is not the first of the file, since that would erase it', () => {
    expect(slotVerifiedAt).toBeGreaterThan(0);
    const before = encodeSlotHeader(header) + 'body';
    const after = slotFile(header, 'body');
    const changed = [...after].map((byte, i) => (byte === before[i] ? -1 : i)).filter((i) => i >= 0);
    expect(changed).toEqual([slotVerifiedAt]);
    expect(after[slotVerifiedAt]).toBe(slotVerified);
  });

  it('holds nothing in its hexadecimal part that the flash could not hold: ASCII only', () => {
    expect(slotFile(header, '').substring(0, slotVerifiedAt + 1)).toMatch(/^[0-9a-f]{24}V$/);
  });
});
