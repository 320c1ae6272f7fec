import { type IConnectPacket, type Packet, type QoS, generate, parser } from 'mqtt-packet';
import { type BrokerStream, type Published, type ScriptedBroker, published, topicMatches } from './broker';

/** One connection to a scripted broker; a session once it has logged in. */
export class BrokerSession {
  id = '';
  readonly subscriptions = new Map<string, QoS>();
  /** Message ids of deliveries that wait for their acknowledgement. */
  readonly unacknowledged = new Set<number>();
  #login: IConnectPacket | undefined;
  #nextId = 1;
  #over = false;
  #cancelKeepAlive: (() => void) | undefined;

  constructor(
    private readonly broker: ScriptedBroker,
    private readonly stream: BrokerStream,
    private readonly onOver: () => void,
  ) {
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => this.#onPacket(packet));
    // [MQTT-4.8.0-1] a protocol error closes the connection.
    packets.on('error', () => this.#lose('reset'));
    stream.onData((data) => {
      if (!this.#over) packets.parse(data);
    });
    stream.onClose(() => this.#lose());
  }

  get keepAliveS(): number {
    return this.#login?.keepalive ?? 0;
  }

  /** The highest QoS of this client's subscriptions to a topic; `undefined` without any. */
  qosFor(topic: string): QoS | undefined {
    let best: QoS | undefined;
    for (const [filter, qos] of this.subscriptions) {
      if (topicMatches(filter, topic) && (best === undefined || qos > best)) best = qos;
    }
    return best;
  }

  deliver(message: Published, retain: boolean): void {
    const granted = this.qosFor(message.topic);
    if (granted === undefined) return;
    const { qos2, duplicate } = this.broker.faults;
    const qos = qos2 ? 2 : (Math.min(granted, message.qos) as QoS);
    const messageId = qos === 0 ? 0 : this.#newId();
    const { topic } = message;
    const payload = Buffer.from(message.payload, 'latin1');
    const packet = { cmd: 'publish', topic, payload, qos, retain, messageId, dup: false } as const;
    this.send(packet);
    if (duplicate && qos > 0) this.send({ ...packet, dup: true });
  }

  send(packet: Packet): void {
    this.write(generate(packet));
  }

  /** Any bytes, whatever they are. */
  write(bytes: Uint8Array): void {
    const { faults, clock } = this.broker;
    if (faults.mute || this.#over) return;
    const size = faults.pieceBytes || bytes.length;
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    const write = (): void => {
      for (const piece of pieces) this.stream.write(piece);
    };
    if (faults.answerMs > 0) clock.at(clock.now() + faults.answerMs, write);
    else write();
  }

  /** Ends the connection from this side; nothing is said of a will. */
  drop(how: 'end' | 'reset' | 'forget'): void {
    this.#finish();
    if (how === 'end') this.stream.destroy();
    else if (how === 'reset') this.stream.reset();
    else this.stream.forget();
  }

  /** [MQTT-3.1.2-8] unless the client has said good-bye. */
  publishWill(): void {
    const login = this.#login;
    this.#login = undefined;
    if (login?.will === undefined) return;
    const { topic, payload, qos = 0, retain = false } = login.will;
    const packet = { cmd: 'publish', topic, payload, qos, retain, dup: false } as const;
    this.broker.accept(published(packet, login.clientId, true, this.broker.clock.now()));
  }

  #onPacket(packet: Packet): void {
    const { broker } = this;
    const from = packet.cmd === 'connect' ? packet.clientId : this.id;
    broker.received.push({ packet, from, atMs: broker.clock.now() });
    this.#watchKeepAlive();
    if (broker.faults.mute) return;
    if (packet.cmd === 'connect') return this.#onConnect(packet);
    // [MQTT-3.1.0-1] the first packet must be CONNECT.
    if (this.#login === undefined) return this.#lose('reset');
    switch (packet.cmd) {
      case 'publish': {
        broker.accept(published(packet, this.id, false, broker.clock.now()));
        const { messageId = 0 } = packet;
        if (packet.qos === 1 && !broker.faults.withholdAcknowledgements)
          this.send({ cmd: 'puback', messageId });
        if (packet.qos === 2) this.send({ cmd: 'pubrec', messageId });
        return;
      }
      case 'puback':
        this.unacknowledged.delete(packet.messageId ?? 0);
        return;
      case 'pubrec':
        return this.send({ cmd: 'pubrel', messageId: packet.messageId ?? 0 });
      case 'pubcomp':
        this.unacknowledged.delete(packet.messageId ?? 0);
        return;
      case 'pubrel':
        return this.send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
      case 'subscribe': {
        if (broker.faults.ignoreSubscriptions) return;
        const { subscriptions, messageId = 0 } = packet;
        const refused = broker.faults.refuseSubscriptions;
        this.send({
          cmd: 'suback',
          messageId,
          granted: subscriptions.map(({ qos }) => (refused ? 0x80 : Math.min(qos, 1))),
        });
        if (refused) return;
        for (const { topic, qos } of subscriptions) this.subscriptions.set(topic, Math.min(qos, 1) as QoS);
        for (const subscription of subscriptions) broker.deliverRetained(this, subscription);
        return;
      }
      case 'unsubscribe':
        for (const topic of packet.unsubscriptions) this.subscriptions.delete(topic);
        return this.send({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted: [] });
      case 'pingreq':
        if (!broker.faults.ignorePings) this.send({ cmd: 'pingresp' });
        return;
      case 'disconnect':
        this.#login = undefined;
        return this.drop('end');
      default:
        return this.#lose('reset');
    }
  }

  #onConnect(packet: IConnectPacket): void {
    const { faults, credentials } = this.broker;
    // [MQTT-3.1.0-2] a second CONNECT is a protocol error.
    if (this.#login !== undefined) return this.#lose('reset');
    const expected = credentials && [credentials.user, credentials.password].join('\0');
    let returnCode =
      expected === undefined || expected === [packet.username, packet.password].join('\0') ? 0 : 4;
    if (faults.refuse.times > 0) {
      faults.refuse.times--;
      returnCode = faults.refuse.code;
    }
    this.send({ cmd: 'connack', returnCode, sessionPresent: returnCode === 0 && faults.sessionPresent });
    if (returnCode !== 0) return this.drop('end');
    this.id = packet.clientId;
    this.#login = packet;
    this.broker.logIn(this);
    this.#watchKeepAlive();
    if (faults.dropAfterConnack === 0) return;
    faults.dropAfterConnack--;
    this.#lose('end');
  }

  /** [MQTT-3.1.2-24] one and a half keep-alive periods of silence mean that the client is lost. */
  #watchKeepAlive(): void {
    const { clock } = this.broker;
    this.#cancelKeepAlive?.();
    if (this.keepAliveS > 0 && !this.#over) {
      this.#cancelKeepAlive = clock.at(clock.now() + this.keepAliveS * 1_500, () => this.#lose('reset'));
    }
  }

  #newId(): number {
    const id = this.#nextId;
    this.#nextId = (id % 65_535) + 1;
    this.unacknowledged.add(id);
    return id;
  }

  /** The connection is lost, or is ended because of what the client did; then its will is published. */
  #lose(how?: 'end' | 'reset'): void {
    if (this.#over) return;
    if (how === undefined) this.#finish();
    else this.drop(how);
    this.publishWill();
  }

  #finish(): void {
    this.#over = true;
    this.#cancelKeepAlive?.();
    this.broker.logOut(this);
    this.onOver();
  }
}
