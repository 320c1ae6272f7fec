import { type IConnectPacket, type Packet, generate, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../simulator';
import { VirtualNetwork } from '../../../simulator/network';
import { ScriptedBroker, topicMatches } from '../../support/broker';
import { TestStation, brokerIp } from './station';

/** A board that speaks MQTT only as the test dictates. */
class Client {
  readonly #station: TestStation;
  readonly #packets: Packet[] = [];
  #segments = 0;

  constructor(
    private readonly clock: VirtualClock,
    network: VirtualNetwork,
    readonly id: string,
    mac: string,
  ) {
    this.#station = new TestStation(network, clock, 'esp32', mac);
    const { realm } = this.#station.interpreter;
    const incoming = parser({ protocolVersion: 4 });
    incoming.on('packet', (packet) => this.#packets.push(packet));
    realm.define(
      'hear',
      realm.native((data: string) => {
        this.#segments++;
        incoming.parse(Buffer.from(data, 'latin1'));
      }),
    );
    this.#station.run('Wifi.connect("home", { password: "secret12" })');
    clock.advance(5_000);
    this.dial();
  }

  dial(): void {
    this.#station.run(
      `var s = net.connect({ host: "${brokerIp}", port: 1883 });
       s.on("data", hear); s.on("close", function () { print("closed"); })`,
    );
  }

  send(...packets: Packet[]): this {
    this.raw(Buffer.concat(packets.map((packet) => generate(packet))).toString('latin1'));
    return this;
  }

  raw(bytes: string): void {
    this.#station.run(`s.write(${JSON.stringify(bytes)})`);
  }

  /** What has come since the last call, after everything has had its time. */
  answers(): object[] {
    this.clock.advance(500);
    return this.#packets.splice(0).map(({ length: _, ...packet }) => packet);
  }

  /** Names of the packets alone. */
  kinds(): string[] {
    return this.answers().map((packet) => (packet as Packet).cmd);
  }

  /** How many pieces the last answers came in. */
  segments(): number {
    const count = this.#segments;
    this.#segments = 0;
    return count;
  }

  get closed(): boolean {
    this.clock.advance(500);
    return this.#station.told().includes('closed');
  }

  loseWifi(): void {
    this.#station.run('Wifi.disconnect()');
  }
}

const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0, retain: true } as const;
const publication = {
  cmd: 'publish',
  topic: 'iot/2/state',
  payload: 'on',
  retain: false,
  dup: false,
} as const;

function connectPacket(clientId: string, more: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId,
    clean: true,
    keepalive: 30,
    ...more,
  };
}

function subscribe(...topics: string[]): Packet {
  return {
    cmd: 'subscribe',
    messageId: 7,
    subscriptions: topics.map((topic) => ({ topic, qos: 1 as const })),
  };
}

function bench(options: { credentials?: { user: string; password: string } } = {}) {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock);
  network.addAccessPoint('home', { password: 'secret12' });
  const broker = new ScriptedBroker(network, clock, options);
  let boards = 0;
  const client = (id = 'kit_2'): Client => new Client(clock, network, id, `5c:cf:7f:00:00:0${++boards}`);
  const loggedIn = (id = 'kit_2', ...topics: string[]): Client => {
    const one = client(id);
    one.send(connectPacket(id, { will }));
    if (topics.length > 0) one.send(subscribe(...topics));
    one.answers();
    return one;
  };
  return { clock, network, broker, client, loggedIn };
}

