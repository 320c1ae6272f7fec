import type { AedesOptions, AuthenticateError, Client, PublishPacket, Subscription } from 'aedes';
import {
  accessOf,
  maySubscribe,
  mayPublish,
  notAuthorised,
  openAccess,
  topicMatches,
  type Access,
  type Identity,
} from './access';
import { Turnstile } from './turnstile';
import type { ClientStream, PacketLimits, WaitingLimits } from './client-stream';

/** Says who it is that has given this name and password. */
export interface Authenticator {
  /** Undefined when name or password is wrong. Rejects with a sentence when it cannot be told now: too much to do. */
  verify(name: string, password: string, address: string): Promise<Identity | undefined>;
  /** Whether who was let in as this would still be. */
  isCurrent?(identity: Identity): boolean;
  /** Tells whenever that may be otherwise than before. */
  onChange?(listener: () => void): void;
}

export interface GateOptions {
  /** Decides instead of the authenticator; who is accepted may use everything. */
  accept: ((user: string | undefined, password: string | undefined) => boolean) | undefined;
  authenticator: Authenticator | undefined;
  /** Whether everybody may use everything at this moment, whatever name they give. */
  open: () => boolean;
  limits: BrokerLimits;
  log: (sentence: string) => void;
}

export interface BrokerLimits {
  connections: number;
  /** From one address that is not this computer's own. */
  connectionsPerAddress: number;
  packets: PacketLimits;
  waiting: {
    newcomer: WaitingLimits;
    /** A kit is subscribed to a handful of topics of its own. */
    kit: WaitingLimits;
    other: WaitingLimits;
  };
  filtersPerClient: number;
}

const kilobyte = 1024;

export const brokerLimits: BrokerLimits = {
  // A thousand boards, twice while their old connections are being given up, and a class of tools.
  connections: 2200,
  connectionsPerAddress: 1100,
  packets: { connect: 4 * kilobyte, packet: 64 * kilobyte },
  waiting: {
    newcomer: { drop: 4 * kilobyte, close: 16 * kilobyte },
    kit: { drop: 64 * kilobyte, close: 256 * kilobyte },
    other: { drop: 1024 * kilobyte, close: 4096 * kilobyte },
  },
  filtersPerClient: 100,
};

/** [MQTT-3.1.3-5] A broker must take 23 characters and may take more; the longest in use here has about 30. */
const maxClientIdLength = 128;

/** Each takes a third of a millisecond. */
const admittedPerTurn = 10;

/** What the broker knows of a client. */
export interface Member {
  address: string;
  stream: ClientStream;
  access?: Access;
  identity?: Identity;
  /** What of CONNECT decides later, when name and password are known. */
  willTopic?: string | undefined;
  idMissing?: boolean;
  /** Granted QoS by filter. */
  filters: Map<string, number>;
}

type MemberClient = Client & { member?: Member };

export function memberOf(client: Client): Member | undefined {
  return (client as MemberClient).member;
}

export function setMember(client: Client, member: Member): void {
  (client as MemberClient).member = member;
}

/** Who may come in, publish and subscribe: the answers to aedes's questions. */
export class Gate {
  readonly counters = {
    refusedPasswords: 0,
    refusedClients: 0,
    deniedPublishes: 0,
    deniedSubscriptions: 0,
    delivered: 0,
    droppedSlow: 0,
  };
  readonly hooks: AedesOptions = {
    preConnect: (client, { clientId, clean, will }, done) => {
      const member = memberOf(client);
      if (member) {
        member.willTopic = will?.topic;
        // [MQTT-3.1.3-8] a session that is to last needs a name.
        member.idMissing = !clientId && clean === false;
      }
      done(null, member !== undefined);
    },
    authenticate: (client, user, password, done) => {
      this.#admit(client, user, password?.toString()).then(
        () => done(null, true),
        (error: unknown) => done(error as AuthenticateError, false),
      );
    },
    authorizePublish: (client, packet, done) => done(this.#publishProblem(client, packet)),
    authorizeSubscribe: (client, subscription, done) =>
      done(null, this.#grants(client, subscription) ? subscription : null),
    authorizeForward: (client, packet) => (this.#forwards(client, packet) ? packet : null),
  };

  readonly #turnstile = new Turnstile(admittedPerTurn);

  constructor(
    private readonly options: GateOptions,
    /** Who has the client id at this moment. */
    private readonly holderOf: (clientId: string) => Client | undefined,
  ) {}

  /** Whether the client may have what the filter matches. */
  permits(client: Client, filter: string): boolean {
    return maySubscribe(memberOf(client)?.access ?? { tree: '' }, filter);
  }

  async #admit(client: Client, user: string | undefined, password: string | undefined): Promise<void> {
    const member = memberOf(client)!;
    if (client.id.length > maxClientIdLength) throw this.#refusal(2, member, 'the client id is too long');
    if (member.idMissing)
      throw this.#refusal(2, member, 'a session that outlives the connection needs a client id');
    const identity = await this.#identify(member, user, password);
    await this.#turnstile.pass();
    const access = identity ? accessOf(identity, client.id) : openAccess;
    if (typeof access === 'string') throw this.#refusal(notAuthorised, member, access);
    if (member.willTopic !== undefined && !isWill(access, member.willTopic))
      throw this.#refusal(
        notAuthorised,
        member,
        `the last will lies on ${shown(member.willTopic)}, which is not its own`,
      );
    const holder = this.holderOf(client.id);
    if (holder && memberOf(holder)?.identity?.name !== identity?.name)
      throw this.#refusal(2, member, `another user is connected as ${shown(client.id)}`);
    member.access = access;
    if (identity) member.identity = identity;
    const isKit = identity?.role === 'kit' || identity?.role === 'kits';
    member.stream.waiting = this.options.limits.waiting[isKit ? 'kit' : 'other'];
  }

