import type { Duplex } from 'node:stream';
import { PacketLimit } from './packet-limit';

/** Bytes that may wait for one client: beyond the first messages of QoS 0 are dropped, beyond the second it is closed. */
export interface WaitingLimits {
  drop: number;
  close: number;
}

export interface PacketLimits {
  /** Longest remaining length of CONNECT, from somebody who may be anybody, in bytes. */
  connect: number;
  /** Of every other packet. */
  packet: number;
}

export type CloseReason = 'packet too long' | 'reads too slowly';

/** What writes once in a turn of the event loop what many have to say in it. */
export class Flusher {
  private dirty: ClientStream[] = [];

  add(stream: ClientStream): void {
    if (this.dirty.length === 0) setImmediate(() => this.flush());
    this.dirty.push(stream);
  }

  private flush(): void {
    const { dirty } = this;
    this.dirty = [];
    for (const stream of dirty) stream.flush();
  }
}

/**
 * The connection of a client, with a bound on what it can hold in both directions. `read`, `write` and `destroy` of the
 * stream are replaced, which takes no copy and no stream more.
 *
 * In: an MQTT parser keeps what it is sent until the packet is whole, up to the 256 MB that its header may announce; here
 * the header is enough to close. Out: a write that says that the buffer is full makes aedes wait, and with it everybody
 * who publishes. None says so here, and who does not read loses messages, then the connection. And where aedes writes
 * each packet in five pieces and with a system call of its own, all packets of one turn go out as one piece.
 */
export class ClientStream {
  private pieces: (Uint8Array | string)[] = [];
  /** Of the pieces. */
  private bytes = 0;
  private readonly writeNow: (bytes: Uint8Array) => void;

  constructor(
    private readonly stream: Duplex,
    packetLimits: PacketLimits,
    /** May change while the connection lasts. */
    public waiting: WaitingLimits,
    private readonly flusher: Flusher,
    private readonly onClose: (reason: CloseReason) => void,
  ) {
    const packets = new PacketLimit(packetLimits.connect, packetLimits.packet);
    const read = stream.read.bind(stream);
    const write = stream.write.bind(stream) as (bytes: Uint8Array) => boolean;
    const destroy = stream.destroy.bind(stream);
    this.writeNow = write;
    stream.read = (size?: number): unknown => {
      const bytes = read(size) as Buffer | null;
      if (bytes === null || packets.accepts(bytes)) return bytes;
      this.close('packet too long');
      return null;
    };
    stream.write = (piece: Uint8Array | string): boolean => this.write(piece);
    stream.destroy = (error?: Error): Duplex => {
      // A refusal is to arrive before the end.
      this.flush();
      return destroy(error);
    };
    // Pieces are gathered here already.
    Object.assign(stream, { cork: undefined });
  }

  get waitingBytes(): number {
    return this.bytes + this.stream.writableLength;
  }

  /** All that was written in this turn. */
  flush(): void {
    const { pieces, bytes, stream } = this;
    if (bytes === 0) return;
    this.pieces = [];
    this.bytes = 0;
    if (stream.destroyed || stream.writableEnded) return;
    const whole = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const piece of pieces) {
      if (typeof piece === 'string') at += whole.write(piece, at);
      else {
        whole.set(piece, at);
        at += piece.length;
      }
    }
    this.writeNow(whole);
  }

  private write(piece: Uint8Array | string): boolean {
    if (this.bytes === 0) this.flusher.add(this);
    this.bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    this.pieces.push(piece);
    if (this.waitingBytes > this.waiting.close) this.close('reads too slowly');
    return true;
  }

  private close(reason: CloseReason): void {
    if (this.stream.destroyed) return;
    this.onClose(reason);
    // What waits for who does not read is not worth the memory.
    if (reason === 'reads too slowly') this.bytes = 0;
    this.stream.destroy();
  }
}
