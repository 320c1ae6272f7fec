import type { KitMessage } from '../../shared/live';
import type { LogEntry } from './state';

/** Entries that are kept; the oldest go first. */
export const entriesMax = 500;

/** The messages of one kit, newest last, bounded. */
export class MessageLog {
  entries: readonly LogEntry[] = [];
  /** Entries that were given up since there were too many. */
  dropped = 0;
  #kit = 0;
  #count = 0;
  #newestMs = -Infinity;

  /** Forgets everything: the messages of this kit are kept from now on, and those of no other one; 0 for none. */
  begin(kit: number): void {
    this.clear();
    this.#kit = kit;
    this.#newestMs = -Infinity;
  }

  add({ kit, atMs, topic, payload, retained }: KitMessage): void {
    if (kit !== this.#kit) return;
    const entries = [...this.entries, { number: ++this.#count, atMs, topic, payload, retained }];
    this.dropped += Math.max(0, entries.length - entriesMax);
    this.entries = entries.slice(-entriesMax);
    this.#newestMs = Math.max(this.#newestMs, atMs);
  }

  /** What came before this kit was watched; of it only what is not here already, as after a reconnection. */
  addBefore(messages: readonly KitMessage[]): void {
    const newestMs = this.#newestMs;
    for (const message of messages) if (message.atMs > newestMs) this.add(message);
  }

  clear(): void {
    this.entries = [];
    this.dropped = 0;
  }
}

/** Entries whose topic or payload holds every word of the filter, in any case. */
export function matching(entries: readonly LogEntry[], filter: string): LogEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ topic, payload }) => {
    const text = `${topic} ${payload}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
