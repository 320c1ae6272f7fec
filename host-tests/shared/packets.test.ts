import { generate, parser, type Packet as RefereePacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import {
  connectPacket,
  disconnectPacket,
  newInbound,
  nextPacket,
  payloadMax,
  pingreqPacket,
  pubackPacket,
  publishPacket,
  subscribePacket,
  topicMax,
  Flag,
  Packet,
  type Inbound,
} from '../../shared/packets';
import { forSeeds, newRandom, type Random } from '../support/random';

/** First byte, four bytes of remaining length, and the longest packet that is held instead of skipped. */
const heldBytesMax = 1 + 4 + 2 + topicMax + 2 + payloadMax;

function fromHex(hex: string): string {
  return Buffer.from(hex.replace(/ /g, ''), 'hex').toString('latin1');
}

function toHex(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

/** What mqtt-packet makes of a packet. */
function refereeBytes(packet: object): string {
  return generate(packet as RefereePacket).toString('latin1');
}

/** The one packet that mqtt-packet finds in `bytes`, with its texts as byte strings. */
function refereeReads(bytes: string): Record<string, unknown> {
  const found: Record<string, unknown>[] = [];
  const referee = parser({ protocolVersion: 4 });
  referee.on('packet', (packet) => found.push(packet as unknown as Record<string, unknown>));
  referee.on('error', (error: Error) => {
    throw error;
  });
  expect(referee.parse(Buffer.from(bytes, 'latin1'))).toBe(0);
  expect(found).toHaveLength(1);
  return found[0];
}

function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** What `nextPacket` found, as one line; of a PUBLISH also how much of it was not held. */
function described(inbound: Inbound, type: Packet): string {
  if (type === Packet.Malformed) return 'malformed';
  if (type === Packet.Connack) return `connack ${inbound.id & 255}`;
  if (type === Packet.Puback) return `puback ${inbound.id}`;
  if (type === Packet.Suback) return `suback ${inbound.id} ${toHex(inbound.payload)}`;
  if (type === Packet.Pingresp) return 'pingresp';
  return publishLine(inbound.flags, inbound.id, inbound.topic, inbound.payload, inbound.size);
}

function publishLine(flags: number, id: number, topic: string, payload: string, size: number): string {
  // Behind a topic that is not ours the identifier is read only if it has arrived with it.
  const known = topic !== '' || size < 100;
  const qos1 = flags & Flag.Qos1 ? ` id ${known ? id : '?'}` : '';
  return `publish flags ${flags}${qos1} ${JSON.stringify(topic)} ${size}:${JSON.stringify(payload)}`;
}

/**
 * Hands over the pieces as a socket would, and reads what can be read after each. Ends at the first
 * malformed packet, as the board does. What waits for more bytes never exceeds one short packet.
 */
function readPieces(pieces: string[]): string[] {
  const inbound = newInbound();
  const lines: string[] = [];
  for (const piece of pieces) {
    inbound.bytes += piece;
    for (;;) {
      const before = inbound.bytes.length - inbound.at;
      const type = nextPacket(inbound);
      if (type === Packet.None) break;
      lines.push(described(inbound, type));
      if (type === Packet.Malformed) return lines;
      if (inbound.bytes.length - inbound.at >= before) throw new Error('a packet without bytes was read');
    }
    if (inbound.at !== 0 || inbound.bytes.length > heldBytesMax)
      throw new Error(`${inbound.bytes.length} bytes are held, from ${inbound.at} on`);
    if (inbound.topic || inbound.payload) throw new Error('the packet before is still held');
  }
  return lines;
}

/** Pieces of `bytes` of 1 to `longest` bytes each. */
function randomPieces(random: Random, bytes: string, longest: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.int(1, longest);
    pieces.push(bytes.substring(at, at + length));
    at += length;
  }
  return pieces;
}

const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0, retain: true };
const login = { clientId: 'kit_2', keepAliveS: 30, willTopic: 'iot/2/status', willPayload: 'offline' };
const connect = {
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  keepalive: 30,
  clientId: 'kit_2',
  will,
};
const connectTail = '0005 6b69745f32 000c 696f742f322f737461747573 0007 6f66666c696e65';

