import { describe, expect, test } from 'vitest';
import type { ChipName } from '../../simulator';
import { CrashBench, fate } from '../support/crash-bench';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function times(count: number, what: string): string[] {
  return Array.from({ length: count }, () => what);
}

/** From a good start to the console alone, and once more from the beginning. */
const wholeStory = [
  ...times(5, 'fw1'),
  ...times(5, 'fw0'),
  ...times(5, 'fw0 safe'),
  'rests',
  ...times(5, 'fw0'),
  ...times(5, 'fw0 safe'),
  'rests',
];

function started(chip: ChipName, ...fates: ConstructorParameters<typeof CrashBench>[1][]): CrashBench {
  const bench = new CrashBench(chip, fates[0]!);
  bench.board.powerOn();
  return bench;
}

describe.each<ChipName>(['esp8266', 'esp32'])('firmware that crashes, %s', (chip) => {
  test.each([
    ['loops for ever', fate.loops, chip === 'esp8266' ? 'soft wdt' : 'wdt reset'],
    [
      'loops for ever after half a minute',
      fate.after(30, fate.loops),
      chip === 'esp8266' ? 'soft wdt' : 'wdt reset',
    ],
    ['throws at its start', fate.throws, 'restart'],
    ['restarts at once', fate.restarts, 'restart'],
    ['gives up after half a minute, as without memory', fate.after(30, fate.restarts), 'restart'],
  ])('%s: five times, then the other one, then safe mode, then the console alone', (_, code, reason) => {
    const bench = started(chip, { fw0: code, fw1: code });
    expect(bench.untilRan(wholeStory.length)).toEqual(wholeStory);
    expect(new Set(bench.resets)).toEqual(new Set([reason, 'restart']));
    expect([bench.abandoned('fw0'), bench.abandoned('fw1')]).toEqual([false, true]);
    expect(bench.litAtMs).toEqual([]);
  });

  test('loops for ever and calls nothing: the watchdog bites all the same', () => {
    const bench = started(chip, { fw0: fate.runsWell, fw1: 'for(;;);', endlessMs: 500 });
    expect(bench.untilRan(6)).toEqual([...times(5, 'fw1'), 'fw0']);
  });

  test('the other firmware runs well: it stays, and what crashed is not tried again', () => {
    const bench = started(chip, { fw0: fate.runsWell, fw1: fate.restarts });
    expect(bench.untilRan(6)).toEqual([...times(5, 'fw1'), 'fw0']);
    expect(bench.console).toContain('Lamplighter: fw1 keeps crashing, now fw0');
    bench.pass(hourMs);
    for (let i = 0; i < 12; i++) {
      bench.board.reset();
      expect(bench.untilRan(1)).toEqual(['fw0']);
      bench.pass(minuteMs);
    }
    expect(bench.resets.filter((reason) => reason !== 'reset pin')).toHaveLength(5);
  });

  test('without another firmware: safe mode after five crashes, never a slot given up', () => {
    const bench = started(chip, { fw0: fate.restarts });
    expect(bench.untilRan(11)).toEqual([...times(5, 'fw0'), ...times(5, 'fw0 safe'), 'rests']);
    expect(bench.abandoned('fw0')).toBe(false);
  });

  test('a firmware given up is taken when the other one is damaged', () => {
    const bench = started(chip, { fw0: fate.restarts, fw1: fate.restarts });
    expect(bench.untilRan(6).at(-1)).toBe('fw0');
    const entry = bench.storage.entries().find(({ name }) => name === 'fw0')!;
    bench.flash.bytes[entry.address + 32 + 50]! ^= 0x10;
    // The start that is under way has looked at it already.
    expect(bench.untilRan(2).at(-1)).toBe('fw1');
  });

  test('four crashes and a boot that went well: the count starts over', () => {
    // Its fifth start of each round runs well.
    const code = `if(BOOT%5)E.reboot();${fate.runsWell}`;
    const bench = started(chip, { fw0: fate.runsWell, fw1: code });
    for (let round = 0; round < 30; round++) {
      expect(bench.untilRan(round ? 4 : 5)).toEqual(times(round ? 4 : 5, 'fw1'));
      bench.pass(61_000);
      bench.board.reset('restart');
      expect(bench.untilRan(1)).toEqual(['fw1']);
    }
    expect(bench.abandoned('fw1')).toBe(false);
  });

  test('a crash after the first minute is not counted', () => {
    const bench = started(chip, { fw1: `${fate.runsWell}${fate.after(61, fate.loops)}` });
    expect(bench.untilRan(12)).toEqual(times(12, 'fw1'));
  });

  test('a board that rests answers at its console, and a restart ends it', () => {
    const bench = started(chip, { fw1: fate.restarts });
    bench.untilRan(11);
    bench.pass(40 * minuteMs);
    expect(bench.board.evaluate('1+1')).toBe(2);
    expect(bench.board.counts().timers).toBe(1);
    expect(bench.ran.at(-1)).toBe('rests');
    bench.board.reset();
    expect(bench.untilRan(1)).toEqual(['fw1']);
  });

  test('without firmware, or without settings, it waits for them and never restarts', () => {
    for (const missing of ['fw1', 'kit0']) {
      const bench = started(chip, { fw1: fate.runsWell });
      bench.storage.erase(missing);
      for (let i = 0; i < 15; i++) {
        bench.board.reset();
        bench.pass(3000);
      }
      bench.pass(2 * hourMs);
      expect(bench.resets).toEqual(times(15, 'reset pin'));
      expect(bench.console.filter((line) => line.includes('rests'))).toEqual([]);
    }
  });

  test('timers cleared in the first two seconds: nothing starts and nothing restarts, the console is free', () => {
    const bench = started(chip, { fw1: fate.loops });
    bench.pass(1500);
    bench.board.evaluate('clearTimeout()');
    bench.pass(2 * hourMs);
    expect([bench.ran, bench.resets, bench.board.counts().timers]).toEqual([[], [], 0]);
  });

  test('a full Storage: the firmware starts at every boot, uncounted', () => {
    const bench = new CrashBench(chip, { fw1: fate.runsWell });
    const free = bench.storage.getFree();
    bench.storage.write('ballast', 'x'.repeat(free - 32 - 64));
    bench.board.powerOn();
    for (let i = 0; i < 12; i++) {
      expect(bench.untilRan(1)).toEqual(['fw1']);
      bench.pass(2 * minuteMs);
      bench.board.reset();
    }
    expect(bench.storage.list()).toContain('fw1');
  });
});

