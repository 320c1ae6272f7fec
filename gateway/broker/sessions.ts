import { Readable } from 'node:stream';
import { topicMatches } from './access';

/** A subscription as aedes stores it. */
export interface StoredSubscription {
  topic: string;
  qos: 0 | 1 | 2;
}

/** What aedes hands over of a publication or a PUBREL; it comes back as it was. */
export interface QueuedPacket {
  topic: string;
  payload: Buffer;
  brokerId?: string;
  brokerCounter?: number;
  messageId?: number;
}

interface Session {
  subscriptions: Map<string, StoredSubscription>;
  /** Publications not yet acknowledged, oldest first. */
  waiting: QueuedPacket[];
  /** What they hold. */
  bytes: number;
}

export interface SessionLimits {
  sessions: number;
  /** Messages that wait for one client. */
  waiting: number;
  /** What these may hold, in bytes. */
  bytes: number;
}

export const sessionLimits: SessionLimits = { sessions: 200, waiting: 1000, bytes: 2 ** 19 };

/**
 * Sessions of clients that ask for one which outlives the connection. Kits do not. aedes's own keeps every session for
 * ever, queues for it without end, and leaves an empty queue behind for every client id that ever acknowledged anything.
 */
export class Sessions {
  readonly counters = { sessions: 0, dropped: 0 };
  /** Those used last are last. */
  readonly #sessions = new Map<string, Session>();
  /** By client id: the QoS 2 publications that came in and wait for PUBREL. At most 100 each, which aedes sees to. */
  readonly #incoming = new Map<string, Map<number, object>>();

  constructor(
    private readonly connected: (clientId: string) => boolean,
    private readonly limits: SessionLimits = sessionLimits,
  ) {}

  /** Throws when every session belongs to a client that is connected. */
  subscribe(clientId: string, subscriptions: readonly StoredSubscription[]): void {
    const session = this.#sessions.get(clientId) ?? { subscriptions: new Map(), waiting: [], bytes: 0 };
    this.#sessions.delete(clientId);
    if (this.#sessions.size >= this.limits.sessions) this.#forgetOldest();
    this.#sessions.set(clientId, session);
    this.counters.sessions = this.#sessions.size;
    for (const one of subscriptions) session.subscriptions.set(one.topic, { ...one });
  }

  unsubscribe(clientId: string, topics: readonly string[]): void {
    const session = this.#sessions.get(clientId);
    for (const topic of topics) session?.subscriptions.delete(topic);
    if (session?.subscriptions.size === 0 && session.waiting.length === 0) this.forget(clientId);
  }

  subscriptionsOf(clientId: string): StoredSubscription[] {
    return [...(this.#sessions.get(clientId)?.subscriptions.values() ?? [])];
  }

  /** Those who get a message of QoS 1 or 2 even later, each once. */
  subscribersOf(topic: string): { clientId: string; topic: string }[] {
    const found = [];
    for (const [clientId, { subscriptions }] of this.#sessions)
      for (const { topic: filter, qos } of subscriptions.values())
        if (qos > 0 && topicMatches(filter, topic)) {
          found.push({ clientId, topic: filter });
          break;
        }
    return found;
  }

  /** [MQTT-3.1.2-6] a clean session begins with nothing. */
  forget(clientId: string): void {
    this.#sessions.delete(clientId);
    this.counters.sessions = this.#sessions.size;
  }

  enqueue(clientId: string, packet: QueuedPacket): void {
    const session = this.#sessions.get(clientId);
    if (!session) return;
    const bytes = session.bytes + sizeOf(packet);
    if (session.waiting.length >= this.limits.waiting || bytes > this.limits.bytes) {
      // The newest goes: the older ones may be on their way already.
      this.counters.dropped++;
      return;
    }
    session.waiting.push({ ...packet });
    session.bytes = bytes;
  }

  /** Gives a waiting message its packet identifier, or puts the PUBREL in its place; nothing when it does not wait. */
  update(clientId: string, packet: QueuedPacket): void {
    const session = this.#sessions.get(clientId);
    if (!session) return;
    for (const [index, one] of session.waiting.entries()) {
      if (one.brokerId !== undefined && one.brokerId === packet.brokerId) {
        if (one.brokerCounter !== packet.brokerCounter) continue;
        one.messageId = packet.messageId;
        return;
      }
      if (one.messageId !== undefined && one.messageId === packet.messageId) {
        session.waiting[index] = packet;
        session.bytes += sizeOf(packet) - sizeOf(one);
        return;
      }
    }
  }

  /** The client has acknowledged it. */
  acknowledge(clientId: string, messageId: number | undefined): QueuedPacket | undefined {
    const session = this.#sessions.get(clientId);
    const index = session?.waiting.findIndex((one) => one.messageId === messageId) ?? -1;
    if (!session || index < 0) return undefined;
    const [packet] = session.waiting.splice(index, 1);
    session.bytes -= sizeOf(packet!);
    return packet;
  }

  /** What waits at this moment, oldest first. */
  waitingOf(clientId: string): Readable {
    return Readable.from([...(this.#sessions.get(clientId)?.waiting ?? [])]);
  }

  storeIncoming(clientId: string, messageId: number, packet: object): void {
    const own = this.#incoming.get(clientId);
    if (own) own.set(messageId, packet);
    else this.#incoming.set(clientId, new Map([[messageId, packet]]));
  }

  incoming(clientId: string, messageId: number): object {
    const packet = this.#incoming.get(clientId)?.get(messageId);
    if (!packet) throw new Error('no such packet');
    return packet;
  }

  deleteIncoming(clientId: string, messageId: number): void {
    if (!this.#incoming.get(clientId)?.delete(messageId)) throw new Error('no such packet');
  }

  forgetIncoming(clientId: string): void {
    this.#incoming.delete(clientId);
  }

  #forgetOldest(): void {
    for (const clientId of this.#sessions.keys()) {
      if (this.connected(clientId)) continue;
      this.forgetIncoming(clientId);
      return this.forget(clientId);
    }
    throw new Error(`all ${this.limits.sessions} sessions that outlive a connection are in use`);
  }
}

/** A PUBREL has neither topic nor payload. */
function sizeOf({ topic, payload }: Partial<QueuedPacket>): number {
  return (topic?.length ?? 0) + (payload?.length ?? 0) + 100;
}