/** [name, what the kit sends, what mqtt-packet makes of it, bytes] */
const sent: [string, string, object, string][] = [
  ['CONNECT without a user', connectPacket(login), connect, `10 28 0004 4d515454 04 26 001e ${connectTail}`],
  [
    'CONNECT with a user',
    connectPacket({ ...login, user: 'me' }),
    { ...connect, username: 'me' },
    `10 2c 0004 4d515454 04 a6 001e ${connectTail} 0002 6d65`,
  ],
  [
    'CONNECT with user and password',
    connectPacket({ ...login, user: 'me', password: 'pw\xc2\xa0' }),
    { ...connect, username: 'me', password: Buffer.from('pw\xc2\xa0', 'latin1') },
    `10 32 0004 4d515454 04 e6 001e ${connectTail} 0002 6d65 0004 7077c2a0`,
  ],
  [
    'CONNECT with the longest keep-alive',
    connectPacket({ ...login, keepAliveS: 65535 }),
    { ...connect, keepalive: 65535 },
    `10 28 0004 4d515454 04 26 ffff ${connectTail}`,
  ],
  [
    'SUBSCRIBE to two filters with QoS 1',
    subscribePacket(1, 'iot/2', 'iot/2/+/set'),
    {
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'iot/2', qos: 1 },
        { topic: 'iot/2/+/set', qos: 1 },
      ],
    },
    '82 18 0001 0005 696f742f32 01 000b 696f742f322f2b2f736574 01',
  ],
  ['PINGREQ', pingreqPacket, { cmd: 'pingreq' }, 'c0 00'],
  ['DISCONNECT', disconnectPacket, { cmd: 'disconnect' }, 'e0 00'],
];

/** [name, what mqtt-packet makes of it, bytes, what the kit reads]: the kit writes those that it also sends. */
const received: [string, object, string, string][] = [
  ['CONNACK', { cmd: 'connack', returnCode: 0, sessionPresent: false }, '20 02 00 00', 'connack 0'],
  [
    'CONNACK of a session present',
    { cmd: 'connack', returnCode: 0, sessionPresent: true },
    '20 02 01 00',
    'connack 0',
  ],
  [
    'CONNACK with a refusal',
    { cmd: 'connack', returnCode: 5, sessionPresent: false },
    '20 02 00 05',
    'connack 5',
  ],
  ['PUBACK', { cmd: 'puback', messageId: 4660 }, '40 02 12 34', 'puback 4660'],
  ['SUBACK', { cmd: 'suback', messageId: 1, granted: [1, 1] }, '90 04 00 01 01 01', 'suback 1 0101'],
  [
    'SUBACK with a refusal',
    { cmd: 'suback', messageId: 65535, granted: [0, 128] },
    '90 04 ff ff 00 80',
    'suback 65535 0080',
  ],
  ['PINGRESP', { cmd: 'pingresp' }, 'd0 00', 'pingresp'],
  [
    'PUBLISH with QoS 0',
    { cmd: 'publish', topic: 'iot/2', payload: 'led', qos: 0, retain: false, dup: false },
    '30 0a 0005 696f742f32 6c6564',
    'publish flags 0 "iot/2" 3:"led"',
  ],
  [
    'PUBLISH with the retain flag',
    { cmd: 'publish', topic: 'iot/2', payload: 'cds', qos: 0, retain: true, dup: false },
    '31 0a 0005 696f742f32 636473',
    'publish flags 1 "iot/2" 3:"cds"',
  ],
  [
    'PUBLISH with QoS 1',
    { cmd: 'publish', topic: 'a', payload: 'b', qos: 1, retain: false, dup: false, messageId: 258 },
    '32 06 0001 61 0102 62',
    'publish flags 2 id 258 "a" 1:"b"',
  ],
  [
    'PUBLISH with QoS 1, a duplicate and retained',
    { cmd: 'publish', topic: 'a', payload: 'b', qos: 1, retain: true, dup: true, messageId: 65535 },
    '3b 06 0001 61 ffff 62',
    'publish flags 11 id 65535 "a" 1:"b"',
  ],
  [
    'PUBLISH with an empty payload',
    { cmd: 'publish', topic: 'iot/2', payload: '', qos: 0, retain: true, dup: false },
    '31 07 0005 696f742f32',
    'publish flags 1 "iot/2" 0:""',
  ],
  [
    'PUBLISH with bytes that are no text',
    {
      cmd: 'publish',
      topic: 'a',
      payload: Buffer.from([0, 128, 255, 34, 92]),
      qos: 0,
      retain: false,
      dup: false,
    },
    '30 08 0001 61 0080ff225c',
    'publish flags 0 "a" 5:"\\u0000\x80\xff\\"\\\\"',
  ],
];

