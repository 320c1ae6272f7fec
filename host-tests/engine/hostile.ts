/** What a broker may do to a kit, from careless to malicious. */
import { expect } from 'vitest';
import { generate, type IPublishPacket } from 'mqtt-packet';
import { on, texts, topicOf, untilOwnLightIsOver } from '../conformance/verbs';
import type { EngineBench } from './engine-bench';

export interface Hostility {
  title: string;
  run(bench: EngineBench): Promise<void>;
}

/** Longest time from the end of an outage until the kit is online: the longest pause, WiFi, MQTT. */
export const backMs = 150_000;
/** Longer than the interpreter takes to look at its sockets again: what comes after it is a piece of its own. */
const apartMs = 60;
const promptMs = 2000;

/** Whose connection it is now. */
function session(bench: EngineBench) {
  const found = bench.broker.sessions.get(bench.clientId);
  if (found === undefined) throw new Error(`${bench.clientId} is not logged in`);
  return found;
}

function command(bench: EngineBench, payload: string, fields: Partial<IPublishPacket> = {}): Buffer {
  const packet = {
    cmd: 'publish',
    topic: topicOf(bench),
    payload,
    qos: 0,
    retain: false,
    dup: false,
  } as const;
  return generate({ ...packet, ...fields });
}

/** What answers a command: not that the kit is back, and not how much it has dropped. */
function results(bench: EngineBench): { ok: boolean; command: string; error?: string }[] {
  const told = texts(bench, 'result').map((text) => JSON.parse(text) as { ok: boolean; command: string });
  return told.filter(({ command }) => command !== undefined);
}

/** The results that come from now on, once there are `count` of them. */
async function nextResults(
  bench: EngineBench,
  count: number,
  act: () => void | Promise<void>,
  withinMs = promptMs,
) {
  const before = results(bench).length;
  await act();
  await bench.until(`${count} results`, () => results(bench).length >= before + count, withinMs);
  return results(bench).slice(before);
}

/** The kit has been through what leaves traces of a known size: a lost session, a failed connect, identifiers kept. */
export async function warmUp(bench: EngineBench): Promise<void> {
  const { broker } = bench;
  const greetings = on(bench, '').length;
  broker.stop('reset');
  await bench.until('a connect to fail', () => /no connection/.test(bench.console.join('\n')), 30_000);
  broker.start();
  await untilOnline(bench, greetings);
  for (const payload of ['USBLED/ON', 'LED/ON', 'LED/OFF', 'nonsense'])
    await nextResults(bench, 1, () => bench.publish(topicOf(bench), payload));
  await untilOwnLightIsOver(bench);
  await fillIdentifiers(bench);
}

/** The kit keeps the identifiers of the last commands of a session, and a large one takes a variable more. */
export async function fillIdentifiers(bench: EngineBench): Promise<void> {
  for (let messageId = 60_000; messageId < 60_010; messageId++)
    await nextResults(bench, 1, () => session(bench).write(command(bench, 'cds', { qos: 1, messageId })));
}

function connects(bench: EngineBench): number {
  return bench.packets.filter(({ packet }) => packet.cmd === 'connect').length;
}

async function untilOnline(bench: EngineBench, greetings: number, withinMs = backMs): Promise<void> {
  await bench.until('the kit to be online', () => on(bench, '').length > greetings, withinMs);
}

/** The kit loses its session over what is done to it, comes back, and its console says why. */
async function comesBack(
  bench: EngineBench,
  act: () => void | Promise<void>,
  why: RegExp,
  withinMs = backMs,
): Promise<void> {
  const greetings = on(bench, '').length;
  await act();
  await untilOnline(bench, greetings, withinMs);
  expect(bench.console.join('\n')).toMatch(why);
}

