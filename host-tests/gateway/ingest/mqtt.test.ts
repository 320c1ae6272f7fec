import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bus, BusMessage } from '../../../gateway/bus';
import { MqttIngest, textHeldMs } from '../../../gateway/ingest/mqtt';
import type { Reading } from '../../../gateway/reading';
import { Registry } from '../../../gateway/registry';
import type { LiveEvent } from '../../../shared/live';
import { forSeeds } from '../../support/random';

let nowMs: number;
let events: LiveEvent[];
let readings: Reading[];
let answers: unknown[][];
let bus: Bus;
let registry: Registry;
let mqtt: MqttIngest;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = Date.UTC(2026, 0, 1);
  events = [];
  readings = [];
  answers = [];
  bus = {
    state: 'connected',
    onMessage: () => undefined,
    onState: () => undefined,
    publish: () => true,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  registry = new Registry({ now: () => nowMs });
  registry.onEvent = (event) => events.push(event);
  mqtt = new MqttIngest({
    bus,
    registry,
    ingest: (reading, source) => {
      expect(source).toEqual({ transport: 'mqtt' });
      readings.push(reading);
      registry.take(reading, source);
    },
    commands: {
      takeText: (...text) => answers.push(text),
      takeResult: (...result) => answers.push(result),
    },
    onEvent: (event) => events.push(event),
    now: () => nowMs,
  });
  mqtt.start();
});