/** [name, bytes] of what no broker may send. */
const malformed: [string, string][] = [
  ['packet type 0', '00 00'],
  ['CONNECT', '10 00'],
  ['PUBREC', '50 02 00 01'],
  ['PUBREL', '62 02 00 01'],
  ['PUBCOMP', '70 02 00 01'],
  ['SUBSCRIBE', '82 06 0001 0001 61 01'],
  ['UNSUBSCRIBE', 'a2 05 0001 0001 61'],
  ['UNSUBACK', 'b0 02 00 01'],
  ['PINGREQ', 'c0 00'],
  ['DISCONNECT', 'e0 00'],
  ['packet type 15', 'f0 00'],
  ['CONNACK with flags', '21 02 00 00'],
  ['CONNACK of one byte', '20 01 00'],
  ['CONNACK of three bytes', '20 03 00 00 00'],
  ['PUBACK with flags', '42 02 00 01'],
  ['PUBACK without an identifier', '40 00'],
  ['SUBACK with one return code for two filters', '90 03 00 01 01'],
  ['SUBACK with three return codes for two filters', '90 05 00 01 01 01 01'],
  ['PINGRESP with a body', 'd0 01 00'],
  ['PUBLISH with QoS 2', '34 06 0001 61 0001 62'],
  ['PUBLISH with QoS 3', '36 06 0001 61 0001 62'],
  ['PUBLISH without a topic length', '30 00'],
  ['PUBLISH with half a topic length', '30 01 00'],
  ['PUBLISH whose topic ends behind the packet', '30 05 0004 616263'],
  ['PUBLISH whose topic would end behind the next packet', '30 04 ffff 6162'],
  ['PUBLISH with QoS 1 and no room for its identifier', '32 04 0001 61 00'],
  ['a long PUBLISH whose topic is longer still', '30 c803 ffff' + '61'.repeat(66)],
  ['a long packet that is no PUBLISH', 'd0 c803' + '00'.repeat(68)],
  ['a remaining length of five bytes', '30 ff ff ff ff 00'],
  ['ff ff ff ff and no end', 'ff ff ff ff ff ff'],
];

