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

/** What may wait can change while the connection lasts. */
export interface Guard {
  waiting: WaitingLimits;
}

export type GuardReason = 'packet too long' | 'reads too slowly';

/**
 * Bounds what a client's connection can hold, in both directions, without a copy: `read` and `write` of the stream are
 * replaced. An MQTT parser keeps what it is sent until the packet is whole, up to the 256 MB that its header may
 * announce. And a write that says that the buffer is full makes aedes wait, and with it everybody who publishes: here
 * no write ever says so, and who does not read loses messages (QoS 0), then the connection.
 */
export function guardStream(
  stream: Duplex,
  limits: PacketLimits,
  waiting: WaitingLimits,
  onClose: (reason: GuardReason) => void,
): Guard {
  const guard = { waiting };
  const packets = new PacketLimit(limits.connect, limits.packet);
  const read = stream.read.bind(stream);
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const close = (reason: GuardReason): void => {
    if (stream.destroyed) return;
    onClose(reason);
    stream.destroy();
  };
  stream.read = (size?: number): unknown => {
    const bytes = read(size) as Buffer | null;
    if (bytes === null) return null;
    if (packets.accepts(bytes)) return bytes;
    close('packet too long');
    return null;
  };
  stream.write = (...args: unknown[]): boolean => {
    write(...args);
    if (stream.writableLength > guard.waiting.close) close('reads too slowly');
    return true;
  };
  return guard;
}
