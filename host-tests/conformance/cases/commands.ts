import { expect } from 'vitest';
import type { Bench, Case } from '../../support/kit-bench';
import {
  ask,
  darkness,
  light,
  lightings,
  on,
  promptMs,
  readingMs,
  state,
  tell,
  texts,
  topicOf,
  untilLit,
} from '../verbs';

const expected =
  '["led","LED/ON","LED/OFF","USBLED","USBLED/ON","USBLED/OFF","dht22","dht22_t","dht22_h","cds"]';

/** Asks for a reading and gives back the reply and the result, in this order. */
async function reading(bench: Bench, command: string): Promise<[string, string]> {
  const before = on(bench, command).length;
  const result = await ask(bench, command, { withinMs: readingMs });
  const replies = on(bench, command);
  expect(replies).toHaveLength(before + 1);
  expect(bench.messages.indexOf(replies.at(-1)!)).toBeLessThan(
    bench.messages.indexOf(on(bench, 'result').at(-1)!),
  );
  return [replies.at(-1)!.text, result];
}

/** What asking for a reading brings: the reply as it always was. */
const replies: [command: string, reply: string][] = [
  ['dht22', 'Temperature is 25.50, and Humidity is 40.20'],
  ['dht22_t', 'Temperature is 25.50'],
  ['dht22_h', 'Humidity is 40.20'],
];

/** Numbers that a careless formatting gets wrong. */
const numbers: [temperatureC: number, humidityPct: number, reply: string][] = [
  [0, 0.1, 'Temperature is 0.00, and Humidity is 0.10'],
  [-0.1, 100, 'Temperature is -0.10, and Humidity is 100.00'],
  [-40, 99.9, 'Temperature is -40.00, and Humidity is 99.90'],
  [9.9, 7, 'Temperature is 9.90, and Humidity is 7.00'],
  [80, 55.5, 'Temperature is 80.00, and Humidity is 55.50'],
];

export const readingCases: Case[] = [
  ...replies.map(([command, reply]): Case => ({
    title: `${command}: "${reply}", then the result`,
    main: true,
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2 } },
    async run(bench) {
      expect(await reading(bench, command)).toEqual([reply, `{"ok":true,"command":"${command}"}`]);
    },
  })),
  ...numbers.map(([temperatureC, humidityPct, reply]): Case => ({
    title: `dht22 at ${temperatureC} °C and ${humidityPct} %: "${reply}"`,
    given: { climate: { temperatureC, humidityPct } },
    async run(bench) {
      expect((await reading(bench, 'dht22'))[0]).toBe(reply);
    },
  })),
  ...replies.map(([command, reply]): Case => ({
    title: `${command} without an answer from the sensor reads nan, and the result says why`,
    main: true,
    given: { climate: { temperatureC: 25.5, humidityPct: 40.2, silent: true } },
    async run(bench) {
      expect(await reading(bench, command)).toEqual([
        reply.replaceAll(/\d+\.\d+/g, 'nan'),
        `{"ok":false,"command":"${command}","error":"DHT22 did not answer"}`,
      ]);
    },
  })),
  {
    title: 'cds beyond the range of the converter: "Light intensity is 1023", and that is bright',
    given: { light: 1024 },
    async run(bench) {
      await ask(bench, 'cds');
      expect(texts(bench, 'cds')).toEqual(['Light intensity is 1023']);
      expect(state(bench)['dark']).toBe(false);
    },
  },
  ...[0, 1, 255, 256, 511, 512, 513, 1022, 1023].map((level): Case => ({
    title: `cds at ${level}: "Light intensity is ${level}"`,
    given: { light: level },
    async run(bench) {
      const result = await ask(bench, 'cds');
      expect(result).toBe('{"ok":true,"command":"cds"}');
      expect(texts(bench, 'cds')).toEqual([`Light intensity is ${level}`]);
    },
  })),
];