describe('packets by table', () => {
  it.each(sent)('%s is written as mqtt-packet writes and reads it', (_name, bytes, packet, hex) => {
    expect(toHex(bytes)).toBe(hex.replace(/ /g, ''));
    expect(toHex(refereeBytes(packet))).toBe(hex.replace(/ /g, ''));
    expect(refereeReads(bytes)).toMatchObject(packet);
  });

  it.each(received)('%s is read as mqtt-packet reads and writes it', (_name, packet, hex, line) => {
    expect(toHex(refereeBytes(packet))).toBe(hex.replace(/ /g, ''));
    expect(readPieces([fromHex(hex)])).toEqual([line]);
    const read = refereeReads(fromHex(hex));
    if (read.cmd !== 'publish') {
      expect(read).toMatchObject(packet);
      return;
    }
    const payload = (read.payload as Buffer).toString('latin1');
    const flags =
      (read.retain ? Flag.Retain : 0) + (read.qos ? Flag.Qos1 : 0) + (read.dup ? Flag.Duplicate : 0);
    const id = read.messageId as number;
    expect(publishLine(flags, id, read.topic as string, payload, payload.length)).toBe(line);
    expect(toHex(publishPacket(read.topic as string, payload, flags, id))).toBe(hex.replace(/ /g, ''));
  });

  it('PUBACK is written as mqtt-packet writes it, for every identifier', () => {
    for (let id = 1; id < 65536; id += 13)
      expect(pubackPacket(id)).toBe(refereeBytes({ cmd: 'puback', messageId: id }));
  });

  it('a password without a user is left out, since it needs one beside it', () => {
    expect(connectPacket({ ...login, password: 'secret' })).toBe(connectPacket(login));
  });

  it.each(malformed)('%s is malformed, whole and byte by byte', (_name, hex) => {
    const bytes = fromHex(hex);
    expect(readPieces([bytes])).toEqual(['malformed']);
    expect(readPieces(bytes.split(''))).toEqual(['malformed']);
    expect(readPieces(['\xd0\0' + bytes])).toEqual(['pingresp', 'malformed']);
  });

  it.each([3, 127, 128, 16383, 16384, 2097151, 2097152])(
    'a remaining length of %i is read over its 1 to 4 bytes, and written over the 2 that a kit needs',
    (length) => {
      const payload = 'x'.repeat(length - 3);
      const bytes = refereeBytes({ cmd: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false });
      const held = payload.length > payloadMax ? '' : payload;
      expect(readPieces([bytes])).toEqual([publishLine(0, 0, 'a', held, payload.length)]);
      if (length <= 16383) expect(publishPacket('a', payload, 0, 0)).toBe(bytes);
    },
  );

  it('a remaining length that ends before the topic does is malformed', () => {
    expect(readPieces([fromHex('30 01 00')])).toEqual(['malformed']);
  });

  it.each([5, 127, 128, 16_383])('a remaining length of %i counts the identifier of QoS 1', (length) => {
    for (const topic of length > 300 ? ['a', 't'.repeat(255)] : ['a']) {
      const payload = 'x'.repeat(length - 2 - topic.length - 2);
      for (const id of [1, 255, 256, 65_535])
        expect(publishPacket(topic, payload, Flag.Qos1, id)).toBe(
          refereeBytes({ cmd: 'publish', topic, payload, qos: 1, messageId: id, retain: false, dup: false }),
        );
    }
  });

  it('the longest packet that MQTT allows is skipped, and the one behind it read', () => {
    const inbound = newInbound();
    inbound.bytes = '\x30\xff\xff\xff\x7f\0\x01a' + 'x'.repeat(100);
    expect(described(inbound, nextPacket(inbound))).toBe('publish flags 0 "a" 268435452:""');
    const piece = 'x'.repeat(1 << 20);
    for (let left = 268435452 - 100; left > 0; left -= piece.length) {
      expect(nextPacket(inbound)).toBe(Packet.None);
      expect(inbound.bytes).toBe('');
      inbound.bytes = left > piece.length ? piece : piece.substring(0, left) + '\xd0\0';
    }
    expect(nextPacket(inbound)).toBe(Packet.Pingresp);
  });
});

/** A random PUBLISH, as the line that is expected of it and as bytes. */
function randomPublish(
  random: Random,
  lengths: () => number,
): { line: string; bytes: string; ours?: string } {
  const letters = ['a', 'Z', '7', '/', '+', ' ', 'é', '등', '🔆'];
  const topicLength = random.oneIn(20) ? random.int(50, 90) : random.int(1, 14);
  let text = '';
  while (utf8(text).length < topicLength) text += random.pick(letters);
  const topic = utf8(text);
  const payload = random.bytes(lengths());
  const flags = random.pick([0, Flag.Retain, Flag.Qos1, Flag.Qos1 + Flag.Retain, Flag.Qos1 + Flag.Duplicate]);
  const id = random.int(1, 65535);
  const ours = topic.length <= topicMax;
  const longest = 2 + topic.length + 2 + payload.length;
  return {
    line: publishLine(
      flags,
      id,
      ours ? topic : '',
      ours && payload.length <= payloadMax ? payload : '',
      payload.length,
    ),
    bytes: refereeBytes({
      cmd: 'publish',
      topic: text,
      payload: Buffer.from(payload, 'latin1'),
      qos: flags & Flag.Qos1 ? 1 : 0,
      retain: (flags & Flag.Retain) > 0,
      dup: (flags & Flag.Duplicate) > 0,
      messageId: id,
    }),
    ours: longest < 16_384 ? publishPacket(topic, payload, flags, flags & Flag.Qos1 ? id : 0) : undefined,
  };
}