describe('the scripted broker', () => {
  it('logs a client in, and out when it says good-bye, without its will', () => {
    const { broker, client } = bench();
    const one = client();
    one.send(connectPacket('kit_2', { will }));
    expect(one.answers()).toMatchObject([{ cmd: 'connack', returnCode: 0, sessionPresent: false }]);
    expect([...broker.sessions.keys()]).toEqual(['kit_2']);
    one.send({ cmd: 'disconnect' });
    expect(one.closed).toBe(true);
    expect(broker.sessions.size).toBe(0);
    expect(broker.messages).toEqual([]);
  });

  it('delivers live messages without the RETAIN flag and retained ones with it, once for each subscription', () => {
    const { broker, loggedIn, clock } = bench();
    const one = loggedIn('kit_2', 'iot/2', 'iot/2/+/set');
    broker.publish('iot/2', 'cds', { retain: true });
    broker.publish('iot/2/lamp/set', 'on', { qos: 1 });
    broker.publish('iot/3', 'cds');
    expect(one.answers()).toMatchObject([
      { cmd: 'publish', topic: 'iot/2', payload: Buffer.from('cds'), qos: 0, retain: false },
      { cmd: 'publish', topic: 'iot/2/lamp/set', qos: 1, messageId: 1, retain: false },
    ]);
    one.send(subscribe('iot/#'));
    expect(one.answers()).toMatchObject([
      { cmd: 'suback' },
      { cmd: 'publish', topic: 'iot/2', retain: true },
    ]);
    broker.publish('iot/2', '', { retain: true });
    expect(broker.retained.size).toBe(0);
    expect(broker.messages.at(-1)).toMatchObject({ payload: '', from: '', atMs: clock.now() });
  });

  it('records what clients publish, with time, sender and flags, and acknowledges QoS 1', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn('kit_2');
    one.send(
      { ...publication, qos: 1, messageId: 9 },
      { ...publication, qos: 0, topic: 'iot/2/message', payload: '\xff' },
    );
    expect(one.answers()).toMatchObject([{ cmd: 'puback', messageId: 9 }]);
    expect(broker.on('iot/2/state')).toMatchObject([
      { payload: 'on', qos: 1, from: 'kit_2', will: false, duplicate: false },
    ]);
    expect(broker.payloads('iot/2/message')).toEqual([Buffer.from('\xff').toString('latin1')]);
  });

  it('says who is online: logged in, and the retained status says so', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn('kit_2');
    expect(broker.online(2)).toBe(false);
    one.send({ ...publication, topic: 'iot/2/status', payload: 'online', qos: 0, retain: true });
    one.answers();
    expect(broker.online(2)).toBe(true);
    expect(broker.online(3)).toBe(false);
  });

  it('publishes the will after one and a half keep-alive periods of silence', () => {
    const { broker, loggedIn, clock } = bench();
    const one = loggedIn('kit_2');
    clock.advance(30_000);
    one.send({ cmd: 'pingreq' });
    expect(one.kinds()).toEqual(['pingresp']);
    one.loseWifi();
    clock.advance(44_000);
    expect(broker.messages).toEqual([]);
    clock.advance(1_000);
    expect(broker.messages).toMatchObject([
      { topic: 'iot/2/status', payload: 'offline', will: true, retain: true },
    ]);
    expect(broker.retained.get('iot/2/status')?.payload).toBe('offline');
    expect(broker.connectionCount).toBe(0);
  });

  it('lets the second client of an identifier in and the first one go, with its will', () => {
    const { broker, loggedIn } = bench();
    const first = loggedIn('kit_2', 'iot/2');
    const second = loggedIn('kit_2', 'iot/2');
    expect(first.closed).toBe(true);
    expect(second.closed).toBe(false);
    expect(broker.takeovers).toBe(1);
    expect(broker.messages).toMatchObject([{ payload: 'offline', will: true }]);
    expect(broker.subscribers('iot/2')).toEqual(['kit_2']);
    second.send({ cmd: 'pingreq' });
    expect(second.kinds()).toEqual(['pingresp']);
  });

  it('asks for a password when it was given one', () => {
    const { client } = bench({ credentials: { user: 'kit', password: 'secret' } });
    const one = client();
    one.send(connectPacket('kit_2', { username: 'kit', password: Buffer.from('guess') }));
    expect(one.answers()).toMatchObject([{ cmd: 'connack', returnCode: 4 }]);
    expect(one.closed).toBe(true);
    one.dial();
    one.send(connectPacket('kit_2', { username: 'kit', password: Buffer.from('secret') }));
    expect(one.answers()).toMatchObject([{ cmd: 'connack', returnCode: 0 }]);
  });

  it.each([
    ['a packet before CONNECT', (one: Client) => one.send({ cmd: 'pingreq' })],
    ['a second CONNECT', (one: Client) => one.send(connectPacket('kit_2'), connectPacket('kit_2'))],
    ['no MQTT at all', (one: Client) => one.raw('GET / HTTP/1.1\r\n\r\n')],
  ])('closes on %s', (_, act) => {
    const { client, broker } = bench();
    const one = client();
    act(one);
    expect(one.closed).toBe(true);
    expect(broker.connectionCount).toBe(0);
  });

  it('forgets the connections in a power cut and keeps what is retained unless told otherwise', () => {
    const { broker, loggedIn, clock } = bench();
    const one = loggedIn('kit_2');
    broker.publish('iot/2/state', '{}', { retain: true });
    broker.stop('forget');
    clock.advance(60_000);
    expect(one.closed).toBe(false);
    one.send({ cmd: 'pingreq' });
    expect(one.closed).toBe(true);
    expect(() => broker.listener).toThrow('call start() first');
    broker.start();
    expect(broker.retained.size).toBe(1);
    broker.stop('reset', false);
    expect(broker.retained.size).toBe(0);
    expect(broker.messages.filter(({ will: isWill }) => isWill)).toEqual([]);
  });
});