/** Payloads that are nearly a command. */
const nearly = [
  'USBLED/BLUE',
  'usbled/on',
  'USBLED/ON ',
  ' USBLED/ON',
  'USBLED/ON\n',
  'USBLED/ON\0',
  'LED',
  'Led',
  'led/on',
  'DHT22',
  'dht22_',
  'dht22_x',
  'cds ',
  'on',
  'ON',
  'toggle',
  'true',
  '1',
  '{}',
  'constructor',
  '__proto__',
];

export const refusalCases: Case[] = [
  {
    title: 'a payload that is not understood changes nothing; the answer says what would be',
    main: true,
    async run(bench) {
      const states = texts(bench, 'state').length;
      for (const payload of nearly) {
        const answer = await ask(bench, payload);
        const echoed = JSON.stringify(payload).slice(1, -1).replace('\\n', '\\u000a');
        expect(answer).toBe(
          `{"ok":false,"command":"${echoed}","error":"not understood","expected":${expected}}`,
        );
      }
      expect(texts(bench, 'state')).toHaveLength(states);
      expect(lightings(bench)).toEqual([]);
      expect(lightings(bench, bench.led)).toEqual([]);
    },
  },
  {
    title: 'an empty payload is silence, retained or not',
    main: true,
    async run(bench) {
      await tell(bench, '');
      await bench.publish(topicOf(bench), '', { retain: true });
      await bench.publish(topicOf(bench, 'lamp/set'), '');
      await bench.advance(promptMs);
      await ask(bench, 'cds');
      expect(texts(bench, 'result')).toEqual(['{"ok":true,"command":"cds"}']);
    },
  },
  {
    title: 'quotes and backslashes are escaped in the echo, control bytes written as \\u00XX',
    main: true,
    async run(bench) {
      const answer = await ask(bench, 'a"b\\c\u0001\t\u001f\u007fd');
      expect(answer).toContain('"command":"a\\"b\\\\c\\u0001\\u0009\\u001f\\u007fd"');
      expect(JSON.parse(answer)).toMatchObject({ ok: false, command: 'a"b\\c\u0001\t\u001f\u007fd' });
    },
  },
  {
    title: 'UTF-8 comes back as it was, and is not cut in the middle of a character',
    main: true,
    async run(bench) {
      expect(JSON.parse(await ask(bench, '불 켜'))).toMatchObject({ command: '불 켜' });
      const long = '가나다라마바사아자차카타파하';
      expect(JSON.parse(await ask(bench, long))).toMatchObject({ command: '가나다라마바사아자차' });
      const four = `x${'💡'.repeat(9)}`;
      expect(JSON.parse(await ask(bench, four))).toMatchObject({ command: `x${'💡'.repeat(7)}` });
    },
  },
  {
    title: 'at most 32 bytes of what was not understood are echoed',
    main: true,
    async run(bench) {
      expect(JSON.parse(await ask(bench, 'x'.repeat(32)))).toMatchObject({ command: 'x'.repeat(32) });
      expect(JSON.parse(await ask(bench, 'y'.repeat(33)))).toMatchObject({ command: 'y'.repeat(32) });
    },
  },
  {
    title: 'every byte value in a payload is survived and answered',
    main: true,
    async run(bench) {
      for (let first = 0; first < 256; first += 32) {
        const before = on(bench, 'result').length;
        await ask(
          bench,
          Uint8Array.from({ length: 32 }, (_, i) => first + i),
        );
        const { bytes } = on(bench, 'result')[before]!;
        expect(bytes.startsWith('{"ok":false,"command":"')).toBe(true);
        // Nothing that JSON forbids inside a string stands there as it is.
        expect([...bytes].every((byte) => byte >= ' ')).toBe(true);
      }
      expect(await ask(bench, 'cds')).toBe('{"ok":true,"command":"cds"}');
    },
  },
  {
    title: 'a payload of 256 bytes is looked at, one of 257 is refused',
    main: true,
    async run(bench) {
      expect(JSON.parse(await ask(bench, 'z'.repeat(256)))).toMatchObject({ error: 'not understood' });
      expect(JSON.parse(await ask(bench, 'z'.repeat(257)))).toMatchObject({
        ok: false,
        error: 'longer than 256 bytes',
      });
      expect(JSON.parse(await ask(bench, 'on'.padEnd(257), { rest: 'lamp/set' }))).toMatchObject({
        ok: false,
        error: 'longer than 256 bytes',
      });
      expect(bench.lamp.lit).toBe(false);
    },
  },
  {
    title: 'a payload of one megabyte is refused, and the next command is obeyed',
    main: true,
    async run(bench) {
      const answer = await ask(bench, 'USBLED/ON'.padEnd(1_048_576), { withinMs: 60_000 });
      expect(JSON.parse(answer)).toMatchObject({ ok: false, error: 'longer than 256 bytes' });
      expect(bench.lamp.lit).toBe(false);
      // Refused as soon as its length is known: the rest of it has to pass first.
      const withinMs = promptMs + 60 * bench.slackMs;
      expect(JSON.parse(await ask(bench, 'USBLED/ON', { withinMs }))).toMatchObject({ ok: true, lamp: 'ON' });
    },
  },
];

