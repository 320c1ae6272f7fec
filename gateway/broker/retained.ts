import { Readable } from 'node:stream';
import { topicMatches } from './access';

/** As much of a publication as is kept. */
export interface RetainedMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
}

export interface RetainedLimits {
  messages: number;
  bytes: number;
  /** Of topics with the same first two levels, such as `iot/2`: no kit can take the room of the others. */
  perTree: number;
}

/** What a thousand kits retain is two messages of 6 and 160 bytes each. */
export const retainedLimits: RetainedLimits = { messages: 20_000, bytes: 16 * 2 ** 20, perTree: 64 };

/**
 * Retained messages by topic. aedes's own looks at every topic for every subscription, which for a thousand boards that
 * subscribe at once are four million comparisons, and keeps as many as anybody sends.
 */
export class Retained {
  readonly counters = { messages: 0, bytes: 0, dropped: 0 };
  readonly #trees = new Map<string, Map<string, RetainedMessage>>();

  constructor(private readonly limits: RetainedLimits = retainedLimits) {}

  /** [MQTT-3.3.1-10] an empty payload removes. What is beyond a limit is not kept, and counted. */
  store({ topic, payload, qos }: RetainedMessage): void {
    const key = treeOf(topic);
    const tree = this.#trees.get(key);
    const old = tree?.get(topic);
    if (payload.length === 0) return this.#remove(key, old);
    const bytes = this.counters.bytes + sizeOf(topic, payload) - (old ? sizeOf(topic, old.payload) : 0);
    const { limits, counters } = this;
    const full = !old && (counters.messages >= limits.messages || (tree?.size ?? 0) >= limits.perTree);
    if (full || bytes > limits.bytes) {
      counters.dropped++;
      // What was there before is outdated by now.
      return this.#remove(key, old);
    }
    // A copy: the payload is a piece of what came in one read, which as a whole can be a hundred times as long.
    const message = { topic, payload: Buffer.from(payload), qos };
    if (tree) tree.set(topic, message);
    else this.#trees.set(key, new Map([[topic, message]]));
    if (!old) counters.messages++;
    counters.bytes = bytes;
  }

  /** What matches any of the filters, each message once for each. */
  *matching(filters: readonly string[]): Generator<RetainedMessage> {
    for (const filter of filters) {
      const key = treeOf(filter);
      if (/[+#]/.test(key)) {
        for (const tree of this.#trees.values()) yield* matchesIn(tree, filter);
        continue;
      }
      const tree = this.#trees.get(key);
      if (tree) yield* matchesIn(tree, filter);
    }
  }

  stream(filters: readonly string[]): Readable {
    return Readable.from(this.matching(filters));
  }

  #remove(key: string, old: RetainedMessage | undefined): void {
    if (!old) return;
    const tree = this.#trees.get(key)!;
    tree.delete(old.topic);
    if (tree.size === 0) this.#trees.delete(key);
    this.counters.messages--;
    this.counters.bytes -= sizeOf(old.topic, old.payload);
  }
}

function* matchesIn(tree: Map<string, RetainedMessage>, filter: string): Generator<RetainedMessage> {
  if (!/[+#]/.test(filter)) {
    const message = tree.get(filter);
    if (message) yield message;
    return;
  }
  for (const message of tree.values()) if (topicMatches(filter, message.topic)) yield message;
}

/**
 * The first two levels. `#` stands for the level above it as well, so that `iot/#` and `a/b/#` end up where `iot` and
 * `a/b` lie or in a look at everything.
 */
function treeOf(topic: string): string {
  const first = topic.indexOf('/');
  const second = first < 0 ? -1 : topic.indexOf('/', first + 1);
  return second < 0 ? topic : topic.slice(0, second);
}

/** With what an entry costs besides. */
function sizeOf(topic: string, payload: Uint8Array): number {
  return topic.length + payload.length + 100;
}
