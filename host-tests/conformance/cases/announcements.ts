import { expect } from 'vitest';
import { version } from '../../../shared/version';
import type { Bench, Case, Message } from '../../support/kit-bench';
import { ask, on, readingMs, state, tell, texts, topicOf, untilLit } from '../verbs';

/** Longest time from power-on until the kit is online. */
const startMs = 30_000;
/** Longest time from the access point's return until the kit is online: the longest pause, WiFi, MQTT. */
const backMs = 90_000;
/** An access point that falls silent is missed after this time; what is sent until then may get lost. */
const missedMs = 10_000;

async function nextOn(bench: Bench, rest: string, withinMs: number): Promise<Message> {
  const before = on(bench, rest).length;
  await bench.until(`a message on ${topicOf(bench, rest)}`, () => on(bench, rest).length > before, withinMs);
  return on(bench, rest)[before]!;
}

/** Takes the access point away for so long; gives back what the kit publishes from its next greeting on. */
async function comeBack(bench: Bench, awayMs: number): Promise<() => Message[]> {
  const greetings = on(bench, '').length;
  bench.setWifi(false);
  await bench.advance(awayMs);
  bench.setWifi(true);
  await bench.until('the kit to be back', () => on(bench, '').length > greetings, backMs);
  const start = bench.messages.indexOf(on(bench, '')[greetings]!);
  return () => bench.messages.slice(start);
}

function telemetries(messages: readonly Message[]): Record<string, number>[] {
  return messages
    .filter(({ topic }) => topic.endsWith('/telemetry'))
    .map(({ text }) => JSON.parse(text) as Record<string, number>);
}

export const announcementCases: Case[] = [
  {
    title: 'on connect the kit greets, is online, and tells its state',
    main: true,
    async run(bench) {
      const { kit } = bench.settings;
      expect(texts(bench, '')).toEqual([`Connection has established with nodeMCU_Kit Number ${kit}`]);
      expect(texts(bench, 'status')).toEqual(['online']);
      expect(texts(bench, 'state')).toHaveLength(1);
    },
  },
  {
    title: 'the state has exactly these keys',
    main: true,
    async run(bench) {
      const { kit, board } = bench.settings;
      expect(kit).toBeGreaterThan(0);
      const { ip, mac, ...rest } = state(bench);
      expect(rest).toEqual({
        lamp: 'OFF',
        cause: 'boot',
        remaining: 0,
        led: 'OFF',
        dark: false,
        board,
        version,
      });
      expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(ip).not.toBe('0.0.0.0');
      expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    },
  },
  {
    title: 'status and state are retained, nothing else is',
    main: true,
    async run(bench) {
      await ask(bench, 'USBLED/ON');
      await ask(bench, 'dht22', { withinMs: readingMs });
      await ask(bench, 'cds');
      await nextOn(bench, 'telemetry', bench.settings.telemetryMs + readingMs);
      const retained: Record<string, string | undefined> = {};
      for (const topic of new Set(bench.messages.map((message) => message.topic))) {
        retained[topic] = await bench.retained(topic);
      }
      expect(Object.keys(retained).filter((topic) => retained[topic] !== undefined)).toEqual([
        topicOf(bench, 'status'),
        topicOf(bench, 'state'),
      ]);
      expect(retained[topicOf(bench, 'status')]).toBe('online');
      expect(retained[topicOf(bench, 'state')]).toBe(texts(bench, 'state').at(-1));
    },
  },
  {
    title: 'when the kit falls silent its last will says offline, retained',
    async run(bench) {
      bench.setWifi(false);
      // [MQTT-3.1.2-24] the broker waits one and a half keep-alive periods.
      await bench.until('the last will', () => texts(bench, 'status').at(-1) === 'offline', 46_000);
      expect(await bench.retained(topicOf(bench, 'status'))).toBe('offline');
    },
  },
  {
    title: 'a kit that comes back greets, is online, and tells its state and why it was away',
    main: true,
    async run(bench) {
      await ask(bench, 'LED/ON');
      await bench.advance(1000);
      const since = await comeBack(bench, missedMs);
      await bench.until('the reason', () => texts(bench, 'result').length > 1, 1000);
      expect(since()[0]!.text).toBe(texts(bench, '')[0]);
      await bench.until('online', () => texts(bench, 'status').at(-1) === 'online', 1000);
      const states = since().filter(({ topic }) => topic === topicOf(bench, 'state'));
      expect(JSON.parse(states[0]!.text)).toMatchObject({ led: 'ON' });
      const told = JSON.parse(texts(bench, 'result')[1]!) as { offlineS: number };
      expect(told).toMatchObject({
        ok: true,
        event: 'reconnected',
        reason: expect.stringMatching(/\S/) as string,
      });
      expect(told.offlineS).toBeGreaterThan(0);
    },
  },
];