const splits: Hostility[] = [
  {
    title: 'a command split in two at every byte',
    async run(bench) {
      const bytes = command(bench, 'LED/ON');
      for (let at = 1; at < bytes.length; at++) {
        const told = await nextResults(bench, 1, async () => {
          session(bench).write(bytes.subarray(0, at));
          await bench.advance(apartMs);
          session(bench).write(bytes.subarray(at));
        });
        expect(told).toMatchObject([{ ok: true, command: 'LED/ON' }]);
      }
    },
  },
  {
    title: 'a command split in two at every byte, with QoS 1, behind the end of another',
    async run(bench) {
      for (let at = 1; at < command(bench, 'cds', { qos: 1, messageId: 1 }).length; at++) {
        const bytes = command(bench, 'cds', { qos: 1, messageId: at });
        // What the kit has to answer would bring an acknowledgement between the two pieces.
        const pingresp = generate({ cmd: 'pingresp' });
        const told = await nextResults(bench, 1, async () => {
          session(bench).write(Buffer.concat([pingresp, bytes.subarray(0, at)]));
          await bench.advance(apartMs);
          session(bench).write(bytes.subarray(at));
        });
        expect(told).toMatchObject([{ ok: true, command: 'cds' }]);
      }
    },
  },
  {
    title: 'everything in single bytes, from CONNACK on',
    async run(bench) {
      bench.port.trickleMs = 15;
      await comesBack(bench, () => bench.drop(), /closed by the broker/);
      for (const payload of ['LED/ON', 'cds', 'led']) {
        const act = (): Promise<void> => bench.publish(topicOf(bench), payload);
        expect(await nextResults(bench, 1, act, 10_000)).toMatchObject([{ ok: true, command: payload }]);
      }
      bench.port.trickleMs = 0;
    },
  },
];

const bursts: Hostility[] = [2, 50, 500].map((count) => ({
  title: `${count} commands in one segment`,
  async run(bench) {
    const packets = Array.from({ length: count }, (_, i) => command(bench, i % 2 ? 'cds' : 'LED/ON'));
    // A burst may be shed but for some.
    const told = await nextResults(bench, count < 8 ? count : 1, () =>
      session(bench).write(Buffer.concat(packets)),
    );
    expect(told.length).toBeGreaterThan(0);
  },
}));

const sizes: Hostility[] = [127, 128, 1000, 4000, 16_384].map((size) => ({
  title: `a payload of ${size.toLocaleString('en')} bytes, and a command right behind it`,
  async run(bench) {
    const large = command(bench, 'x'.repeat(size));
    const act = (): void => session(bench).write(Buffer.concat([large, command(bench, 'LED/ON')]));
    const told = await nextResults(bench, 2, act, 10_000);
    const error = size > 256 ? 'longer than 256 bytes' : 'not understood';
    expect(told).toMatchObject([
      { ok: false, error },
      { ok: true, command: 'LED/ON' },
    ]);
  },
}));

/** Bytes that no broker may send: the kit ends the session. */
const malformed: [what: string, bytes: (bench: EngineBench) => Uint8Array][] = [
  ['a remaining length of ff ff ff ff, and more', () => Buffer.from('30ffffffff7f0000', 'hex')],
  ['a topic length beyond the packet', () => Buffer.from('3005ffff696f74', 'hex')],
  ['a topic length one byte beyond the packet', () => Buffer.from('30050004696f74', 'hex')],
  ['a PUBLISH of no bytes', () => Buffer.from('3000', 'hex')],
  ['a command with QoS 2', (bench) => command(bench, 'LED/ON', { qos: 2, messageId: 7 })],
  ['a command with QoS 3', () => Buffer.from('360900056a6f742f32000141', 'hex')],
  ['a packet of the reserved type 15', () => Buffer.from('f000', 'hex')],
  ['a packet that only a client may send', () => Buffer.from('c000', 'hex')],
  ['a second CONNACK that is too long', () => Buffer.from('2003000000', 'hex')],
];

const garbage: Hostility[] = [
  ...malformed.map(([what, bytes]) => ({
    title: what,
    run: (bench: EngineBench) =>
      comesBack(bench, () => session(bench).write(bytes(bench)), /malformed packet from the broker/),
  })),
  {
    title: 'a remaining length of ff ff ff ff, and silence',
    async run(bench) {
      const greetings = on(bench, '').length;
      session(bench).write(Buffer.from('30ffffffff', 'hex'));
      bench.broker.faults.ignorePings = true;
      await bench.until('it to be missed', () => /fell silent/.test(bench.console.join('\n')), 60_000);
      bench.broker.faults.ignorePings = false;
      await untilOnline(bench, greetings);
    },
  },
];

