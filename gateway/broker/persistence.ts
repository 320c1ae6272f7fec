import { Readable } from 'node:stream';
import { Retained, type RetainedMessage } from './retained';
import { Sessions, type QueuedPacket, type StoredSubscription } from './sessions';

interface Named {
  id: string;
}

interface Numbered {
  messageId: number;
}

/** What the memory of the broker wants to know of it. */
export interface Surroundings {
  connected(clientId: string): boolean;
  /** Whether the client may have what the filter matches. */
  permits(client: Named, filter: string): boolean;
}

/** aedes's view of what is kept in memory: it wants promises, and streams of what is in them. */
export class Persistence {
  readonly retained = new Retained();
  readonly sessions: Sessions;
  /** Last wills lie with their clients; these are for brokers in a cluster. */
  private brokerId = '';

  constructor(private readonly surroundings: Surroundings) {
    this.sessions = new Sessions((clientId) => surroundings.connected(clientId));
  }

  async setup(broker: { id: string }): Promise<void> {
    this.brokerId = broker.id;
  }

  async storeRetained(message: RetainedMessage): Promise<void> {
    this.retained.store(message);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return this.retained.stream(filters);
  }

  /** aedes hands over all that were asked for, also those that it has just refused. */
  async addSubscriptions(client: Named, subscriptions: readonly StoredSubscription[]): Promise<void> {
    const permitted = subscriptions.filter(({ topic }) => this.surroundings.permits(client, topic));
    this.sessions.subscribe(client.id, permitted);
  }

  async removeSubscriptions(client: Named, topics: readonly string[]): Promise<void> {
    this.sessions.unsubscribe(client.id, topics);
  }

  async subscriptionsByClient(client: Named): Promise<StoredSubscription[]> {
    return this.sessions.subscriptionsOf(client.id);
  }

  async subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string }[]> {
    return this.sessions.subscribersOf(topic);
  }

  async cleanSubscriptions(client: Named): Promise<void> {
    this.sessions.forget(client.id);
  }

  async outgoingEnqueue(subscriber: { clientId: string }, packet: QueuedPacket): Promise<void> {
    this.sessions.enqueue(subscriber.clientId, packet);
  }

  async outgoingEnqueueCombi(
    subscribers: readonly { clientId: string }[],
    packet: QueuedPacket,
  ): Promise<void> {
    if (subscribers.length === 0) return;
    // One copy for all: the payload is a piece of what came in one read, which as a whole can be far longer.
    const kept = { ...packet, payload: Buffer.from(packet.payload) };
    for (const { clientId } of subscribers) this.sessions.enqueue(clientId, kept);
  }

  async outgoingUpdate(client: Named, packet: QueuedPacket): Promise<void> {
    this.sessions.update(client.id, packet);
  }

  async outgoingClearMessageId(
    client: Named,
    { messageId }: Partial<Numbered>,
  ): Promise<QueuedPacket | undefined> {
    return this.sessions.acknowledge(client.id, messageId);
  }

  outgoingStream(client: Named): Readable {
    return this.sessions.waitingOf(client.id);
  }

  async incomingStorePacket(client: Named, packet: Numbered): Promise<void> {
    this.sessions.storeIncoming(client.id, packet.messageId, { messageId: packet.messageId });
  }

  async incomingGetPacket(client: Named, packet: Numbered): Promise<object> {
    return this.sessions.incoming(client.id, packet.messageId);
  }

  async incomingDelPacket(client: Named, packet: Numbered): Promise<void> {
    this.sessions.deleteIncoming(client.id, packet.messageId);
  }

  async cleanIncoming(client: Named): Promise<void> {
    this.sessions.forgetIncoming(client.id);
  }

  async putWill(client: Named, will: object): Promise<void> {
    Object.assign(will, { brokerId: this.brokerId, clientId: client.id });
  }

  async delWill(): Promise<void> {}

  streamWill(): Readable {
    return Readable.from([]);
  }
}
