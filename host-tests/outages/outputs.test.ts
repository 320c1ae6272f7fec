import { describe, expect, test, vi } from 'vitest';
import { type ChipName, Flash, PowerCut } from '../../simulator';
import { newWorld, onlineBench, OutageBench, outage } from '../support/outage-bench';
import { forSeeds } from '../support/random';

const minuteMs = 60_000;
const holdMs = 10_000;

/** The numbers that a kit has given its boots, as its console tells them. */
function bootNumbers({ kit }: OutageBench): number[] {
  return kit.console.flatMap((line) => {
    const found = /^Lamplighter \S+, boot (\d+),/.exec(line);
    return found ? [Number(found[1])] : [];
  });
}

/** A kit that has not been started, and the flash that it was given. */
function benchWithFlash(): { bench: OutageBench; flash: Flash } {
  const write = vi.spyOn(Flash.prototype, 'write');
  const bench = new OutageBench('esp8266', { noWifi: true });
  const flash = write.mock.contexts[0] as Flash;
  write.mockRestore();
  return { bench, flash };
}

describe.each<ChipName>(['esp8266', 'esp32'])('the outputs through outages, %s', (chip) => {
  test('reset at random moments: lamp and LED are off from then on, nothing flashes, and the boot number grows by one', () => {
    const bench = onlineBench(chip);
    const { kit } = bench;
    let boots = 1;
    forSeeds(100, (random) => {
      bench.tell(random.pick(['USBLED/ON', 'USBLED', 'LED/ON', 'dht22']));
      bench.pass(random.int(0, 15_000));
      if (random.oneIn(3)) {
        kit.board.powerOff();
        bench.pass(random.int(0, 3000));
        kit.board.powerOn();
      } else kit.reset();
      boots++;
      const from = kit.lamp.history.length;
      expect(kit.lamp.lit).toBe(false);
      expect(kit.led.lit).toBe(false);
      // Also when it is reset while it starts.
      const often = random.oneIn(4) ? random.int(0, 2500) : 9000;
      // An ESP32 takes five starts of less than a minute in a row for crashes.
      const startedMs = boots % 4 ? often : 65_000;
      bench.pass(startedMs);
      expect(kit.lamp.history.slice(from)).toEqual([]);
    });
    expect(kit.lamp.history.filter(({ lit }) => lit).length).toBeGreaterThan(15);
    expect(kit.console.join()).not.toContain('safe mode');
    kit.reset();
    bench.pass(9000);
    expect(bootNumbers(bench).at(-1)).toBe(boots + 1);
    bench.asBefore();
  });

  test('after each lighting command the lamp is on for its hold, less a tick or two, and never more', () => {
    const bench = onlineBench(chip);
    const { kit } = bench;
    forSeeds(60, (random) => {
      let lastMs = NaN;
      for (let i = random.int(1, 4); i > 0; i--) {
        bench.tell('USBLED/ON');
        bench.until('the lamp to be lit', () => kit.lamp.lit, 200, 1);
        lastMs = bench.nowMs + bench.world.network.latencyMs;
        bench.pass(random.int(0, 9000));
      }
      bench.until('the lamp to be off', () => !kit.lamp.lit, holdMs, 1);
      const litMs = kit.lamp.history.at(-1)!.atMs - lastMs;
      expect(litMs).toBeGreaterThan(holdMs - 300);
      expect(litMs).toBeLessThanOrEqual(holdMs);
      bench.pass(random.int(0, 2000));
    });
    bench.asBefore(4);
  });

  for (const outageName of ['WiFi goes', 'the broker goes', 'half-open', 'mute', 'no DHCP'] as const) {
    outage(chip, `the lamp goes out in time when it was lit just before: ${outageName}`, (bench) => {
      const { kit, world } = bench;
      for (let i = 0; i < 8; i++) {
        bench.tell('USBLED/ON');
        bench.until('the lamp to be lit', () => kit.lamp.lit, 200);
        bench.pass(i * 1100);
        if (outageName === 'WiFi goes') kit.setWifi(false);
        else if (outageName === 'the broker goes') world.broker.stop('forget');
        else if (outageName === 'half-open') world.network.streams.at(-1)?.vanish();
        else if (outageName === 'mute') world.broker.faults.mute = true;
        else {
          world.home.dhcp = false;
          world.home.kick();
        }
        bench.pass(2 * minuteMs);
        expect(kit.lamp.lit).toBe(false);
        kit.setWifi(true);
        world.broker.start();
        world.broker.faults.mute = false;
        world.home.dhcp = true;
        bench.answer();
        bench.pass(61_000);
      }
      expect(kit.lamp.history.filter(({ lit }) => lit)).toHaveLength(8);
    });
  }

  outage(
    chip,
    'a stall is one longer tick: the lamp goes out when it ends, or in time when it ended before',
    (bench) => {
      const { kit } = bench;
      for (const stallMs of [50, 400, 1900]) {
        for (let atMs = 100; atMs < 10_000; atMs += 1300) {
          bench.tell('USBLED/ON');
          bench.until('the lamp to be lit', () => kit.lamp.lit, 200, 1);
          const litAtMs = bench.nowMs;
          bench.pass(atMs);
          bench.stall(stallMs);
          bench.until('the lamp to be off', () => !kit.lamp.lit, 13_000, 1);
          const offAtMs = kit.lamp.history.at(-1)!.atMs;
          // Only what happens while the board is held cannot be in time.
          expect(offAtMs - litAtMs).toBeLessThanOrEqual(Math.max(holdMs, atMs + stallMs + 10));
          expect(offAtMs - litAtMs).toBeGreaterThan(holdMs - 300);
          bench.pass(1500);
        }
      }
      // Lights that a stall has made longer are no broken promise.
      (kit.lamp.history as unknown[]).splice(0);
    },
  );

  outage(chip, 'a board that is busy for a tick when the hold ends puts the lamp out in time', (bench) => {
    const { kit } = bench;
    for (let atMs = 9600; atMs < 10_000; atMs += 25) {
      bench.tell('USBLED/ON');
      bench.until('the lamp to be lit', () => kit.lamp.lit, 200, 1);
      bench.pass(kit.lamp.history.at(-1)!.atMs + atMs - bench.nowMs);
      bench.stall(95);
      bench.until('the lamp to be off', () => !kit.lamp.lit, 1000, 1);
      bench.pass(1500);
    }
    bench.lampKeepsItsPromise();
  });

  outage(chip, 'a clock that is set never makes the light longer', (bench) => {
    const { kit } = bench;
    for (const jumpS of [-100_000, -3600, -1, 1, 3600, 100_000, 2e9]) {
      bench.tell('USBLED/ON');
      bench.until('the lamp to be lit', () => kit.lamp.lit, 200);
      bench.pass(3000);
      kit.board.evaluate(`setTime(getTime() + ${jumpS})`);
      bench.until('the lamp to be off', () => !kit.lamp.lit, 7000);
      bench.pass(5000);
      bench.answer();
    }
  });

  outage(chip, 'every change of the lamp is told with its cause', (bench) => {
    const { kit } = bench;
    const causes = (): unknown[] =>
      bench.on('state').map((text) => {
        const { lamp, cause } = JSON.parse(text) as { lamp: string; cause: string };
        return `${lamp} ${cause}`;
      });
    const before = causes().length;
    kit.setLight(100);
    bench.pass(15_000);
    bench.tell('USBLED/ON');
    bench.pass(2000);
    bench.tell('USBLED/OFF');
    bench.pass(2000);
    expect([...new Set(causes().slice(before))]).toEqual([
      'ON dusk',
      'OFF hold-over',
      'ON command',
      'OFF command',
    ]);
    kit.reset();
    bench.untilOnline();
    bench.answer();
    expect(causes().at(-1)).toBe('OFF boot');
  });
});