const identifiers: Hostility[] = [
  {
    title: 'commands with QoS 1 and packet identifiers from 1 to 65,535',
    async run(bench) {
      for (const messageId of [1, 2, 127, 128, 255, 256, 32_767, 32_768, 65_534, 65_535]) {
        const acknowledged = (): number[] =>
          bench.packets.flatMap(({ packet }) => (packet.cmd === 'puback' ? [packet.messageId ?? 0] : []));
        const before = acknowledged().length;
        await nextResults(bench, 1, () => session(bench).write(command(bench, 'led', { qos: 1, messageId })));
        expect(acknowledged().slice(before)).toEqual([messageId]);
      }
    },
  },
  {
    title: 'messages on topics that are not its own',
    async run(bench) {
      const { kit } = bench.settings;
      const before = results(bench).length;
      for (const topic of [
        'x',
        'iot',
        `iot/${kit}0`,
        `iot/${kit + 1}`,
        `iot/${kit}/state`,
        '$SYS/broker',
        'y'.repeat(300),
      ])
        session(bench).write(command(bench, 'USBLED/ON', { topic }));
      await bench.advance(promptMs);
      expect(
        results(bench)
          .slice(before)
          .filter(({ ok }) => ok),
      ).toEqual([]);
    },
  },
];

const answers: Hostility[] = [
  {
    title: 'CONNACK never',
    run: (bench) =>
      comesBack(
        bench,
        async () => {
          bench.broker.faults.mute = true;
          bench.drop();
          await bench.until(
            'the kit to give up',
            () => /does not answer CONNECT/.test(bench.console.join('\n')),
            60_000,
          );
          bench.broker.faults.mute = false;
        },
        /the broker does not answer CONNECT/,
      ),
  },
  {
    title: 'CONNACK 20 seconds late',
    async run(bench) {
      const greetings = on(bench, '').length;
      const before = connects(bench);
      bench.broker.faults.answerMs = 20_000;
      bench.drop();
      await bench.until('CONNECT', () => connects(bench) > before, backMs);
      bench.broker.faults.answerMs = 0;
      await untilOnline(bench, greetings);
      expect(connects(bench)).toBe(before + 1);
    },
  },
  ...[/code 1/, /client id refused/, /code 3/, /wrong user name or password/, /not authorised/].map(
    (why, i): Hostility => ({
      title: `CONNACK refused with ${i + 1}`,
      run: (bench) =>
        comesBack(
          bench,
          () => {
            bench.broker.faults.refuse = { code: i + 1, times: 2 };
            bench.drop();
          },
          why,
        ),
    }),
  ),
  {
    title: 'SUBACK 0x80',
    run: (bench) =>
      comesBack(
        bench,
        async () => {
          bench.broker.faults.refuseSubscriptions = true;
          bench.drop();
          await bench.until(
            'the refusal to be told',
            () => /subscription refused/.test(bench.console.join('\n')),
            backMs,
          );
          bench.broker.faults.refuseSubscriptions = false;
        },
        /subscription refused/,
      ),
  },
  {
    title: 'PINGRESP never',
    run: (bench) =>
      comesBack(
        bench,
        async () => {
          bench.broker.faults.ignorePings = true;
          await bench.until('it to be missed', () => /fell silent/.test(bench.console.join('\n')), 60_000);
          bench.broker.faults.ignorePings = false;
        },
        /the broker fell silent/,
      ),
  },
];

const outages: Hostility[] = [
  ...(['end', 'reset'] as const).map((how): Hostility => ({
    title: how === 'end' ? 'FIN' : 'RST',
    run: (bench) => comesBack(bench, () => session(bench).drop(how), /closed by the broker/),
  })),
  {
    title: 'five drops in a row',
    async run(bench) {
      for (let i = 0; i < 5; i++) await comesBack(bench, () => bench.drop(), /closed by the broker/);
    },
  },
  {
    title: 'the session ended right after CONNACK, three times',
    run: (bench) =>
      comesBack(
        bench,
        () => {
          bench.broker.faults.dropAfterConnack = 3;
          bench.drop();
        },
        /another client uses the same client id/,
        // Whoever fights over an identifier waits for a minute more each time.
        2 * backMs,
      ),
  },
  {
    title: 'the broker away for a minute',
    run: (bench) =>
      comesBack(
        bench,
        async () => {
          bench.broker.stop('reset');
          await bench.advance(60_000);
          bench.broker.start();
        },
        /no connection to the broker/,
      ),
  },
  {
    title: 'the power of the broker cut for a minute',
    run: (bench) =>
      comesBack(
        bench,
        async () => {
          bench.broker.stop('forget');
          await bench.advance(60_000);
          bench.broker.start();
        },
        /link: /,
      ),
  },
];

export const hostilities: { title: string; cases: Hostility[] }[] = [
  { title: 'pieces', cases: splits },
  { title: 'bursts', cases: bursts },
  { title: 'payloads', cases: sizes },
  { title: 'garbage', cases: garbage },
  { title: 'identifiers and topics', cases: identifiers },
  { title: 'answers that are missing, late or refusals', cases: answers },
  { title: 'outages', cases: outages },
];
