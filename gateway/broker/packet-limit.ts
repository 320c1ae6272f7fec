/**
 * Follows MQTT packets through a stream by their fixed headers alone: [MQTT 3.1.1, section 2.2.3] one byte of type and
 * flags, then one to four bytes of remaining length, seven bits each, lowest first.
 */
export class PacketLimit {
  /** Bytes of the present packet that are still to come. */
  private left = 0;
  /** In the middle of a length: 1 + its bits so far. 0 elsewhere. */
  private bits = 0;
  private length = 0;
  private maxBytes: number;

  /** Longest remaining length of the first packet, CONNECT, and of those that follow, in bytes. */
  constructor(
    firstBytes: number,
    private readonly laterBytes: number,
  ) {
    this.maxBytes = firstBytes;
  }

  /** False as soon as a packet announces more than is allowed, or a length that is none: the rest is not worth reading. */
  accepts(bytes: Uint8Array): boolean {
    const end = bytes.length;
    // Every packet of every client comes by here, most of them several to a read: plain numbers, no calls.
    let { left, bits, length } = this;
    for (let at = 0; at < end;) {
      if (left > 0) {
        const step = left < end - at ? left : end - at;
        at += step;
        left -= step;
        continue;
      }
      const byte = bytes[at++]!;
      if (bits === 0) {
        bits = 1;
        length = 0;
        continue;
      }
      length |= (byte & 127) << (bits - 1);
      if (length > this.maxBytes) return false;
      bits += 7;
      if (byte < 128) {
        bits = 0;
        left = length;
        this.maxBytes = this.laterBytes;
      } else if (bits > 28) return false;
    }
    this.left = left;
    this.bits = bits;
    this.length = length;
    return true;
  }
}