/** A random packet from a broker, the line that is expected of it, and what the kit writes where it can. */
function randomPacket(random: Random, lengths: () => number): { line: string; bytes: string; ours?: string } {
  const id = random.int(1, 65535);
  const kind = random.int(0, 9);
  if (kind === 0) {
    const code = random.int(0, 5);
    return {
      line: `connack ${code}`,
      bytes: refereeBytes({ cmd: 'connack', returnCode: code, sessionPresent: random.oneIn(2) }),
    };
  }
  if (kind === 1)
    return {
      line: `puback ${id}`,
      bytes: refereeBytes({ cmd: 'puback', messageId: id }),
      ours: pubackPacket(id),
    };
  if (kind === 2) {
    const granted = [random.pick([0, 1, 128]), random.pick([0, 1, 128])];
    return {
      line: `suback ${id} ${toHex(String.fromCharCode(...granted))}`,
      bytes: refereeBytes({ cmd: 'suback', messageId: id, granted }),
    };
  }
  if (kind === 3) return { line: 'pingresp', bytes: refereeBytes({ cmd: 'pingresp' }) };
  return randomPublish(random, lengths);
}

function usualLength(random: Random): number {
  if (random.oneIn(400)) return random.int(257, 20_000);
  if (random.oneIn(20)) return random.int(100, 300);
  return random.int(0, 20);
}