export const telemetryCases: Case[] = [
  {
    title: 'message, byte for byte, with its tabs and blanks',
    main: true,
    given: { light: 512, climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      const message = await nextOn(bench, 'message', bench.settings.telemetryMs + readingMs);
      expect(message.bytes).toBe('Light intensity: 512\t Temperature: 25.50\tHumidity: 40.20');
    },
  },
  {
    title: 'message reads nan where the sensor is silent',
    given: { light: 7, climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      const message = await nextOn(bench, 'message', bench.settings.telemetryMs + readingMs);
      expect(message.bytes).toBe('Light intensity: 7\t Temperature: nan\tHumidity: nan');
    },
  },
  {
    title: 'message and telemetry come once in each period',
    async run(bench) {
      const { telemetryMs } = bench.settings;
      await bench.until('seven of each', () => on(bench, 'telemetry').length > 6, 8 * telemetryMs);
      expect(on(bench, 'message')).toHaveLength(on(bench, 'telemetry').length);
      for (const rest of ['message', 'telemetry']) {
        const times = on(bench, rest).map(({ atMs }) => atMs);
        // The first come as soon as the sensor may be read, until the period has caught up.
        for (let i = 4; i < times.length; i++) {
          expect(Math.abs(times[i]! - times[i - 1]! - telemetryMs)).toBeLessThan(300 + bench.slackMs);
        }
      }
    },
  },
  {
    title: 'telemetry has exactly these keys',
    main: true,
    given: { light: 512, climate: { temperatureC: -5.5, humidityPct: 40.2 } },
    async run(bench) {
      const { text } = await nextOn(bench, 'telemetry', bench.settings.telemetryMs + readingMs);
      const telemetry = JSON.parse(text) as Record<string, number>;
      expect(Object.keys(telemetry).sort()).toEqual(
        [
          'temperatureC',
          'humidityPct',
          'light',
          'rssiDbm',
          'uptimeS',
          'freeVars',
          'reconnects',
          'boot',
          'seq',
        ].sort(),
      );
      expect(telemetry).toMatchObject({
        temperatureC: -5.5,
        humidityPct: 40.2,
        light: 512,
        reconnects: 0,
        boot: 1,
      });
      expect(telemetry.rssiDbm).toBeLessThan(0);
      expect(telemetry.freeVars).toBeGreaterThan(0);
      expect(Number.isInteger(telemetry.uptimeS)).toBe(true);
    },
  },
  {
    title: 'a value that could not be read is left out of telemetry',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      const { text } = await nextOn(bench, 'telemetry', bench.settings.telemetryMs + readingMs);
      expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(
        ['light', 'rssiDbm', 'uptimeS', 'freeVars', 'reconnects', 'boot', 'seq'].sort(),
      );
    },
  },
  {
    title: 'seq counts up by one, uptimeS by the period, and boot at each reset',
    main: true,
    async run(bench) {
      const { telemetryMs } = bench.settings;
      const all = () => telemetries(bench.messages);
      await bench.until('four telemetries', () => all().length > 3, 5 * telemetryMs);
      const told = all();
      expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => told[0]!.seq! + i));
      // The first comes as soon as it can.
      expect(Math.abs(told[3]!.uptimeS! - told[1]!.uptimeS! - (2 * telemetryMs) / 1000)).toBeLessThanOrEqual(
        1,
      );
      bench.reset();
      await bench.until(
        'telemetry after the reset',
        () => all().length > told.length,
        startMs + 2 * telemetryMs,
      );
      const again = all()[told.length]!;
      expect(again).toMatchObject({ boot: told[0]!.boot! + 1, reconnects: 0 });
      expect(again.seq).toBeLessThan(told[3]!.seq!);
    },
  },
  {
    title: 'what was queued while offline carries ageMs, what is new does not',
    async run(bench) {
      const { telemetryMs } = bench.settings;
      const since = await comeBack(bench, missedMs + 3 * telemetryMs);
      const all = () => telemetries(since());
      await bench.until(
        'one that is new',
        () => all().length > 0 && all().at(-1)!.ageMs === undefined,
        3 * telemetryMs,
      );
      const queued = all().slice(0, -1);
      expect(queued.length).toBeGreaterThan(1);
      expect(all().map(({ seq }) => seq)).toEqual(all().map((_, i) => queued[0]!.seq! + i));
      const ages = queued.map(({ ageMs }) => ageMs!);
      for (let i = 1; i < ages.length; i++) {
        expect(Math.abs(ages[i - 1]! - ages[i]! - telemetryMs)).toBeLessThan(300 + bench.slackMs);
      }
      expect(ages.at(-1)).toBeGreaterThan(0);
    },
  },
  {
    title: 'the queue of an offline kit is bounded, keeps the newest, and tells how many were dropped',
    async run(bench) {
      const { telemetryMs } = bench.settings;
      const before = telemetries(bench.messages).at(-1)!.seq!;
      const since = await comeBack(bench, missedMs + 12 * telemetryMs);
      const all = () => telemetries(since());
      await bench.until(
        'one that is new',
        () => all().length > 0 && all().at(-1)!.ageMs === undefined,
        3 * telemetryMs,
      );
      const told = since()
        .filter(({ topic }) => topic === topicOf(bench, 'result'))
        .map(({ text }) => (JSON.parse(text) as { dropped?: number }).dropped ?? 0);
      const dropped = told.reduce((sum, count) => sum + count, 0);
      const queued = all().slice(0, -1);
      expect(queued.length).toBeGreaterThan(3);
      expect(queued.length).toBeLessThanOrEqual(8);
      expect(all().map(({ seq }) => seq)).toEqual(all().map((_, i) => queued[0]!.seq! + i));
      // All are accounted for, but for those that TCP took and could not deliver.
      const lost = queued[0]!.seq! - before - 1 - dropped;
      expect(dropped).toBeGreaterThan(0);
      expect(lost).toBeGreaterThanOrEqual(0);
      expect(lost).toBeLessThanOrEqual(Math.ceil(missedMs / telemetryMs));
    },
  },
  {
    title: 'reconnects counts the sessions that were lost',
    async run(bench) {
      const since = await comeBack(bench, missedMs);
      const fresh = () => telemetries(since()).filter(({ ageMs }) => ageMs === undefined);
      await bench.until('telemetry', () => fresh().length > 0, 2 * bench.settings.telemetryMs + readingMs);
      expect(fresh()[0]).toMatchObject({ reconnects: 1 });
    },
  },
];