afterEach(() => {
  mqtt.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function say(topic: string, payload: string | Uint8Array = '', retained = false): void {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  bus.onMessage({ topic, payload: bytes, retained });
}

const values = () => readings.map((reading) => reading.values);
const message = 'Light intensity: 512\t Temperature: 24.00\tHumidity: 45.00';
const telemetry =
  '{"temperatureC":24.0,"humidityPct":45.0,"light":512,"rssiDbm":-50,"uptimeS":2,"freeVars":1120,"reconnects":0,"boot":1,"seq":1}';
const state =
  '{"lamp":"ON","cause":"command","remaining":10,"led":"OFF","dark":false,"board":"nodemcu","version":"0.1.0","ip":"10.0.0.2","mac":"02:00:00:00:00:02"}';

describe('a kit', () => {
  test('says what it measures', () => {
    say('iot/2/telemetry', telemetry);
    expect(readings).toEqual([
      {
        sensor: 'kit_2',
        atMs: nowMs,
        values: {
          temperature: 24,
          humidity: 45,
          light: 512,
          rssiDbm: -50,
          uptimeS: 2,
          freeVars: 1120,
          reconnects: 0,
          boot: 1,
          seq: 1,
        },
      },
    ]);
  });

  test('says what it measured while it had no connection', () => {
    say('iot/2/telemetry', telemetry.replace('}', ',"ageMs":17464}'));
    expect(readings[0]).toMatchObject({ atMs: nowMs - 17_464 });
    expect(readings[0]!.values).not.toHaveProperty('ageMs');
  });

  test('says how it is', () => {
    say('iot/2/status', 'online');
    say('iot/2/state', state);
    expect(registry.kit(2)).toEqual({
      kit: 2,
      status: 'online',
      lamp: 'ON',
      cause: 'command',
      lampEndsMs: nowMs + 10_000,
      led: 'OFF',
      dark: false,
      board: 'nodemcu',
      version: '0.1.0',
      ip: '10.0.0.2',
      mac: '02:00:00:00:00:02',
      textsOnly: false,
    });
    say('iot/2/status', 'safe-mode');
    expect(registry.kit(2)!.status).toBe('safe-mode');
    say('iot/2/status', 'offline');
    expect(registry.kit(2)!.status).toBe('offline');
  });

  test('has a retained state of which `remaining` is ignored, and a retained status', () => {
    say('iot/2/status', 'offline', true);
    say('iot/2/state', state, true);
    expect(registry.kit(2)).toMatchObject({ status: 'offline', lamp: 'ON' });
    expect(registry.kit(2)).not.toHaveProperty('lampEndsMs');
    expect(registry.view('kit_2')!.seenMs).toBe(0);
  });

  test('has readings and results that mean nothing when retained', () => {
    for (const [topic, payload] of [
      ['telemetry', telemetry],
      ['message', message],
      ['cds', 'Light intensity is 512'],
      ['result', '{"ok":true,"command":"USBLED","lamp":"ON","remaining":10}'],
    ] as const)
      say(`iot/2/${topic}`, payload, true);
    vi.runAllTimers();
    expect([readings, answers, registry.views()]).toEqual([[], [], []]);
  });

  test('begins its hold anew, which its result tells', () => {
    say('iot/2/state', state);
    nowMs += 400;
    say('iot/2/result', '{"ok":true,"command":"USBLED/ON","lamp":"ON","cause":"command","remaining":10}');
    expect(registry.kit(2)!.lampEndsMs).toBe(nowMs + 10_000);
    expect(answers).toEqual([[2, expect.objectContaining({ command: 'USBLED/ON', ok: true })]]);
  });

  test('that refuses says nothing of its lamp', () => {
    say('iot/2/result', '{"ok":false,"command":"USBLED","lamp":"ON","error":"safe mode after crashes"}');
    expect(registry.kit(2)).not.toHaveProperty('lamp');
    expect(answers).toHaveLength(1);
  });

  test('greets, and is alive; commands to it say nothing of it', () => {
    say('iot/2', 'USBLED/ON');
    say('iot/2/lamp/set', 'on');
    expect(registry.views()).toEqual([]);
    say('iot/2', 'Connection has established with nodeMCU_Kit Number 2');
    expect(registry.view('kit_2')!.seenMs).toBe(nowMs);
  });

  test('clears what was retained with nothing at all', () => {
    say('iot/2/status', '', true);
    say('iot/2/state', '', true);
    expect(mqtt.counters.malformed).toBe(0);
    expect(registry.views()).toEqual([]);
  });
});

describe('a kit that publishes telemetry and texts', () => {
  test('counts once from the first moment on', () => {
    for (let count = 0; count < 3; count++) {
      say('iot/2/message', message);
      say('iot/2/telemetry', telemetry);
      vi.advanceTimersByTime(10_000);
    }
    expect(readings).toHaveLength(3);
    expect(registry.kit(2)!.textsOnly).toBe(false);
  });

  test('counts once when its state came first and telemetry comes late', () => {
    say('iot/2/state', state, true);
    say('iot/2/message', message);
    vi.advanceTimersByTime(textHeldMs);
    say('iot/2/telemetry', telemetry);
    expect(readings).toHaveLength(1);
  });

  test('gives its texts as answers only', () => {
    say('iot/2/telemetry', telemetry);
    say('iot/2/dht22_t', 'Temperature is 24.00');
    say('iot/2/result', '{"ok":true,"command":"dht22_t"}');
    expect(readings).toHaveLength(1);
    expect(answers).toEqual([
      [2, 'dht22_t', 'Temperature is 24.00', false],
      [2, { ok: true, command: 'dht22_t' }],
    ]);
  });
});

describe('a kit that knows only the texts', () => {
  test('is stored from its first text on, which waits a second for telemetry', () => {
    say('iot/3/message', message);
    expect(readings).toEqual([]);
    vi.advanceTimersByTime(textHeldMs);
    expect(readings).toEqual([
      { sensor: 'kit_3', atMs: nowMs, values: { light: 512, temperature: 24, humidity: 45 } },
    ]);
    expect(registry.kit(3)).toEqual({ kit: 3, status: 'unknown', textsOnly: true });
    say('iot/3/message', message);
    expect(readings).toHaveLength(2);
  });

  test('is stored text by text, without what could not be read', () => {
    say('iot/3/message', 'Light intensity: 512\t Temperature: nan\tHumidity: nan');
    vi.advanceTimersByTime(textHeldMs);
    say('iot/3/dht22', 'Temperature is 25.50, and Humidity is 40.20');
    say('iot/3/dht22_t', 'Temperature is 25.60');
    say('iot/3/dht22_h', 'Humidity is 41.00');
    say('iot/3/cds', 'Light intensity is 5');
    expect(values()).toEqual([
      { light: 512 },
      { temperature: 25.5, humidity: 40.2 },
      { temperature: 25.6 },
      { humidity: 41 },
      { light: 5 },
    ]);
    expect(registry.view('kit_3')!.values).toEqual({ light: 5, temperature: 25.6, humidity: 41 });
  });

  test('answers with its text, and says with nan that nothing could be read', () => {
    say('iot/3/cds', 'Light intensity is 5\n');
    say('iot/3/dht22_t', 'Temperature is nan');
    expect(answers).toEqual([
      [3, 'cds', 'Light intensity is 5', false],
      [3, 'dht22_t', 'Temperature is nan', true],
    ]);
    vi.advanceTimersByTime(textHeldMs);
    nowMs += 5000;
    say('iot/3/dht22_t', 'Temperature is nan');
    expect(values()).toEqual([{ light: 5 }]);
    expect(registry.view('kit_3')!.seenMs).toBe(nowMs);
  });

  test('becomes one that speaks JSON when it is flashed anew', () => {
    say('iot/3/message', message);
    vi.advanceTimersByTime(textHeldMs);
    say('iot/3/state', state);
    say('iot/3/message', message);
    say('iot/3/telemetry', telemetry);
    expect(readings).toHaveLength(2);
    expect(registry.kit(3)!.textsOnly).toBe(false);
  });
});

describe('whoever watches', () => {
  test('is told of every message of a kit, commands as well', () => {
    say('iot/2', 'USBLED');
    say('iot/2/state', state, true);
    expect(events.filter(({ type }) => type === 'message')).toEqual([
      { type: 'message', kit: 2, atMs: nowMs, topic: 'iot/2', payload: 'USBLED', retained: false },
      { type: 'message', kit: 2, atMs: nowMs, topic: 'iot/2/state', payload: state, retained: true },
    ]);
  });

  test('is told of the beginning of a long message', () => {
    say('iot/2', 'x'.repeat(1_000_000));
    expect(events).toMatchObject([{ type: 'message', payload: 'x'.repeat(1024) }]);
  });

  test('is told when the broker goes and comes', () => {
    bus.onState('lost');
    bus.onState('connected');
    expect(events).toEqual([
      { type: 'broker', broker: 'lost' },
      { type: 'broker', broker: 'connected' },
    ]);
  });
});

describe('what a kit would never say', () => {
  test.each([
    'iot/0/state',
    'iot/02/state',
    'iot/10000/state',
    'iot/-1/state',
    'iot/2x/state',
    'iot//state',
    'iot',
    'iot/',
    'other/2/state',
    `iot/2/${'x'.repeat(65)}`,
  ])('on %s is on nobody’s topic', (topic) => {
    say(topic, state);
    expect(mqtt.counters.foreign).toBe(1);
    expect(events).toEqual([]);
  });

  test.each<[string, string | Uint8Array]>([
    ['telemetry', 'hello'],
    ['telemetry', '[]'],
    ['telemetry', 'null'],
    ['telemetry', '{}'],
    ['telemetry', '{"light":"bright"}'],
    ['telemetry', '{"light":{"a":1}}'],
    ['telemetry', '{"sensor_id":"kit_3","light":1}'],
    ['telemetry', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['telemetry', `{"light":1,"x":"${'x'.repeat(5000)}"}`],
    ['state', '7'],
    ['state', '{'],
    ['result', '"ok"'],
    ['status', 'on fire'],
    ['message', 'Light intensity: much'],
    ['dht22', message],
  ])('on its %s is counted: %s', (topic, payload) => {
    say(`iot/2/${topic}`, payload);
    expect(mqtt.counters.malformed).toBe(1);
    expect(readings).toEqual([]);
  });

  test('in its state is left out', () => {
    say(
      'iot/2/state',
      '{"lamp":"blue","cause":7,"remaining":-5,"led":1,"dark":"no","board":{},"version":"0.1.0","ip":null,"__proto__":{"lamp":"ON"}}',
    );
    expect(registry.kit(2)).toEqual({ kit: 2, status: 'unknown', version: '0.1.0', textsOnly: false });
    say('iot/2/state', '{"lamp":"ON","remaining":1e300}');
    expect(registry.kit(2)).not.toHaveProperty('lampEndsMs');
  });

  test('from more kits than there is room for is counted', () => {
    const small = new Registry({ now: () => nowMs, sensorsMax: 1 });
    const refusing = new MqttIngest({
      bus,
      registry: small,
      ingest: (reading, source) => small.take(reading, source),
      commands: { takeText: () => undefined, takeResult: () => undefined },
      onEvent: () => undefined,
      now: () => nowMs,
    });
    const tell = (topic: string, payload: string): void =>
      refusing.take({ topic, payload: Buffer.from(payload), retained: false });
    tell('iot/1/telemetry', telemetry);
    tell('iot/2/telemetry', telemetry);
    tell('iot/3/state', state);
    tell('iot/4/message', message);
    expect(refusing.counters.refused).toBe(3);
    expect(small.views()).toHaveLength(1);
  });

  test('never stops the others', () => {
    const topics = ['', '/status', '/state', '/telemetry', '/result', '/message', '/dht22', '/cds', '/x'];
    const scraps = [telemetry, state, message, '{"command":', '{"ok":true,"lamp":"ON"}', 'nan', '\0', '"'];
    forSeeds(2000, (random) => {
      const text = random.oneIn(2) ? random.bytes(random.int(0, 40)) : random.pick(scraps);
      const cut = text.slice(0, random.int(0, text.length));
      const said: BusMessage = {
        topic: `iot/${random.int(1, 3)}${random.pick(topics)}`,
        payload: Buffer.from(random.oneIn(2) ? text : cut, 'latin1'),
        retained: random.oneIn(3),
      };
      expect(() => bus.onMessage(said)).not.toThrow();
    });
    expect(mqtt.counters.messages).toBe(2000);
  });
});