export const setTopicCases: Case[] = [
  {
    title: 'lamp/set takes on, off and toggle, in any case',
    main: true,
    async run(bench) {
      const words = ['on', 'OFF', 'Toggle', 'oFf', 'ON', 'tOGGLE', 'toggle', 'off', 'On', 'TOGGLE'];
      let lit = false;
      for (const word of words) {
        lit = word.toLowerCase() === 'toggle' ? !lit : word.toLowerCase() === 'on';
        expect(JSON.parse(await ask(bench, word, { rest: 'lamp/set' }))).toMatchObject({
          ok: true,
          command: `lamp/set ${word}`,
          lamp: lit ? 'ON' : 'OFF',
        });
        expect(bench.lamp.lit).toBe(lit);
      }
    },
  },
  {
    title: 'led/set takes on, off and toggle, in any case',
    main: true,
    async run(bench) {
      for (const [word, lit] of [
        ['on', true],
        ['Toggle', false],
        ['TOGGLE', true],
        ['Off', false],
      ] as const) {
        expect(await ask(bench, word, { rest: 'led/set' })).toBe(
          `{"ok":true,"command":"led/set ${word}","led":"${lit ? 'ON' : 'OFF'}"}`,
        );
        expect(bench.led.lit).toBe(lit);
      }
    },
  },
  {
    title: 'a word that a set topic does not know is refused with the words that it knows',
    main: true,
    async run(bench) {
      for (const word of ['blue', 'USBLED/ON', 'on ', '1']) {
        expect(await ask(bench, word, { rest: 'lamp/set' })).toBe(
          `{"ok":false,"command":"lamp/set ${word}","error":"not understood","expected":["on","off","toggle"]}`,
        );
      }
      expect(bench.lamp.lit).toBe(false);
    },
  },
  {
    title: 'a set topic that does not exist is refused with those that do',
    main: true,
    async run(bench) {
      expect(await ask(bench, 'on', { rest: 'fan/set' })).toBe(
        '{"ok":false,"command":"fan/set on","error":"not understood","expected":["lamp/set","led/set"]}',
      );
    },
  },
  {
    title: 'a set topic of more than 64 bytes is refused like any other, and the next command is obeyed',
    main: true,
    async run(bench) {
      const rest = `${'x'.repeat(100)}/set`;
      for (const qos of [0, 1] as const) {
        const before = on(bench, 'result').length;
        await bench.publish(topicOf(bench, rest), 'on', { qos });
        await bench.until('an answer', () => on(bench, 'result').length > before, promptMs + bench.slackMs);
        expect(JSON.parse(on(bench, 'result')[before]!.text)).toMatchObject({ ok: false });
      }
      expect(JSON.parse(await ask(bench, 'USBLED/ON'))).toMatchObject({ lamp: 'ON' });
    },
  },
];