describe('who presses reset ten times', () => {
  test('has no crash loop on ESP8266, where the chip tells the reason', () => {
    const bench = started('esp8266', { fw0: fate.runsWell, fw1: fate.runsWell });
    for (let i = 0; i < 10; i++) {
      expect(bench.untilRan(1)).toEqual(['fw1']);
      if (i % 2) bench.board.reset();
      else {
        bench.board.powerOff();
        bench.board.powerOn();
      }
    }
    expect(bench.untilRan(1)).toEqual(['fw1']);
  });

  test('gets safe mode on ESP32 when each time comes within a minute, and with an eleventh the kit back', () => {
    const bench = started('esp32', { fw0: fate.runsWell });
    const seen: string[] = [];
    for (let i = 0; i < 12; i++) {
      seen.push(...bench.untilRan(1));
      bench.board.reset();
    }
    expect(seen).toEqual([...times(5, 'fw0'), ...times(5, 'fw0 safe'), 'rests', 'fw0']);
  });

  test('is no crash loop on ESP32 either with a minute in between', () => {
    const bench = started('esp32', { fw0: fate.runsWell });
    for (let i = 0; i < 10; i++) {
      expect(bench.untilRan(1)).toEqual(['fw0']);
      bench.pass(61_000);
      bench.board.reset();
    }
  });

  test('after a crash on ESP8266 starts the count over, since a person is there', () => {
    const bench = started('esp8266', { fw0: fate.restarts });
    expect(bench.untilRan(6).at(-1)).toBe('fw0 safe');
    bench.board.reset();
    expect(bench.untilRan(6)).toEqual([...times(5, 'fw0'), 'fw0 safe']);
  });

  test('load() keeps the reason of the last reset: five within a minute each after a crash count as more', () => {
    const bench = started('esp8266', { fw0: fate.runsWell, fw1: fate.runsWell });
    bench.untilRan(1);
    bench.board.reset('wdt reset');
    const seen = bench.untilRan(1);
    for (let i = 0; i < 4; i++) {
      bench.board.evaluate('load()');
      seen.push(...bench.untilRan(1));
    }
    expect(seen).toEqual([...times(4, 'fw1'), 'fw0']);
  });
});

describe('the power is cut at any write to the flash, in any boot of the whole story', () => {
  test.each<[ChipName, string, number]>([
    ['esp8266', 'from the first boot on', 0],
    ['esp32', 'from the first boot on', 0],
    // The next file is begun among the crashes of fw1, at the fallback, and among those of fw0.
    ['esp8266', 'a file of boots is full after three', 253],
    ['esp32', 'a file of boots is full after three', 253],
    ['esp32', 'a file of boots is full at the fallback', 251],
    ['esp32', 'a file of boots is full after eight', 376],
  ])('%s, %s: something runs at every boot, and both slots stay whole', (chip, _, boots) => {
    const bench = new CrashBench(chip, { fw0: fate.restarts, fw1: fate.restarts, boots });
    let cuts = 0;
    let image = bench.flash.bytes.slice();
    for (let boot = 0; boot <= 17; boot++) {
      for (let at = 1, cut = true; cut; at++) {
        bench.flash.bytes.set(image);
        const what = `boot ${boot}, cut at write ${at}`;
        cut = bench.cutAt(at, () => {
          bench.board.powerOn();
          bench.pass(1);
          bench.board.powerOff();
        });
        if (cut) cuts++;
        bench.skipRuns();
        bench.board.powerOn();
        // Whatever was lost, it is at most one turn of crashes until the board rests.
        const after = bench.untilRests(21);
        const all = [...wholeStory.slice(0, boot), ...after];
        expect(all, what).not.toContain('fw1 safe');
        // The boot that was cut short may count as the fifth.
        expect(
          all.slice(0, all.indexOf('fw0 safe')).filter((ran) => ran === 'fw0').length,
          what,
        ).toBeGreaterThan(3);
        const state = [
          bench.whole('fw0'),
          bench.whole('fw1'),
          bench.abandoned('fw0'),
          bench.abandoned('fw1'),
        ];
        expect(state, what).toEqual([true, true, false, true]);
        bench.board.powerOff();
      }
      // The story goes on without a cut, as the chip restarts by itself.
      bench.flash.bytes.set(image);
      image = nextImage(bench);
    }
    expect(cuts).toBeGreaterThanOrEqual(18);
    expect(bench.litAtMs).toEqual([]);
  });
});

/** One boot, which crashes: what the flash holds when the next begins. */
function nextImage(bench: CrashBench): Uint8Array<ArrayBuffer> {
  bench.board.powerOn();
  bench.pass(1);
  const image = bench.flash.bytes.slice();
  bench.board.powerOff();
  return image;
}
