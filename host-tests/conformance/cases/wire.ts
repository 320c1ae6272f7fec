import { expect } from 'vitest';
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet';
import { version } from '../../../shared/version';
import type { Case, WireBench } from '../../support/kit-bench';
import { ask, lightings, on, promptMs, readingMs, tell, texts, topicOf, untilLit } from '../verbs';

function sent<C extends Packet['cmd']>(bench: WireBench, cmd: C): Extract<Packet, { cmd: C }>[] {
  return bench.packets.flatMap(({ packet }) =>
    packet.cmd === cmd ? [packet as Extract<Packet, { cmd: C }>] : [],
  );
}

function command(bench: WireBench, payload: string, fields: Partial<IPublishPacket> = {}): IPublishPacket {
  return { cmd: 'publish', topic: topicOf(bench), payload, qos: 0, retain: false, dup: false, ...fields };
}

function greeting(bench: WireBench): string {
  return `Connection has established with nodeMCU_Kit Number ${bench.settings.kit}`;
}

/** What only a broker sees that reads every packet, and does what no good broker would. */
export const wireCases: Case<WireBench>[] = [
  {
    title:
      'CONNECT: client id, clean session, keep-alive, last will; no name and no password when there are none',
    async run(bench) {
      const { kit } = bench.settings;
      const connect: Partial<IConnectPacket> = sent(bench, 'connect')[0]!;
      expect(connect).toMatchObject({
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: `kit_${kit}`,
        clean: true,
        keepalive: 30,
        will: { topic: `iot/${kit}/status`, qos: 0, retain: true },
      });
      expect(connect.will!.payload.toString()).toBe('offline');
      expect(connect.username).toBeUndefined();
      expect(connect.password).toBeUndefined();
    },
  },
  {
    title: 'CONNECT: the name and the password of the configuration',
    given: {
      settings: { broker: { host: '192.168.1.10', port: 1883, user: 'kits', password: 'p\xc3\xa4ss' } },
    },
    async run(bench) {
      const connect = sent(bench, 'connect')[0]!;
      expect(connect.username).toBe('kits');
      expect(Buffer.from(connect.password!).toString('utf8')).toBe('päss');
    },
  },
  {
    title: 'the subscriptions are exactly iot/<kit> and iot/<kit>/+/set',
    async run(bench) {
      const { kit } = bench.settings;
      expect(sent(bench, 'subscribe').map(({ subscriptions }) => subscriptions)).toEqual([
        [
          { topic: `iot/${kit}`, qos: 1 },
          { topic: `iot/${kit}/+/set`, qos: 1 },
        ],
      ]);
    },
  },
  {
    title: 'on connect: subscribe, then the greeting, then online retained, then the state retained',
    async run(bench) {
      const { kit } = bench.settings;
      const first = bench.packets.slice(0, 5).map(({ packet }) => packet);
      expect(first.map(({ cmd }) => cmd)).toEqual(['connect', 'subscribe', 'publish', 'publish', 'publish']);
      expect(first.slice(2)).toMatchObject([
        { topic: `iot/${kit}`, payload: Buffer.from(greeting(bench)), qos: 0, retain: false },
        { topic: `iot/${kit}/status`, payload: Buffer.from('online'), qos: 0, retain: true },
        { topic: `iot/${kit}/state`, qos: 0, retain: true },
      ]);
    },
  },
  {
    title: 'nothing is published before the subscription is acknowledged',
    given: { fromPowerOn: true },
    async run(bench) {
      bench.setGranting(false);
      await bench.until('SUBSCRIBE', () => sent(bench, 'subscribe').length > 0, 30_000);
      await bench.advance(10_000);
      expect(sent(bench, 'publish')).toEqual([]);
    },
  },
  {
    title: 'the retain flag stands on status and state and on nothing else',
    async run(bench) {
      await ask(bench, 'USBLED/ON');
      await ask(bench, 'dht22', { withinMs: readingMs });
      await bench.advance(bench.settings.telemetryMs);
      const retained = new Set(sent(bench, 'publish').map(({ topic, retain }) => `${topic} ${retain}`));
      expect([...retained].filter((line) => line.endsWith('true')).sort()).toEqual(
        [`${topicOf(bench, 'state')} true`, `${topicOf(bench, 'status')} true`].sort(),
      );
      expect(retained.has(`${topicOf(bench, 'state')} false`)).toBe(false);
    },
  },
  ...[1, 7, 255, 256, 32_768, 65_535].map((messageId): Case<WireBench> => ({
    title: `a command with QoS 1 and packet identifier ${messageId} is obeyed, acknowledged, and obeyed once when it comes twice`,
    async run(bench) {
      bench.deliver(command(bench, 'USBLED', { qos: 1, messageId }));
      await untilLit(bench);
      bench.deliver(command(bench, 'USBLED', { qos: 1, messageId, dup: true }));
      await bench.advance(promptMs + bench.slackMs);
      expect(bench.lamp.lit).toBe(true);
      expect(sent(bench, 'puback').map((packet) => packet.messageId)).toEqual([messageId, messageId]);
      expect(texts(bench, 'result')).toHaveLength(1);
    },
  })),
  {
    title: 'a packet identifier that is used again without the duplicate flag is a new command',
    async run(bench) {
      bench.deliver(command(bench, 'USBLED', { qos: 1, messageId: 5 }));
      await untilLit(bench);
      bench.deliver(command(bench, 'USBLED', { qos: 1, messageId: 5 }));
      await bench.until('the lamp to be off', () => !bench.lamp.lit, promptMs + bench.slackMs);
    },
  },
  {
    title: 'a command with the retain flag is refused, told, and acknowledged, whatever it is',
    async run(bench) {
      const commands = ['USBLED/ON', 'USBLED', 'LED/ON', 'led', 'dht22', 'cds', 'nonsense'];
      for (const [i, payload] of commands.entries()) {
        const before = bench.packets.length;
        bench.deliver(command(bench, payload, { retain: true, qos: 1, messageId: i + 1 }));
        await bench.until(
          'an answer',
          () => texts(bench, 'result').length === i + 1,
          promptMs + bench.slackMs,
        );
        expect(JSON.parse(texts(bench, 'result')[i]!)).toEqual({
          ok: false,
          command: payload,
          error: 'a retained command is not obeyed: publish without the retain flag',
        });
        expect(bench.packets.slice(before).map(({ packet }) => packet.cmd)).toEqual(['puback', 'publish']);
      }
      expect(lightings(bench)).toEqual([]);
      expect(lightings(bench, bench.led)).toEqual([]);
    },
  },
  {
    title: 'a retained greeting and a retained empty payload are silence',
    async run(bench) {
      bench.deliver(command(bench, greeting(bench), { retain: true }), command(bench, '', { retain: true }));
      await bench.advance(promptMs);
      expect(texts(bench, 'result')).toEqual([]);
    },
  },
  {
    title: 'a retained word on a set topic is refused',
    async run(bench) {
      bench.deliver(command(bench, 'on', { topic: topicOf(bench, 'lamp/set'), retain: true }));
      await bench.until('an answer', () => texts(bench, 'result').length === 1, promptMs + bench.slackMs);
      expect(JSON.parse(texts(bench, 'result')[0]!)).toMatchObject({ ok: false, command: 'lamp/set on' });
      expect(bench.lamp.lit).toBe(false);
    },
  },
  {
    title: 'a message on a topic that is not its own is not for this kit',
    async run(bench) {
      const { kit } = bench.settings;
      const topics = [
        `iot/${kit}9`,
        `iot/${kit}9/lamp/set`,
        'iot',
        `iot/${kit + 1}`,
        'x',
        `x/iot/${kit}`,
        `iot/${kit}/state`,
      ];
      bench.deliver(...topics.map((topic) => command(bench, 'USBLED/ON', { topic })));
      bench.deliver(...topics.map((topic) => command(bench, 'on', { topic })));
      await bench.advance(promptMs);
      expect(lightings(bench)).toEqual([]);
      expect(texts(bench, 'result').filter((text) => text.includes('"ok":true'))).toEqual([]);
      expect(JSON.parse(await ask(bench, 'USBLED/ON'))).toMatchObject({ lamp: 'ON' });
    },
  },
  {
    title: 'a result that is not acknowledged is sent again with the duplicate flag and the same identifier',
    async run(bench) {
      bench.setAcknowledging(false);
      await ask(bench, 'cds');
      await bench.until('it once more', () => on(bench, 'result').length === 2, 60_000);
      const results = sent(bench, 'publish').filter(({ topic }) => topic === topicOf(bench, 'result'));
      expect(results.map(({ dup }) => dup)).toEqual([false, true]);
      expect(results[1]!.messageId).toBe(results[0]!.messageId);
      bench.setAcknowledging(true);
      await bench.until('it a third time', () => on(bench, 'result').length === 3, 60_000);
      await bench.advance(60_000);
      expect(on(bench, 'result')).toHaveLength(3);
    },
  },
  {
    title:
      'a result that was not acknowledged before the session ended is sent in the next one with a new identifier',
    async run(bench) {
      bench.setAcknowledging(false);
      await ask(bench, 'cds');
      bench.setAcknowledging(true);
      bench.drop();
      await bench.until(
        'it once more',
        () => texts(bench, 'result').filter((text) => text.includes('cds')).length === 2,
        60_000,
      );
      const results = sent(bench, 'publish').filter(({ payload }) => payload.toString().includes('"cds"'));
      expect(results.map(({ dup }) => dup)).toEqual([false, false]);
      expect(results[1]!.messageId).not.toBe(results[0]!.messageId);
      await bench.advance(60_000);
      expect(texts(bench, 'result').filter((text) => text.includes('cds'))).toHaveLength(2);
    },
  },
  {
    title: 'results that nobody acknowledges are bounded and counted, and the lamp obeys all the same',
    async run(bench) {
      bench.setAcknowledging(false);
      for (let i = 0; i < 30; i++) {
        await tell(bench, i % 2 ? 'LED/OFF' : 'LED/ON');
        await bench.advance(promptMs);
        await bench.until('the LED to obey', () => bench.led.lit === (i % 2 === 0), bench.slackMs);
      }
      bench.setAcknowledging(true);
      await tell(bench, 'USBLED/ON');
      await untilLit(bench);
      const dropped = () =>
        texts(bench, 'result').reduce(
          (sum, text) => sum + ((JSON.parse(text) as { dropped?: number }).dropped ?? 0),
          0,
        );
      await bench.until('the count', () => dropped() > 0, 60_000);
      await bench.advance(60_000);
      expect(JSON.parse(await ask(bench, 'cds'))).toEqual({ ok: true, command: 'cds' });
    },
  },
  {
    title: 'while the sensor is read nothing is parsed, drawn or sent; the answer comes after',
    async run(bench) {
      const before = bench.readings.length;
      await bench.until('a reading', () => bench.readings.length > before, 2 * bench.settings.telemetryMs);
      const startMs = bench.readings.at(-1)!;
      const shown = bench.oled.pixels;
      bench.deliver(command(bench, 'USBLED/ON'));
      await bench.advance(49);
      expect(bench.packets.filter(({ atMs }) => atMs > startMs + 5 && atMs < startMs + 50)).toEqual([]);
      expect(bench.oled.pixels).toEqual(shown);
      await bench.until('an answer', () => texts(bench, 'result').length === 1, promptMs + bench.slackMs);
      expect(bench.lamp.lit).toBe(true);
    },
  },
  {
    title: 'the keep-alive: a ping in each quarter of it, also while the kit itself has much to say',
    async run(bench) {
      await bench.advance(5 * 60_000);
      const times = bench.packets.flatMap(({ atMs, packet }) => (packet.cmd === 'pingreq' ? [atMs] : []));
      const pauses = times.slice(1).map((atMs, i) => atMs - times[i]!);
      expect(times.length).toBeGreaterThan(30);
      expect(Math.max(...pauses)).toBeLessThan(10_000);
    },
  },
  {
    title: 'the state tells which firmware runs on which board',
    async run(bench) {
      expect(JSON.parse(texts(bench, 'state')[0]!)).toMatchObject({ version, board: bench.settings.board });
    },
  },
];