export const resultCases: Case[] = [
  {
    title: 'the result of a lamp command, byte for byte',
    main: true,
    async run(bench) {
      const remaining = Math.ceil(bench.settings.lamp.holdMs / 1000);
      expect(await ask(bench, 'USBLED/ON')).toBe(
        `{"ok":true,"command":"USBLED/ON","lamp":"ON","cause":"command","remaining":${remaining}}`,
      );
      expect(await ask(bench, 'USBLED/OFF')).toBe(
        '{"ok":true,"command":"USBLED/OFF","lamp":"OFF","cause":"command","remaining":0}',
      );
    },
  },
  {
    title: 'a result is published with QoS 1, everything else with QoS 0',
    main: true,
    async run(bench) {
      await ask(bench, 'cds');
      await ask(bench, 'LED/ON');
      await bench.until('telemetry', () => on(bench, 'telemetry').length > 0, bench.settings.telemetryMs);
      for (const { topic, qos } of bench.messages) {
        // Its own commands come back to this client, too.
        if (topic !== topicOf(bench))
          expect([topic, qos]).toEqual([topic, topic === topicOf(bench, 'result') ? 1 : 0]);
      }
    },
  },
  {
    title: 'a burst of commands is answered one by one, in order',
    main: true,
    async run(bench) {
      const burst = ['LED/ON', 'USBLED/ON', 'cds', 'LED/OFF', 'USBLED/OFF'];
      await Promise.all(burst.map((payload) => tell(bench, payload)));
      await bench.until(
        'all answers',
        () => on(bench, 'result').length === burst.length,
        promptMs + bench.slackMs,
      );
      expect(texts(bench, 'result').map((text) => (JSON.parse(text) as { command: string }).command)).toEqual(
        burst,
      );
      await bench.until(
        'the last state',
        () => state(bench).lamp === 'OFF' && state(bench).led === 'OFF',
        promptMs + bench.slackMs,
      );
    },
  },
  {
    title: 'a command with QoS 1 is obeyed and answered',
    main: true,
    async run(bench) {
      await bench.publish(topicOf(bench), 'USBLED/ON', { qos: 1 });
      await untilLit(bench);
      await bench.until('an answer', () => on(bench, 'result').length === 1, promptMs + bench.slackMs);
    },
  },
  {
    title: 'a command published live with the retain flag is obeyed, and what is kept of it is refused later',
    main: true,
    async run(bench) {
      await bench.publish(topicOf(bench), 'USBLED/ON', { retain: true });
      await untilLit(bench);
      await bench.until('an answer', () => on(bench, 'result').length === 1, promptMs + bench.slackMs);
      const before = 1;
      bench.reset();
      await bench.until('the answer to what was kept', () => on(bench, 'result').length > before, 30_000);
      expect(JSON.parse(on(bench, 'result')[before]!.text)).toEqual({
        ok: false,
        command: 'USBLED/ON',
        error: 'a retained command is not obeyed: publish without the retain flag',
      });
      await bench.advance(2000);
      expect(lightings(bench)).toHaveLength(1);
      await bench.publish(topicOf(bench), '', { retain: true });
    },
  },
  {
    title: 'the greeting that comes back to the kit is no command',
    main: true,
    async run(bench) {
      const greeting = texts(bench, '')[0]!;
      await tell(bench, greeting);
      await bench.advance(promptMs);
      await ask(bench, 'cds');
      expect(texts(bench, 'result')).toEqual(['{"ok":true,"command":"cds"}']);
    },
  },
  {
    title: 'the greeting of another kit is not understood',
    main: true,
    async run(bench) {
      const other = texts(bench, '')[0]!.replace(/\d+$/, '9998');
      expect(JSON.parse(await ask(bench, other))).toMatchObject({ ok: false, error: 'not understood' });
    },
  },
  {
    title: 'a change of the light is told in the state as soon as it counts',
    main: true,
    async run(bench) {
      await light(bench, darkness);
      await bench.until('the state to say so', () => state(bench).dark === true, promptMs + bench.slackMs);
      expect(state(bench)).toMatchObject({ lamp: 'ON', cause: 'dusk', dark: true });
    },
  },
];
