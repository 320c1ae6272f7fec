import type { LogEntry } from './state';

/** Entries that are kept; the oldest go first. */
export const entriesMax = 500;

/** The messages of one kit, newest last, bounded. */
export class MessageLog {
  entries: readonly LogEntry[] = [];
  /** Entries that were given up since there were too many. */
  dropped = 0;
  #count = 0;

  add(message: Omit<LogEntry, 'number'>): void {
    const entries = [...this.entries, { ...message, number: ++this.#count }];
    this.dropped += Math.max(0, entries.length - entriesMax);
    this.entries = entries.slice(-entriesMax);
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
