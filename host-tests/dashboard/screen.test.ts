import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseFont } from '../../build/font';
import { type Font, screenLines, screenPixels, widthPx } from '../../dashboard/kit/screen';
import { Commands } from '../../gateway/commands';
import type { Bus } from '../../gateway/bus';
import { MqttIngest } from '../../gateway/ingest/mqtt';
import { Registry } from '../../gateway/registry';
import type { KitView } from '../../shared/live';
import type { ChipName } from '../../simulator';
import { onlineBench, type OutageBench } from '../support/outage-bench';
import type { Climate } from '../support/kit-bench';

const fontFile = new URL('../../device/font.txt', import.meta.url);
const font: Font = parseFont(readFileSync(fontFile, 'utf8'), 'device/font.txt');

/** What the gateway knows of a virtual board, from what the board publishes and nothing else. */
class Mirror {
  readonly registry: Registry;
  readonly #ingest: MqttIngest;
  #seen = 0;

  constructor(private readonly bench: OutageBench) {
    const now = () => bench.nowMs;
    const bus: Bus = {
      state: 'connected',
      onMessage: () => {},
      onState: () => {},
      publish: () => true,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    this.registry = new Registry({ now });
    this.#ingest = new MqttIngest({
      bus,
      registry: this.registry,
      commands: new Commands({ bus, textsOnly: () => false }),
      ingest: (reading, source) => this.registry.take(reading, source),
      onEvent: () => {},
      now,
    });
  }

  /** Lets time pass; what is published then is taken in at its time, to 20 ms. */
  pass(ms: number): void {
    const endMs = this.bench.nowMs + ms;
    this.take();
    while (this.bench.nowMs < endMs) {
      this.bench.pass(Math.min(20, endMs - this.bench.nowMs));
      this.take();
    }
  }

  take(): void {
    const { messages } = this.bench.world.broker;
    for (; this.#seen < messages.length; this.#seen++) {
      const { topic, payload } = messages[this.#seen]!;
      this.#ingest.take({ topic, payload: Buffer.from(payload, 'latin1'), retained: false });
    }
  }

  /** The picture on the dashboard, as rows that a failed comparison shows. */
  get drawn(): string[] {
    const view = this.registry.view(`kit_${this.bench.kit.settings.kit}`)!;
    return rows(screenPixels(screenLines(view.kit!, view.values, this.bench.nowMs), font));
  }

  get shown(): string[] {
    return rows(this.bench.kit.oled.pixels);
  }
}

function rows(pixels: Uint8Array): string[] {
  const text = [...pixels].map((pixel) => (pixel ? '#' : '.')).join('');
  return text.match(new RegExp(`.{${widthPx}}`, 'g'))!;
}

function mirrored(chip: ChipName, climate?: Climate): { bench: OutageBench; mirror: Mirror } {
  const bench = onlineBench(chip, climate && { climate });
  const mirror = new Mirror(bench);
  mirror.pass(2 * bench.kit.settings.telemetryMs + 3000);
  return { bench, mirror };
}

describe.each<ChipName>(['esp8266', 'esp32'])('the display of a virtual %s, pixel for pixel', (chip) => {
  test.each<[string, Climate]>([
    ['warm', { temperatureC: 25.5, humidityPct: 40.2 }],
    ['all digits', { temperatureC: 13.7, humidityPct: 98.6 }],
    ['as cold as the sensor reads', { temperatureC: -40, humidityPct: 0 }],
    ['frost', { temperatureC: -12.3, humidityPct: 99.9 }],
    ['just below zero', { temperatureC: -0.4, humidityPct: 5.1 }],
    ['zero and all the damp there is', { temperatureC: 0, humidityPct: 100 }],
    ['as hot as the sensor reads', { temperatureC: 80, humidityPct: 60 }],
  ])('online: %s', (_name, climate) => {
    const { mirror } = mirrored(chip, climate);
    expect(mirror.shown.join('')).toContain('#');
    expect(mirror.drawn).toEqual(mirror.shown);
  });

  test('a sensor that cannot be read is nan, and is read again later', () => {
    const { bench, mirror } = mirrored(chip, { temperatureC: 25.5, humidityPct: 40.2 });
    const before = mirror.shown;
    bench.kit.setClimate({ temperatureC: 25.5, humidityPct: 40.2, silent: true });
    mirror.pass(2 * bench.kit.settings.telemetryMs + 3000);
    expect(mirror.shown).not.toEqual(before);
    expect(mirror.drawn).toEqual(mirror.shown);
    bench.kit.setClimate({ temperatureC: 25.5, humidityPct: 40.2 });
    mirror.pass(2 * bench.kit.settings.telemetryMs + 3000);
    expect(mirror.shown).toEqual(before);
    expect(mirror.drawn).toEqual(before);
  });

  test('each second of the lamp, and its end', () => {
    const { bench, mirror } = mirrored(chip);
    bench.tell('USBLED/ON');
    const seconds = bench.kit.settings.lamp.holdMs / 1000;
    const seen = new Set<string>();
    mirror.pass(500);
    for (let second = 0; second < seconds; second++) {
      expect(bench.kit.lamp.lit).toBe(true);
      expect(mirror.drawn).toEqual(mirror.shown);
      seen.add(mirror.shown.join('\n'));
      mirror.pass(1000);
    }
    expect(seen.size).toBe(seconds);
    expect(bench.kit.lamp.lit).toBe(false);
    expect(mirror.drawn).toEqual(mirror.shown);
  });

  test('safe mode', () => {
    const { bench, mirror } = mirrored(chip);
    for (let i = 0; i < 5; i++) {
      mirror.pass(3000);
      bench.kit.board.reset('exception');
    }
    const kit = () => mirror.registry.kit(bench.kit.settings.kit)!;
    for (let i = 0; i < 120 && kit().status !== 'safe-mode'; i++) mirror.pass(1000);
    expect(kit().status).toBe('safe-mode');
    mirror.pass(1000);
    expect(mirror.drawn).toEqual(mirror.shown);
  });
});

describe('what nobody but the kit knows', () => {
  const values = { temperature: 21, humidity: 50 };
  const linesOf = (kit: Partial<KitView>) =>
    screenLines({ kit: 2, status: 'offline', textsOnly: false, ...kit }, values, 100_000).map(
      ({ text }) => text,
    );

  test('which phase the link of an offline kit is in is left empty', () => {
    expect(linesOf({})).toEqual(['Temperature:', '21.0^C', 'Humidity:', '50.0%', ' '.repeat(12)]);
  });

  test('a value with more decimals than the sensor has is rounded', () => {
    const kit: KitView = { kit: 2, status: 'online', textsOnly: false };
    const lines = screenLines(kit, { temperature: 21.96, humidity: 49.94 }, 0);
    expect([lines[1]!.text, lines[3]!.text]).toEqual(['22.0^C', '49.9%']);
  });

  test('a lamp goes off by itself, heard of or not', () => {
    const lamp = { lamp: 'ON', lampEndsMs: 103_200 } as const;
    expect(linesOf(lamp).at(-1)).toBe(`${' '.repeat(12)}lamp 4 s`);
    expect(
      linesOf({ ...lamp, lampEndsMs: 99_000 })
        .at(-1)
        ?.trim(),
    ).toBe('');
  });

  test('how long a lamp stays lit that was told by a retained state is not shown', () => {
    expect(linesOf({ status: 'online', lamp: 'ON' }).at(-1)?.trim()).toBe('online');
  });
});
