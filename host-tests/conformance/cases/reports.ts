import { expect } from 'vitest';
import type { Bench, Case, Given, WireBench } from '../../support/kit-bench';
import type { ReceiverPlace, ReportedBy } from '../../support/receiver';
import { ask, on, texts } from '../verbs';

/** An attempt, from the reading until the server has it. */
const reportMs = 4000;
/** After a failure nothing is tried for so long at least, ms. */
const pauseMs = 5000;

const transports: ReportedBy[] = ['http', 'tcp', 'udp'];

function serverOf(bench: Bench): ReceiverPlace {
  if (bench.server === undefined)
    throw new Error('the case has no server: expected `report` in what is given');
  return bench.server;
}

async function reported(bench: Bench, count: number, periods = count): Promise<void> {
  const { receiver } = serverOf(bench);
  const withinMs = periods * bench.settings.telemetryMs + reportMs + 2 * bench.slackMs;
  await bench.until(`${count} readings`, () => receiver.readings.length >= count, withinMs);
}

function given(by: ReportedBy, more: Omit<NonNullable<Given['report']>, 'by'> = {}): Given {
  return { report: { by, ...more } };
}

/** Every reading since the start, once and in order. */
function expectSequence(bench: Bench): void {
  const { sequence } = serverOf(bench).receiver;
  expect(sequence).toEqual(sequence.map((_, i) => i + 1));
}

