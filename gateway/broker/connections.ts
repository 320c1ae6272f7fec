import type { Duplex } from 'node:stream';

export interface ConnectionLimits {
  connections: number;
  connectionsPerAddress: number;
}

/** Every connection of the broker, whatever it came through: bounded in all, and from one address. */
export class Connections {
  readonly counters = { connections: 0, refusedConnections: 0 };
  readonly #streams = new Set<Duplex>();
  readonly #perAddress = new Map<string, number>();

  constructor(private readonly limits: ConnectionLimits) {}

  /** False when there is no room; the connection is then to be closed. */
  add(stream: Duplex, address: string): boolean {
    const fromThere = this.#perAddress.get(address) ?? 0;
    const full = this.#streams.size >= this.limits.connections;
    // Who is on this computer could end the gateway altogether.
    const greedy = !isLoopback(address) && fromThere >= this.limits.connectionsPerAddress;
    if (full || greedy) {
      this.counters.refusedConnections++;
      return false;
    }
    this.#streams.add(stream);
    this.#perAddress.set(address, fromThere + 1);
    this.counters.connections = this.#streams.size;
    stream.once('close', () => this.#remove(stream, address));
    return true;
  }

  destroyAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #remove(stream: Duplex, address: string): void {
    if (!this.#streams.delete(stream)) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
    this.counters.connections = this.#streams.size;
  }
}

/** An IPv4 address in IPv6 clothes is the same address. */
export function plainAddress(address: string | undefined): string {
  return (address ?? 'unknown').replace(/^::ffff:/i, '');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