export const sensorCases: Case[] = [
  {
    title: 'several requests while a reading is under way share it, and each is answered',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      await untilYoungReadingIsOld(bench);
      const before = bench.readings.length;
      const asked = ['dht22', 'dht22_h', 'dht22_t', 'dht22'];
      await Promise.all(asked.map((payload) => tell(bench, payload)));
      await bench.until(
        'all answers',
        () => on(bench, 'result').length === asked.length,
        readingMs + bench.slackMs,
      );
      expect(bench.readings).toHaveLength(before + 1);
      expect(texts(bench, 'dht22')).toHaveLength(2);
      expect(texts(bench, 'dht22_t')).toHaveLength(1);
      expect(texts(bench, 'dht22_h')).toHaveLength(1);
    },
  },
  {
    title: 'a reading younger than two seconds answers at once, an older one is replaced first',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      await untilYoungReadingIsOld(bench);
      await ask(bench, 'dht22', { withinMs: readingMs });
      const before = bench.readings.length;
      bench.setClimate({ temperatureC: 30, humidityPct: 50 });
      await ask(bench, 'dht22_t');
      expect(bench.readings).toHaveLength(before);
      expect(texts(bench, 'dht22_t')).toEqual(['Temperature is 25.50']);
      await bench.advance(2100);
      await ask(bench, 'dht22_t', { withinMs: readingMs });
      expect(bench.readings.length).toBeGreaterThan(before);
      expect(texts(bench, 'dht22_t').at(-1)).toBe('Temperature is 30.00');
    },
  },
  {
    title: 'at least two seconds lie between two readings, however often one is asked for',
    async run(bench) {
      for (let i = 0; i < 60; i++) {
        await tell(bench, i % 2 ? 'dht22_h' : 'dht22_t');
        await bench.advance(150);
      }
      expectPauses(bench);
      expect(bench.readings.length).toBeGreaterThan(4);
    },
  },
  {
    title: 'at least two seconds lie between two readings of a sensor that does not answer',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      for (let i = 0; i < 60; i++) {
        await tell(bench, 'dht22');
        await bench.advance(150);
      }
      expectPauses(bench);
      expect(bench.readings.length).toBeGreaterThan(4);
    },
  },
  {
    title: 'the sensor is read once in each period when nobody asks',
    async run(bench) {
      const before = bench.readings.length;
      await bench.advance(5 * bench.settings.telemetryMs);
      expect(Math.abs(bench.readings.length - before - 5)).toBeLessThanOrEqual(1);
    },
  },
  {
    title: 'of more requests than can wait for one reading, each is answered, refused or counted as dropped',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      await untilYoungReadingIsOld(bench);
      const asked = 40;
      await Promise.all(Array.from({ length: asked }, () => tell(bench, 'dht22')));
      await bench.advance(readingMs + bench.slackMs);
      const told = texts(bench, 'result').map(
        (text) => JSON.parse(text) as { error?: string; dropped?: number },
      );
      const dropped = told.reduce((sum, result) => sum + (result.dropped ?? 0), 0);
      const results = told.filter((result) => result.dropped === undefined);
      expect(results.length + dropped).toBeGreaterThanOrEqual(asked);
      expect(results.some(({ error }) => error === 'too many requests at once')).toBe(true);
      expect(texts(bench, 'dht22').length).toBeGreaterThanOrEqual(8);
      expect(await ask(bench, 'cds')).toBe('{"ok":true,"command":"cds"}');
    },
  },
  {
    title: 'a sensor that comes back is believed again',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      await ask(bench, 'dht22', { withinMs: readingMs });
      bench.setClimate({ temperatureC: 21, humidityPct: 60 });
      await ask(bench, 'dht22', { withinMs: readingMs });
      expect(texts(bench, 'dht22')).toEqual([
        'Temperature is nan, and Humidity is nan',
        'Temperature is 21.00, and Humidity is 60.00',
      ]);
    },
  },
  {
    title: 'with a sensor that does not answer, the lamp and all else work',
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      await ask(bench, 'USBLED/ON');
      await untilLit(bench);
      expect(await ask(bench, 'cds')).toBe('{"ok":true,"command":"cds"}');
      await nextOn(bench, 'telemetry', bench.settings.telemetryMs + readingMs);
    },
  },
];

/** Waits until the last reading is older than two seconds, by little, so that the next one is not due by itself. */
async function untilYoungReadingIsOld(bench: Bench): Promise<void> {
  const ageMs = (): number => bench.now() - bench.readings.at(-1)!;
  while (ageMs() < 2300 || ageMs() > 2600) await bench.advance(50);
}

function expectPauses(bench: Bench): void {
  const pauses = bench.readings.slice(1).map((atMs, i) => atMs - bench.readings[i]!);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000);
}
