import { describe, expect } from 'vitest';
import type { ChipName } from '../../simulator';
import { type OutageBench, outage } from '../support/outage-bench';
import { newRandom } from '../support/random';
import { screenText } from '../support/screen-text';

const minuteMs = 60_000;

type Telemetry = { temperatureC?: number; humidityPct?: number; light: number };

function telemetry(bench: OutageBench, from = 0): Telemetry[] {
  return bench
    .on('telemetry')
    .slice(from)
    .map((text) => JSON.parse(text) as Telemetry);
}

/** Readings are two seconds apart at least. */
function expectRests({ kit }: OutageBench): void {
  const gaps = kit.readings.slice(1).map((atMs, i) => atMs - kit.readings[i]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2000);
}

describe.each<ChipName>(['esp8266', 'esp32'])('sensors and display in trouble, %s', (chip) => {
  for (const fault of ['silent', 'checksum', 'noise', 'short'] as const) {
    outage(
      chip,
      `DHT22 ${fault}: its values are left out, never made up, and come again with it`,
      (bench) => {
        const { kit } = bench;
        const { dht22 } = kit.board;
        dht22.fault = fault;
        bench.pass(11_000);
        const from = bench.on('telemetry').length;
        const texts = bench.on('message').length;
        bench.pass(2 * minuteMs);
        const bad = telemetry(bench, from);
        expect(bad.length).toBeGreaterThan(10);
        for (const one of bad) {
          // What noise has left whole may be told, but then it is right.
          if (fault === 'noise' && one.temperatureC !== undefined) expect(one.temperatureC).toBe(24);
          else expect(Object.keys(one)).not.toContain('temperatureC');
        }
        if (fault !== 'noise') {
          expect(bench.on('message').at(texts)).toContain('Temperature: nan\tHumidity: nan');
          expect(bench.results().filter(({ error }) => String(error).includes('stuck'))).toHaveLength(1);
          expect(screenText(kit.oled.pixels)[8]).toContain('nan');
        }
        bench.tell('USBLED/ON');
        bench.until('the lamp to be lit', () => kit.lamp.lit, 200);
        dht22.fault = 'none';
        kit.setClimate({ temperatureC: -7.5, humidityPct: 99.9 });
        bench.pass(25_000);
        expect(telemetry(bench).at(-1)).toMatchObject({ temperatureC: -7.5, humidityPct: 99.9 });
        expectRests(bench);
      },
    );
  }

  outage(chip, 'frames out of range, though their checksum is right, are no readings', (bench) => {
    const { dht22 } = bench.kit.board;
    const frame = (...bytes: number[]): string =>
      [...bytes, bytes.reduce((sum, byte) => sum + byte, 0) & 255]
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('');
    const frames = [
      frame(255, 255, 255, 255),
      frame(3, 233, 0, 200),
      frame(1, 0, 3, 33),
      frame(1, 0, 0x81, 0x91),
    ];
    for (const bits of frames) {
      dht22.frame = bits;
      bench.pass(12_000);
      const from = bench.on('telemetry').length;
      bench.pass(12_000);
      expect(telemetry(bench, from).length).toBeGreaterThan(0);
      for (const one of telemetry(bench, from)) expect(Object.keys(one)).not.toContain('temperatureC');
    }
    dht22.frame = undefined;
    bench.pass(25_000);
    expect(telemetry(bench).at(-1)).toMatchObject({ temperatureC: 24, humidityPct: 45 });
  });

  outage(chip, 'a sensor that comes and goes with every reading is called stuck by nobody', (bench) => {
    const { dht22 } = bench.kit.board;
    for (let i = 0; i < 20; i++) {
      dht22.fault = i % 2 ? 'none' : 'silent';
      bench.pass(10_000);
    }
    dht22.fault = 'none';
    bench.pass(20_000);
    expect(bench.results().filter(({ error }) => String(error).includes('stuck'))).toEqual([]);
    expectRests(bench);
  });

  outage(
    chip,
    'a storm of requests reads the sensor every two seconds at most, and each is answered',
    (bench) => {
      const random = newRandom(1);
      const before = bench.results().length;
      let asked = 0;
      for (; asked < 200; asked++) {
        bench.tell(random.pick(['dht22', 'dht22_t', 'dht22_h']));
        bench.pass(random.int(50, 900));
      }
      bench.pass(5000);
      expect(bench.results().length - before).toBe(asked);
      expectRests(bench);
    },
  );

  outage(chip, 'the sensor is asked while it is silent: told as an error, in 2.5 s at most', (bench) => {
    bench.kit.setClimate({ temperatureC: 24, humidityPct: 45, silent: true });
    bench.pass(15_000);
    for (let i = 0; i < 10; i++) {
      const before = bench.results().length;
      bench.tell('dht22');
      bench.pass(2500);
      expect(bench.results().slice(before)).toContainEqual({
        ok: false,
        command: 'dht22',
        error: 'DHT22 did not answer',
      });
      bench.pass(731 * i);
    }
    bench.kit.setClimate({ temperatureC: 24, humidityPct: 45 });
    bench.pass(20_000);
  });

  outage(
    chip,
    'the display is pulled and put back many times: told once, and whole again afterwards',
    (bench) => {
      const { kit } = bench;
      for (let i = 0; i < 10; i++) {
        kit.setOledFitted(false);
        kit.setClimate({ temperatureC: 10 + i, humidityPct: 40 + i });
        bench.tell('USBLED/ON');
        bench.pass(15_000 + 1234 * i);
        // What comes back has lost its memory.
        kit.board.oled.powerOn();
        kit.setOledFitted(true);
        bench.pass(25_000);
        const screen = screenText(kit.oled.pixels);
        expect(screen[0]).toBe('Temperature:');
        expect(screen[8].trim()).toBe(`${10 + i}.0°C`);
        expect(screen[32]).toBe('Humidity:');
        expect(screen[40].trim()).toBe(`${40 + i}.0%`);
        expect(screen[56]).toContain('online');
      }
      expect(kit.console.filter((line) => line.startsWith('OLED'))).toEqual([
        'OLED: no answer at address 60',
      ]);
    },
  );

  outage(chip, 'without sensor and display the kit does all the rest', (bench) => {
    const { kit } = bench;
    kit.setOledFitted(false);
    kit.setClimate({ temperatureC: 24, humidityPct: 45, silent: true });
    bench.pass(minuteMs);
    kit.setLight(100);
    bench.until('the lamp to be lit', () => kit.lamp.lit, 600);
    bench.until('the lamp to be off', () => !kit.lamp.lit, 10_000);
    kit.setLight(600);
    kit.reset();
    bench.pass(minuteMs);
    bench.answer();
    kit.setOledFitted(true);
    kit.setClimate({ temperatureC: 24, humidityPct: 45 });
    bench.pass(minuteMs);
  });

  outage(chip, 'light that flickers between dark and not yet bright lights the lamp once', (bench) => {
    const { kit } = bench;
    const random = newRandom(7);
    for (let i = 0; i < 3000; i++) {
      kit.setLight(random.int(200, 319));
      bench.pass(100);
    }
    expect(kit.lamp.history.filter(({ lit }) => lit)).toHaveLength(1);
  });

  outage(
    chip,
    'the lamp shines on its own sensor: dusk lights it once, and its going out is no dusk',
    (bench) => {
      const { kit } = bench;
      kit.setLight(100);
      for (let i = 0; i < 3000; i++) {
        kit.setLight(kit.lamp.lit ? 800 : 100);
        bench.pass(50);
      }
      expect(kit.lamp.history.filter(({ lit }) => lit)).toHaveLength(1);
      kit.setLight(600);
      bench.pass(5000);
    },
  );
});