export const reportCases: Case[] = [
  ...transports.map((by): Case => ({
    title: `over ${by} a reading goes out as its telemetry, with the sensor's name and the age of it`,
    main: true,
    given: { ...given(by), light: 512, climate: { temperatureC: -3.4, humidityPct: 60.7 } },
    async run(bench) {
      await reported(bench, 2);
      const [reading] = serverOf(bench).receiver.readings.slice(-1);
      const { sensor_id, ageMs, ...rest } = reading!;
      expect(sensor_id).toBe(`kit_${bench.settings.kit}`);
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(1000 + 2 * bench.slackMs);
      await bench.until(
        'its telemetry',
        () => texts(bench, 'telemetry').some((text) => text.includes(`"seq":${rest['seq']}`)),
        1000 + bench.slackMs,
      );
      const telemetry = texts(bench, 'telemetry').find((text) => text.includes(`"seq":${rest['seq']}`))!;
      expect(rest).toEqual(JSON.parse(telemetry));
      expect(rest).toMatchObject({ temperatureC: -3.4, humidityPct: 60.7, light: 512 });
    },
  })),
  ...transports.map((by): Case => ({
    title: `over ${by} each reading comes once and in order`,
    given: given(by),
    async run(bench) {
      await reported(bench, 6);
      expectSequence(bench);
      expect(serverOf(bench).receiver.mostAtOnce).toBe(by === 'udp' ? 0 : 1);
    },
  })),
  {
    title: 'over http each reading is a request with a key, a login and an end',
    main: true,
    given: given('http', { user: 'kits', password: 'pass:word' }),
    async run(bench) {
      await reported(bench, 2);
      const { receiver, settings } = serverOf(bench);
      const { kit } = bench.settings;
      const [{ head, key, readings }] = receiver.batches.slice(-1) as [(typeof receiver.batches)[number]];
      const { boot, seq } = readings[0]!;
      expect(key).toMatch(new RegExp(`^kit_${kit}-${boot}-${seq}-\\d{1,6}$`));
      expect(head[0]).toBe(`POST /api/sensors/kit_${kit}/data HTTP/1.1`);
      expect(head).toContain(`Host: ${settings.host}:${settings.port}`);
      expect(head).toContain(`Authorization: Basic ${Buffer.from('kits:pass:word').toString('base64')}`);
      expect(head).toContain('Content-Type: application/json');
      expect(head).toContain('Connection: close');
      await bench.until('the connection to be closed', () => receiver.connectionCount === 0, reportMs);
    },
  },
  {
    title: 'over tcp all readings go through one connection',
    main: true,
    given: given('tcp'),
    async run(bench) {
      await reported(bench, 4);
      expect(serverOf(bench).receiver.connections).toBe(1);
      expect(serverOf(bench).receiver.connectionCount).toBe(1);
    },
  },
  {
    title: 'in place of MQTT telemetry and message are not published, and commands are answered as ever',
    main: true,
    given: { ...given('http', { mqtt: false }), fromPowerOn: true },
    async run(bench) {
      await bench.until('the kit to be online', () => texts(bench, 'state').length > 0, 30_000);
      await reported(bench, 3, 4);
      expect(on(bench, 'telemetry')).toEqual([]);
      expect(on(bench, 'message')).toEqual([]);
      expect(await ask(bench, 'LED/ON')).toBe('{"ok":true,"command":"LED/ON","led":"ON"}');
      expect(await ask(bench, 'dht22', { withinMs: 2500 })).toBe('{"ok":true,"command":"dht22"}');
    },
  },
  ...(['http', 'tcp'] as const).map((by): Case => ({
    title: `over ${by} what was read while the server was away comes later, in order and as old as it is`,
    given: given(by),
    async run(bench) {
      await reported(bench, 2);
      const { receiver, setUp } = serverOf(bench);
      const { telemetryMs } = bench.settings;
      setUp(false);
      if (by === 'tcp') receiver.faults.dropAnswer = true;
      const before = receiver.batches.length;
      await bench.advance(4 * telemetryMs);
      receiver.faults.dropAnswer = false;
      setUp(true);
      const missing = receiver.sequence.at(-1)! + 3;
      await bench.until(
        'what waited',
        () => Number(receiver.sequence.at(-1)) >= missing,
        // Three failures, and the time in between.
        7 * pauseMs + 2 * reportMs + 2 * telemetryMs,
      );
      const sequence = [...new Set(receiver.sequence)];
      expect(sequence).toEqual(sequence.map((_, i) => i + 1));
      const late = receiver.batches
        .slice(before)
        .filter(({ readings }) => Number(readings[0]!['ageMs']) > 2000);
      expect(late.length).toBeGreaterThan(0);
      for (const { readings, atMs } of late) {
        for (const { seq, ageMs } of readings) {
          const telemetry = on(bench, 'telemetry').find(
            ({ text }) => text.includes(`"seq":${seq},`) || text.includes(`"seq":${seq}}`),
          );
          if (telemetry === undefined || telemetry.text.includes('ageMs')) continue;
          expect(Math.abs(atMs - Number(ageMs) - telemetry.atMs)).toBeLessThan(1000 + bench.slackMs);
        }
      }
    },
  })),
  {
    title: 'over http a batch whose answer was lost is sent again under its key, and counts once',
    given: given('http'),
    async run(bench) {
      await reported(bench, 1, 2);
      const { receiver } = serverOf(bench);
      receiver.faults.dropAnswer = true;
      const before = receiver.batches.length;
      await bench.until(
        'a batch without an answer',
        () => receiver.batches.length > before,
        bench.settings.telemetryMs + reportMs + bench.slackMs,
      );
      receiver.faults.dropAnswer = false;
      const lost = receiver.batches[before]!;
      await bench.until(
        'the same once more',
        () => receiver.batches.length > before + 1,
        pauseMs + reportMs + bench.slackMs,
      );
      const again = receiver.batches[before + 1]!;
      expect(again.key).toBe(lost.key);
      expect(again.readings.map(({ seq }) => seq)).toEqual(lost.readings.map(({ seq }) => seq));
      expect(again.atMs - lost.atMs).toBeGreaterThanOrEqual(pauseMs - bench.slackMs);
      await reported(bench, receiver.readings.length + 2);
      expectSequence(bench);
    },
  },
  ...(['http', 'tcp'] as const).map((by): Case => ({
    title: `over ${by} a reading that is refused for good is dropped, and that is told`,
    given: given(by),
    async run(bench) {
      await reported(bench, 1, 2);
      const { receiver } = serverOf(bench);
      const told = (): string[] => texts(bench, 'result').filter((text) => text.includes('"dropped":1}'));
      receiver.faults.status = 400;
      await bench.until('word of it', () => told().length > 0, 2 * bench.settings.telemetryMs + reportMs);
      receiver.faults.status = 201;
      const before = receiver.readings.length;
      await reported(bench, before + 2, 3);
      expect(told()[0]).toBe('{"ok":false,"error":"messages were dropped","dropped":1}');
      expect(bench.console.some((line) => line.endsWith(' answers 400: readings dropped'))).toBe(true);
    },
  })),
  {
    title: 'over http a server that is busy is asked again later',
    given: given('http'),
    async run(bench) {
      await reported(bench, 1, 2);
      const { receiver } = serverOf(bench);
      receiver.faults.status = 503;
      const line = 'answers 503; next attempt in 5 s';
      await bench.until(
        'word of it',
        () => bench.console.some((text) => text.includes(line)),
        bench.settings.telemetryMs + reportMs,
      );
      receiver.faults.status = 201;
      await reported(bench, receiver.readings.length + 2, 3);
      expectSequence(bench);
    },
  },
  {
    title:
      'over http an answer counts that comes before all was sent, and a connection that nobody closes is closed',
    given: given('http'),
    async run(bench) {
      await reported(bench, 1, 2);
      const { receiver } = serverOf(bench);
      receiver.faults.keepsOpen = true;
      await reported(bench, receiver.readings.length + 2, 3);
      await bench.until('the connection to be closed', () => receiver.connectionCount === 0, reportMs);
      expectSequence(bench);
    },
  },
  ...transports.map((by): Case => ({
    title: `over ${by} a server that takes everything and says nothing holds up neither commands nor telemetry`,
    given: given(by),
    async run(bench) {
      await reported(bench, 1, 2);
      const { receiver } = serverOf(bench);
      receiver.faults.mute = true;
      const { telemetryMs, lamp } = bench.settings;
      for (let i = 0; i < 5; i++) {
        const before = on(bench, 'telemetry').length;
        await ask(bench, 'cds');
        await ask(bench, 'USBLED/ON');
        await bench.until(
          'telemetry',
          () => on(bench, 'telemetry').length > before,
          telemetryMs + 1000 + bench.slackMs,
        );
        await bench.until('the lamp to go off', () => !bench.lamp.lit, lamp.holdMs + bench.slackMs);
      }
    },
  })),
];

export const reportWireCases: Case<WireBench>[] = transports.map((by) => ({
  title: `reports by ${by} go on while there is no session with the broker`,
  given: given(by),
  async run(bench) {
    await reported(bench, 1, 2);
    bench.setGranting(false);
    bench.drop();
    await reported(bench, serverOf(bench).receiver.readings.length + 3, 5);
    expectSequence(bench);
    bench.setGranting(true);
  },
}));
