import type { Duplex } from 'node:stream';
import { isLoopback, networkOf } from '../settings/address';

export interface ConnectionLimits {
  connections: number;
  connectionsPerAddress: number;
}

/** Every connection of a room, whatever it came through: bounded in all, and from one address as `networkOf` has it. */
export class Connections {
  readonly counters = { connections: 0, refusedConnections: 0 };
  readonly #streams = new Set<Duplex>();
  readonly #perAddress = new Map<string, number>();

  constructor(private readonly limits: ConnectionLimits) {}

  /** False when there is no room; the connection is then to be closed. */
  add(stream: Duplex, address: string): boolean {
    const network = networkOf(address);
    const fromThere = this.#perAddress.get(network) ?? 0;
    const full = this.#streams.size >= this.limits.connections;
    // Who is on this computer could end the gateway altogether.
    const greedy = !isLoopback(address) && fromThere >= this.limits.connectionsPerAddress;
    if (full || greedy) {
      this.counters.refusedConnections++;
      return false;
    }
    this.#streams.add(stream);
    this.#perAddress.set(network, fromThere + 1);
    this.counters.connections = this.#streams.size;
    stream.once('close', () => this.#remove(stream, network));
    return true;
  }

  destroyAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #remove(stream: Duplex, network: string): void {
    if (!this.#streams.delete(stream)) return;
    const left = (this.#perAddress.get(network) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(network, left);
    else this.#perAddress.delete(network);
    this.counters.connections = this.#streams.size;
  }
}

/** An IPv4 address in IPv6 clothes is the same address. */
export function plainAddress(address: string | undefined): string {
  return (address ?? 'unknown').replace(/^::ffff:/i, '');
}