describe('the boot counter', () => {
  test('the first 300 boots are numbered without a gap', () => {
    const bench = new OutageBench('esp8266', { noWifi: true });
    bench.powerOn();
    for (let boot = 1; boot < 300; boot++) {
      bench.pass(2500);
      bench.kit.reset();
    }
    bench.pass(2500);
    expect(bootNumbers(bench)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    bench.kit.setWifi(true);
    bench.asBefore();
  });

  test('a power cut at any write to the flash while boots are counted: it always boots, and never counts backwards', () => {
    const { bench, flash } = benchWithFlash();
    const { kit } = bench;
    const boot = (): number | undefined => {
      const before = bootNumbers(bench).length;
      kit.board.powerOn();
      bench.pass(2500);
      expect(kit.lamp.lit).toBe(false);
      kit.board.powerOff();
      return bootNumbers(bench)[before];
    };
    let most = 0;
    // No counting file yet, one in use, a full one, and both full.
    for (const done of [0, 1, 128, 256]) {
      for (let i = most; i < done; i++) {
        kit.board.powerOn();
        kit.board.powerOff();
      }
      most = done;
      const image = flash.bytes.slice();
      for (let at = 1, cut = true; cut; at++) {
        flash.bytes.set(image);
        cut = false;
        let left = at;
        flash.onWrite = () => {
          if (--left > 0) return;
          cut = true;
          throw new PowerCut();
        };
        const number = boot();
        flash.onWrite = undefined;
        const next = boot();
        if (!cut) expect(number).toBe(done + 1);
        const what = `after ${done} boots, cut at write ${at}: boot ${next}\n${kit.console.slice(-12).join('\n')}`;
        expect(next ?? 0, what).toBeGreaterThanOrEqual(done + 1);
        expect(next, what).toBeLessThanOrEqual(done + 2);
      }
      flash.bytes.set(image);
    }
    kit.board.powerOn();
    kit.setWifi(true);
    bench.asBefore();
  });
});

describe('an ESP32, whose connect blocks all JavaScript', () => {
  for (const mode of ['refuse', 'ignore', 'mute'] as const) {
    test(`starts no connect while the lamp is lit, and the lamp goes out in time: ${mode}`, () => {
      const world = newWorld();
      const bench = onlineBench('esp32', {}, world);
      const { kit } = bench;
      world.broker.listener.mode = mode;
      kit.drop();
      // Every seven seconds night falls, or it dawns: the lamp is lit by dusk at any moment of an attempt.
      for (let i = 0; i < 400; i++) {
        kit.setLight(i % 2 ? 600 : 100);
        bench.pass(7000 + i);
      }
      expect(bench.dials.length).toBeGreaterThan(10);
      expect(bench.dials.filter(({ lit }) => lit)).toEqual([]);
      expect(kit.lamp.history.filter(({ lit }) => lit).length).toBeGreaterThan(50);
      bench.lampKeepsItsPromise();
      kit.setLight(600);
      world.broker.listener.mode = 'accept';
      bench.asBefore();
    });
  }

  test('a broker whose host is down is looked for with pings, so that the stalls are few', () => {
    const bench = onlineBench('esp32');
    const { network, broker } = bench.world;
    network.setUp(broker.ip, false);
    const before = bench.dials.length;
    bench.pass(30 * minuteMs);
    const failures = bench.failures().length;
    expect(failures).toBeGreaterThan(20);
    expect(bench.dials.length - before).toBeLessThan(failures / 3);
    network.setUp(broker.ip, true);
    bench.asBefore();
  });
});