describe('packets by generation', () => {
  it('100,000 packets are read as mqtt-packet wrote them: whole, joined, and at every or random splits', () => {
    forSeeds(1000, (random) => {
      let joined = '';
      const lines: string[] = [];
      for (let i = 0; i < 100; i++) {
        const packet = randomPacket(random, () => usualLength(random));
        const bytes = packet.bytes;
        if (packet.ours !== undefined && packet.ours !== bytes)
          throw new Error(`wrote ${toHex(packet.ours)}, mqtt-packet writes ${toHex(bytes)}`);
        const expectLine = (pieces: string[]): void => {
          const read = readPieces(pieces);
          if (read.length !== 1 || read[0] !== packet.line)
            throw new Error(
              `${pieces.map(toHex).join(' | ')} was read as ${read.join('; ')}, expected ${packet.line}`,
            );
        };
        expectLine([bytes]);
        if (bytes.length <= 24)
          for (let at = 1; at < bytes.length; at++) expectLine([bytes.substring(0, at), bytes.substring(at)]);
        expectLine(randomPieces(random, bytes, bytes.length > 1000 ? 536 : 40));
        joined += bytes;
        lines.push(packet.line);
      }
      expect(readPieces([joined])).toEqual(lines);
      expect(readPieces(randomPieces(random, joined, random.pick([20, 268, 536, 5000])))).toEqual(lines);
    });
  });

  it('CONNECT and SUBSCRIBE of any texts are written as mqtt-packet writes them', () => {
    forSeeds(2000, (random) => {
      const text = (longest: number): string => {
        let made = '';
        for (let left = random.int(1, longest); left > 0; left--)
          made += random.pick(['a', '/', 'é', '등', '🔆', '"']);
        return made;
      };
      const user = random.oneIn(2) ? text(40) : undefined;
      const password = user !== undefined && random.oneIn(2) ? random.bytes(random.int(1, 64)) : undefined;
      const clientId = text(30);
      const willTopic = text(100);
      const willPayload = random.bytes(random.int(1, 300));
      const keepalive = random.int(0, 65535);
      expect(
        toHex(
          connectPacket({
            clientId: utf8(clientId),
            keepAliveS: keepalive,
            willTopic: utf8(willTopic),
            willPayload,
            user: user === undefined ? undefined : utf8(user),
            password,
          }),
        ),
      ).toBe(
        toHex(
          refereeBytes({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: 4,
            clean: true,
            keepalive,
            clientId,
            will: { topic: willTopic, payload: Buffer.from(willPayload, 'latin1'), qos: 0, retain: true },
            username: user,
            password: password === undefined ? undefined : Buffer.from(password, 'latin1'),
          }),
        ),
      );
      const filters = [text(60), text(60)];
      const messageId = random.int(1, 65535);
      const subscriptions = filters.map((topic) => ({ topic, qos: 1 }));
      expect(toHex(subscribePacket(messageId, utf8(filters[0]), utf8(filters[1])))).toBe(
        toHex(refereeBytes({ cmd: 'subscribe', messageId, subscriptions })),
      );
    });
  });

  it.each([257, 1000, 4000, 16384, 1 << 20])(
    'a payload of %i bytes is skipped without being held, and the next packet read',
    (size) => {
      const random = newRandom(size);
      for (const flags of [0, Flag.Qos1]) {
        const publish = { cmd: 'publish', topic: 'iot/2', retain: false, dup: false };
        const long = { ...publish, payload: 'x'.repeat(size), qos: flags & Flag.Qos1 ? 1 : 0, messageId: 7 };
        const bytes = refereeBytes(long) + publishPacket('iot/2', 'cds', 0, 0);
        const lines = [publishLine(flags, 7, 'iot/2', '', size), publishLine(0, 0, 'iot/2', 'cds', 3)];
        for (const longest of [268, 536, 5000, bytes.length])
          expect(readPieces(randomPieces(random, bytes, longest))).toEqual(lines);
        if (size < 5000) expect(readPieces(bytes.split(''))).toEqual(lines);
      }
    },
  );

  it('500 packets in one segment are read one after the other', () => {
    const random = newRandom(500);
    let bytes = '';
    const lines: string[] = [];
    for (let i = 0; i < 500; i++) {
      const packet = randomPacket(random, () => random.int(0, 20));
      bytes += packet.bytes;
      lines.push(packet.line);
    }
    expect(readPieces([bytes])).toEqual(lines);
  });

  it('the identifier of a QoS 1 packet with a foreign, long topic is read, so that it can be acknowledged', () => {
    const bytes = publishPacket('iot/2/' + 'x'.repeat(100) + '/set', 'on', Flag.Qos1, 4660);
    expect(readPieces([bytes])).toEqual(['publish flags 2 id 4660 "" 2:""']);
  });

  it('garbage never throws, and ends as malformed or waits with few bytes', () => {
    let ended = 0;
    forSeeds(20_000, (random) => {
      const bytes = random.oneIn(2)
        ? random.bytes(random.int(1, 700))
        : // Half of it starts as a broker would.
          '\x20\x02\0\0' +
          String.fromCharCode(random.pick([0x20, 0x30, 0x32, 0x40, 0x90, 0xd0])) +
          random.bytes(200);
      const lines = readPieces(randomPieces(random, bytes, random.pick([1, 20, 268, 1000])));
      if (lines[lines.length - 1] === 'malformed') ended++;
    });
    // A random remaining length may be long: then the garbage is skipped as its payload.
    if (process.env.SEED === undefined) expect(ended).toBeGreaterThan(10_000);
  });

  it('a packet with one wrong bit never throws, and what follows stays bounded', () => {
    forSeeds(10_000, (random) => {
      const good = randomPacket(random, () => random.int(0, 40)).bytes;
      const at = random.int(0, good.length - 1);
      const wrong = String.fromCharCode(good.charCodeAt(at) ^ (1 << random.int(0, 7)));
      const bytes = good.substring(0, at) + wrong + good.substring(at + 1) + '\xd0\0'.repeat(20);
      readPieces(randomPieces(random, bytes, random.pick([1, 5, 268])));
    });
  });
});
