import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';

type Done = (error?: Error) => void;

/** What aedes 1.2.0 has beyond its types. */
interface Internals {
  clients: Record<string, Client | undefined>;
  registerClient(client: Client): void;
  _finishRegisterClient(client: Client): void;
  unregisterClient(client: Client): void;
}

const internals = Aedes.prototype as unknown as Internals;

/** Told of each message once, before anybody gets it. */
export type Tap = (topic: string, payload: Buffer) => void;

/**
 * aedes with two changes. Every message that is accepted passes `tap`: it costs one call, where a subscription costs a
 * match, two copies and a turn of the event loop. And of clients with one id exactly one is left, [MQTT-3.1.4-2]:
 * aedes takes whoever has the id off its list when one of them ends, so that of three that come at once, or of one that
 * comes in the moment in which its predecessor goes, a client stays connected that is on no list and that nobody ends.
 */
export class BrokerCore extends Aedes {
  tap: Tap | undefined;

  constructor(options: AedesOptions) {
    super(options);
    const publish = this.publish.bind(this) as (packet: PublishPacket, client: unknown, done?: Done) => void;
    this.publish = (packet: PublishPacket, client: unknown, done?: Done) => {
      // A $ topic is the broker's talk with itself.
      if (this.tap && packet.topic.charCodeAt(0) !== 36) this.tap(packet.topic, packet.payload as Buffer);
      publish(packet, client, done);
    };
    const list = this as unknown as Internals;
    list.unregisterClient = (client) => {
      if (list.clients[client.id] === client) internals.unregisterClient.call(this, client);
    };
    list._finishRegisterClient = (client) => {
      // It may have ended while its predecessor was being sent away.
      if (client.closed) return;
      const holder = list.clients[client.id];
      if (holder && holder !== client && !holder.closed) return list.registerClient(client);
      internals._finishRegisterClient.call(this, client);
    };
  }

  clientOf(id: string): Client | undefined {
    return (this as unknown as Internals).clients[id];
  }

  get allClients(): Client[] {
    return Object.values((this as unknown as Internals).clients) as Client[];
  }
}
