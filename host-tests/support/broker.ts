import type { IPublishPacket, ISubscription, Packet, QoS } from 'mqtt-packet';
import type { Clock } from '../../simulator';
import type { Listener, VirtualStream } from '../../simulator/network';
import { BrokerSession } from './broker-session';

/** One connection, as a broker holds it. */
export type BrokerStream = Pick<
  VirtualStream,
  'write' | 'onData' | 'onClose' | 'destroy' | 'reset' | 'forget'
>;

/** Where a broker listens: a simulated network, or the computer's own. */
export interface BrokerNetwork {
  listen(ip: string, port: number, onConnection: (stream: BrokerStream) => void): Listener;
}

/** What a broker may do wrong. All of it may be changed at any time. */
export interface BrokerFaults {
  /** Takes connections and packets, and answers nothing. */
  mute: boolean;
  /** Refuses that many of the next logins with this CONNACK code: 1 version, 2 identifier, 3 unavailable, 4 password, 5 not allowed. */
  refuse: { code: number; times: number };
  /** Claims a session from before. */
  sessionPresent: boolean;
  /** Ends that many of the next connections right after CONNACK. */
  dropAfterConnack: number;
  /** Answers subscriptions with 0x80. */
  refuseSubscriptions: boolean;
  /** Never answers a subscription. */
  ignoreSubscriptions: boolean;
  /** Never answers a ping. */
  ignorePings: boolean;
  /** Never acknowledges a publication of QoS 1. */
  withholdAcknowledgements: boolean;
  /** Every answer comes so much later. */
  answerMs: number;
  /** Writes in pieces of so many bytes, each in a segment of its own; 0: whole packets. */
  pieceBytes: number;
  /** Delivers each message of QoS 1 a second time, marked as a duplicate. */
  duplicate: boolean;
  /** Delivers with QoS 2, whatever was agreed. */
  qos2: boolean;
}

/** A message that somebody has published, as the broker saw it. */
export interface Published {
  topic: string;
  /** Each character is one byte. */
  payload: string;
  qos: QoS;
  retain: boolean;
  duplicate: boolean;
  /** Client id; '' when the test itself published. */
  from: string;
  /** Published by the broker because its client was lost. */
  will: boolean;
  atMs: number;
}

export interface BrokerOptions {
  ip?: string;
  port?: number;
  /** What a login must say; anybody may come in when absent. */
  credentials?: { user: string; password: string };
}

/**
 * An MQTT 3.1.1 broker on the network and the clock that it is handed, virtual or real ones: sessions, retained messages,
 * last wills, QoS 0 and 1, keep-alive, and one client to an identifier. It does what a test tells it to do wrong.
 *
 * ```ts
 * const broker = new ScriptedBroker(network, clock);      // on 192.168.1.10:1883
 * clock.advance(20_000);
 * broker.online(2);                                       // true
 * broker.publish('iot/2', 'USBLED/ON', { qos: 1 });
 * clock.advance(100);
 * broker.on('iot/2/result');                              // every message on that topic, with its time
 * broker.faults.refuse = { code: 5, times: 3 };
 * broker.stop('forget');                                  // power cut; broker.start() later
 * ```
 */
export class ScriptedBroker {
  readonly ip: string;
  readonly port: number;
  readonly faults: BrokerFaults = {
    mute: false,
    refuse: { code: 0, times: 0 },
    sessionPresent: false,
    dropAfterConnack: 0,
    refuseSubscriptions: false,
    ignoreSubscriptions: false,
    ignorePings: false,
    withholdAcknowledgements: false,
    answerMs: 0,
    pieceBytes: 0,
    duplicate: false,
    qos2: false,
  };
  readonly credentials: BrokerOptions['credentials'];
  /** Everything that was published, the oldest first; may be emptied by a test. */
  readonly messages: Published[] = [];
  readonly retained = new Map<string, Published>();
  /** Who is logged in, by client id. */
  readonly sessions = new Map<string, BrokerSession>();
  /** Every packet that any client has sent, with its client id and its time; may be emptied by a test. */
  readonly received: { packet: Packet; from: string; atMs: number }[] = [];
  /** How often an identifier was taken over by another connection. */
  takeovers = 0;
  readonly #connections = new Set<BrokerSession>();
  #listener: Listener | undefined;

