/** Reflected, as in IEEE 802.3. */
const polynomial = 0xedb88320;

const table = Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  return remainder;
});

/** CRC-32 of a byte string, unsigned, as Espruino's E.CRC32() gives it. */
export function crc32(bytes: string): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes.charCodeAt(at)) & 0xff]!;
  return ~crc >>> 0;
}