describe('the scripted broker misbehaves on demand', () => {
  it('mute: takes everything and says nothing', () => {
    const { broker, client } = bench();
    broker.faults.mute = true;
    const one = client();
    one.send(connectPacket('kit_2'), { cmd: 'pingreq' });
    expect(one.kinds()).toEqual([]);
    expect(broker.received.map(({ packet }) => packet.cmd)).toEqual(['connect', 'pingreq']);
    expect(broker.sessions.size).toBe(0);
  });

  it.each([1, 2, 3, 4, 5])('refuses the next logins with code %i, then lets them in', (code) => {
    const { broker, client } = bench();
    broker.faults.refuse = { code, times: 2 };
    const one = client();
    const codes = [1, 2, 3].map(() => {
      one.send(connectPacket('kit_2'));
      const [answer] = one.answers() as { returnCode: number }[];
      one.dial();
      return answer!.returnCode;
    });
    expect(codes).toEqual([code, code, 0]);
  });

  it('claims a session from before', () => {
    const { broker, client } = bench();
    broker.faults.sessionPresent = true;
    const one = client();
    one.send(connectPacket('kit_2'));
    expect(one.answers()).toMatchObject([{ sessionPresent: true }]);
  });

  it('drops the next connections right after CONNACK', () => {
    const { broker, client } = bench();
    broker.faults.dropAfterConnack = 1;
    const one = client();
    one.send(connectPacket('kit_2'));
    expect(one.kinds()).toEqual(['connack']);
    expect(one.closed).toBe(true);
    one.dial();
    one.send(connectPacket('kit_2'));
    expect(one.kinds()).toEqual(['connack']);
    expect(one.closed).toBe(false);
  });

  it('refuses subscriptions', () => {
    const { broker, client } = bench();
    broker.faults.refuseSubscriptions = true;
    const one = client();
    one.send(connectPacket('kit_2'), subscribe('iot/2', 'iot/2/+/set'));
    expect(one.answers()).toMatchObject([{ cmd: 'connack' }, { cmd: 'suback', granted: [0x80, 0x80] }]);
    expect(broker.subscribers('iot/2')).toEqual([]);
  });

  it('never answers a subscription', () => {
    const { broker, client } = bench();
    broker.faults.ignoreSubscriptions = true;
    const one = client();
    one.send(connectPacket('kit_2'), subscribe('iot/2'));
    expect(one.kinds()).toEqual(['connack']);
    expect(broker.received.map(({ packet, from }) => [packet.cmd, from])).toEqual([
      ['connect', 'kit_2'],
      ['subscribe', 'kit_2'],
    ]);
  });

  it('never answers a ping, never acknowledges', () => {
    const { broker, loggedIn } = bench();
    Object.assign(broker.faults, { ignorePings: true, withholdAcknowledgements: true });
    const one = loggedIn();
    one.send({ cmd: 'pingreq' }, { ...publication, qos: 1, messageId: 9 });
    expect(one.kinds()).toEqual([]);
    expect(broker.on('iot/2/state')).toHaveLength(1);
  });

  it('answers late', () => {
    const { broker, client, clock } = bench();
    broker.faults.answerMs = 20_000;
    const one = client();
    one.send(connectPacket('kit_2'));
    clock.advance(19_000);
    expect(one.kinds()).toEqual([]);
    clock.advance(1_000);
    expect(one.kinds()).toEqual(['connack']);
  });

  it('writes in pieces', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn('kit_2', 'iot/2');
    one.segments();
    broker.faults.pieceBytes = 1;
    broker.publish('iot/2', 'USBLED/ON');
    expect(one.kinds()).toEqual(['publish']);
    expect(one.segments()).toBe(2 + 2 + 5 + 9);
  });

  it('delivers twice, the second time as a duplicate, and knows what was not acknowledged', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn('kit_2', 'iot/2');
    broker.faults.duplicate = true;
    broker.publish('iot/2', 'USBLED', { qos: 1 });
    expect(one.answers()).toMatchObject([
      { qos: 1, dup: false, messageId: 1 },
      { qos: 1, dup: true, messageId: 1 },
    ]);
    const { unacknowledged } = broker.sessions.get('kit_2')!;
    expect([...unacknowledged]).toEqual([1]);
    one.send({ cmd: 'puback', messageId: 1 });
    one.answers();
    expect(unacknowledged.size).toBe(0);
  });

  it('delivers with QoS 2 although nobody asked for it', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn('kit_2', 'iot/2');
    broker.faults.qos2 = true;
    broker.publish('iot/2', 'USBLED');
    expect(one.answers()).toMatchObject([{ cmd: 'publish', qos: 2, messageId: 1 }]);
    one.send({ cmd: 'pubrec', messageId: 1 });
    expect(one.kinds()).toEqual(['pubrel']);
    one.send({ cmd: 'pubcomp', messageId: 1 });
    one.answers();
    expect(broker.sessions.get('kit_2')!.unacknowledged.size).toBe(0);
  });

  it('sends a client any bytes', () => {
    const { broker, loggedIn } = bench();
    const one = loggedIn();
    broker.sessions.get('kit_2')!.write(Buffer.from([0xd0, 0x00]));
    expect(one.kinds()).toEqual(['pingresp']);
  });

  it('cuts connections in the middle of a packet when its port is told to', () => {
    const { broker, client } = bench();
    broker.listener.cut = { toBoard: 3, by: 'silence' };
    const one = client();
    one.send(connectPacket('kit_2'));
    expect(one.kinds()).toEqual([]);
    expect(one.segments()).toBe(1);
  });
});

describe('topic filters', () => {
  it.each([
    ['iot/2', 'iot/2', true],
    ['iot/2', 'iot/2/x', false],
    ['iot/2', 'iot/29', false],
    ['iot/+', 'iot/2', true],
    ['iot/+', 'iot', false],
    ['iot/+/set', 'iot/2/set', true],
    ['iot/2/+/set', 'iot/2/lamp/set', true],
    ['iot/2/+/set', 'iot/2/set', false],
    ['iot/#', 'iot', true],
    ['iot/#', 'iot/2/lamp/set', true],
    ['#', 'iot/2', true],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
  ])('%s and %s: %s', (filter, topic, matches) => {
    expect(topicMatches(filter, topic)).toBe(matches);
  });
});