  constructor(
    private readonly network: BrokerNetwork,
    readonly clock: Clock,
    options: BrokerOptions = {},
  ) {
    this.ip = options.ip ?? '192.168.1.10';
    this.port = options.port ?? 1883;
    this.credentials = options.credentials;
    this.start();
  }

  /** The port, to be told to refuse, to ignore or to cut. */
  get listener(): Listener {
    if (this.#listener === undefined) throw new Error('the broker is stopped: call start() first');
    return this.#listener;
  }

  /** Open connections, logged in or not. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  start(): void {
    this.#listener ??= this.network.listen(this.ip, this.port, (stream) => {
      const session: BrokerSession = new BrokerSession(this, stream, () => this.#connections.delete(session));
      this.#connections.add(session);
    });
  }

  /**
   * Stops: in order, as when its program ends, with a reset, or as in a power cut. Retained messages are kept unless
   * `retained` is false. No wills are published.
   */
  stop(how: 'end' | 'reset' | 'forget' = 'end', retained = true): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.sessions.clear();
    for (const connection of [...this.#connections]) connection.drop(how);
    this.#connections.clear();
    if (!retained) this.retained.clear();
  }

  /** Publishes as a tool on the network would. */
  publish(topic: string, payload: string, options: { qos?: 0 | 1; retain?: boolean } = {}): void {
    const { qos = 0, retain = false } = options;
    this.accept({
      topic,
      payload,
      qos,
      retain,
      duplicate: false,
      from: '',
      will: false,
      atMs: this.clock.now(),
    });
  }

  /** Messages on one topic, the oldest first. */
  on(topic: string): Published[] {
    return this.messages.filter((message) => message.topic === topic);
  }

  /** The payloads on one topic, the oldest first. */
  payloads(topic: string): string[] {
    return this.on(topic).map(({ payload }) => payload);
  }

  /** Whether a kit is logged in and says so. */
  online(kit: number): boolean {
    return this.sessions.has(`kit_${kit}`) && this.retained.get(`iot/${kit}/status`)?.payload === 'online';
  }

  /** Who would get a message on this topic. */
  subscribers(topic: string): string[] {
    return [...this.sessions.values()]
      .filter((session) => session.qosFor(topic) !== undefined)
      .map(({ id }) => id);
  }

  /** Takes a message, keeps it if it is to be retained, and delivers it. */
  accept(message: Published): void {
    this.messages.push(message);
    if (message.retain) {
      if (message.payload === '') this.retained.delete(message.topic);
      else this.retained.set(message.topic, message);
    }
    // [MQTT-3.3.1-9] a live message is delivered without the RETAIN flag.
    for (const session of [...this.sessions.values()]) session.deliver(message, false);
  }

  /** [MQTT-3.1.4-2] the one who came first has to go. */
  logIn(session: BrokerSession): void {
    const before = this.sessions.get(session.id);
    this.sessions.set(session.id, session);
    if (before === undefined) return;
    this.takeovers++;
    before.drop('end');
    before.publishWill();
  }

  logOut(session: BrokerSession): void {
    if (this.sessions.get(session.id) === session) this.sessions.delete(session.id);
  }

  /** [MQTT-3.3.1-6] what is retained is delivered at each subscription, with the RETAIN flag. */
  deliverRetained(session: BrokerSession, { topic: filter }: ISubscription): void {
    for (const message of this.retained.values()) {
      if (topicMatches(filter, message.topic)) session.deliver(message, true);
    }
  }
}

/** Whether a topic filter covers a topic: + one level, # this level and all below. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [i, part] of wanted.entries()) {
    // [MQTT-4.7.2-1] wildcards do not cover topics of the broker's own.
    if (i === 0 && topic.startsWith('$') && (part === '#' || part === '+')) return false;
    if (part === '#') return true;
    if (i >= levels.length || (part !== '+' && part !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}

/** What a PUBLISH packet says. */
export function published(packet: IPublishPacket, from: string, will: boolean, atMs: number): Published {
  const { topic, qos, retain, dup, payload } = packet;
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return { topic, payload: bytes.toString('latin1'), qos, retain, duplicate: dup, from, will, atMs };
}