  /** Undefined for who may use everything. */
  async #identify(
    member: Member,
    user: string | undefined,
    password: string | undefined,
  ): Promise<Identity | undefined> {
    const { accept, authenticator, open } = this.options;
    if (accept ? accept(user, password) : open()) return undefined;
    if (user === undefined || !authenticator) {
      this.counters.refusedPasswords++;
      throw this.#refusal(4, member, 'a user name and a password are needed');
    }
    let identity;
    try {
      identity = await authenticator.verify(user, password ?? '', member.address);
    } catch (error) {
      throw this.#refusal(3, member, (error as Error).message);
    }
    if (identity) return identity;
    this.counters.refusedPasswords++;
    throw this.#refusal(4, member, `wrong password of user ${shown(user)}, or no such user`);
  }

  #refusal(returnCode: number, { address }: Member, why: string): AuthenticateError {
    this.counters.refusedClients++;
    this.options.log(`MQTT client at ${address} refused: ${why}`);
    return Object.assign(new Error(why), { returnCode });
  }

  #publishProblem(client: Client | null, { topic }: PublishPacket): Error | null {
    const member = client && memberOf(client);
    if (!member || (member.access && mayPublish(member.access, topic))) return null;
    this.counters.deniedPublishes++;
    // [MQTT-3.3.5-2] acknowledge it as if all were well, or close: who is closed finds out that something is wrong.
    const why = `may not publish on ${shown(topic)}`;
    this.options.log(`MQTT client ${shown(client.id)} at ${member.address} ${why}: closed`);
    return new Error(why);
  }

  #grants(client: Client, { topic, qos }: Subscription): boolean {
    const member = memberOf(client)!;
    const { filtersPerClient } = this.options.limits;
    const fits = member.filters.has(topic) || member.filters.size < filtersPerClient;
    if (fits && this.permits(client, topic)) {
      member.filters.set(topic, qos);
      return true;
    }
    this.counters.deniedSubscriptions++;
    const why = fits
      ? `may not subscribe to ${shown(topic)}`
      : `has ${filtersPerClient} subscriptions: that is all`;
    this.options.log(`MQTT client ${shown(client.id)} at ${member.address} ${why}`);
    return false;
  }

  #forwards(client: Client, packet: PublishPacket): boolean {
    const member = memberOf(client)!;
    if (packet.qos === 0) {
      if (member.stream.waitingBytes > member.stream.waiting.drop) {
        this.counters.droppedSlow++;
        return false;
      }
    } else {
      // aedes lowers the QoS to the granted one only where topic and filter are the same text.
      packet.qos = Math.min(packet.qos, grantedQos(member, packet.topic)) as 0 | 1 | 2;
      // What waited in a session may have been asked for by another user of the same client id.
      if (!client.clean && !this.permits(client, packet.topic)) return false;
    }
    this.counters.delivered++;
    return true;
  }
}

/** [MQTT-3.8.4-6] the highest of the subscriptions that match; as it is when there is none any more. */
function grantedQos({ filters }: Member, topic: string): number {
  let highest = -1;
  for (const [filter, qos] of filters) if (qos > highest && topicMatches(filter, topic)) highest = qos;
  return highest < 0 ? 2 : highest;
}

function isWill(access: Access, topic: string): boolean {
  return topic !== '' && !/[+#]/.test(topic) && mayPublish(access, topic);
}

/** A client's text in a sentence: one line, not too long. */
function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
