/**
 * Follows MQTT packets through a stream by their fixed headers alone: [MQTT 3.1.1, section 2.2.3] one byte of type and
 * flags, then one to four bytes of remaining length, seven bits each, lowest first.
 */
export class PacketLimit {
  /** What follows next: the type byte, a byte of the length, or this many bytes of the packet. */
  #next: 'type' | 'length' | number = 'type';
  #length = 0;
  #shift = 0;
  #maxBytes: number;

  /** Longest remaining length of the first packet, CONNECT, and of those that follow, in bytes. */
  constructor(
    firstBytes: number,
    private readonly laterBytes: number,
  ) {
    this.#maxBytes = firstBytes;
  }

  /** False as soon as a packet announces more than is allowed, or a length that is none: the rest is not worth reading. */
  accepts(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (typeof this.#next === 'number') {
        const step = Math.min(this.#next, bytes.length - at);
        at += step;
        this.#next -= step;
        if (this.#next === 0) this.#next = 'type';
      } else if (this.#next === 'type') {
        at++;
        this.#next = 'length';
        this.#length = this.#shift = 0;
      } else if (!this.#takeLength(bytes[at++]!)) return false;
    }
    return true;
  }

  #takeLength(byte: number): boolean {
    this.#length += (byte & 127) * 2 ** this.#shift;
    this.#shift += 7;
    if (this.#length > this.#maxBytes) return false;
    if (byte & 128) return this.#shift < 28;
    this.#next = this.#length || 'type';
    this.#maxBytes = this.laterBytes;
    return true;
  }
}
