import { describe, expect, test } from 'vitest';
import type { ChipName } from '../../simulator';
import { onlineBench, type OutageBench } from '../support/outage-bench';
import { screenText } from '../support/screen-text';

const minuteMs = 60_000;

/** Five crashes in a row; on ESP8266 the chip says so, and an ESP32 needs no reason. */
function crash(bench: OutageBench, times = 5): void {
  for (let i = 0; i < times; i++) {
    bench.pass(3000);
    bench.kit.board.reset('exception');
  }
}

/** A kit in safe mode that is online. */
function safeBench(chip: ChipName): OutageBench {
  const bench = onlineBench(chip);
  // The first boot has not lasted a minute yet.
  crash(bench);
  bench.until('safe mode', () => status(bench) === 'safe-mode', 2 * minuteMs);
  return bench;
}

function status(bench: OutageBench): string | undefined {
  return bench.world.broker.retained.get(bench.topic('status'))?.payload;
}

/** What the kit says to a command. */
function reply(bench: OutageBench, payload: string): Record<string, unknown> {
  const before = bench.results().length;
  bench.tell(payload);
  bench.until('a result', () => bench.results().length > before, 1000);
  return bench.results().at(-1)!;
}

describe.each<ChipName>(['esp8266', 'esp32'])('safe mode, %s', (chip) => {
  test('after five crashes in the first minute: says so on the console, on status and on the OLED', () => {
    const bench = safeBench(chip);
    expect(bench.kit.console.filter((line) => line.endsWith(', safe mode'))).toHaveLength(1);
    expect(status(bench)).toBe('safe-mode');
    expect(Object.values(screenText(bench.kit.oled.pixels)).join('|')).toContain('safe mode');
  });

  test('lamp and LED stay off, whatever is asked and however dark it gets', () => {
    const bench = safeBench(chip);
    const { kit } = bench;
    for (const command of ['USBLED/ON', 'USBLED', 'LED/ON', 'led', 'dht22', 'cds', 'nonsense']) {
      const { ok, error, expected } = reply(bench, command);
      expect([ok, expected]).toEqual([false, ['restart']]);
      expect(error).toContain('safe mode');
    }
    kit.setLight(100);
    bench.pass(20_000);
    kit.setLight(700);
    bench.pass(5000);
    kit.setLight(100);
    bench.pass(20_000);
    expect(kit.lamp.history.filter(({ lit }) => lit)).toEqual([]);
    expect(kit.led.history.filter(({ lit }) => lit)).toEqual([]);
    expect(bench.on('dht22')).toEqual([]);
  });

  test('the command restart is answered, leaves it, and the kit is as before', () => {
    const bench = safeBench(chip);
    const boots = bench.boots;
    expect(reply(bench, 'restart')).toMatchObject({ ok: true, command: 'restart' });
    bench.until('offline', () => status(bench) === 'offline', 1000);
    bench.until('online', () => status(bench) === 'online', minuteMs);
    expect(bench.boots).toBe(boots + 1);
    bench.asBefore();
  });

  test('a retained restart is not obeyed: it would never end', () => {
    const bench = safeBench(chip);
    const boots = bench.boots;
    bench.tell('restart', { retain: true });
    bench.pass(2000);
    bench.kit.drop();
    bench.pass(minuteMs);
    const obeyed = bench.boots - boots;
    // The live delivery cannot be told from any other; the retained one can.
    expect(obeyed).toBeLessThanOrEqual(1);
    bench.pass(10 * minuteMs);
    expect(bench.boots - boots).toBe(1);
  });

  test('ends by itself after five minutes, also without any network', () => {
    for (const wifi of [true, false]) {
      const bench = safeBench(chip);
      bench.kit.setWifi(wifi);
      const boots = bench.boots;
      bench.pass(4 * minuteMs);
      expect(bench.boots).toBe(boots);
      bench.pass(minuteMs + 5000);
      expect(bench.boots).toBe(boots + 1);
      bench.kit.setWifi(true);
      bench.until('online', () => status(bench) === 'online', 3 * minuteMs);
      bench.asBefore();
    }
  });

  test('a lost session and a lost network: it comes back as safe mode', () => {
    const bench = safeBench(chip);
    for (const lose of [() => bench.kit.drop(), () => bench.kit.setWifi(false)]) {
      bench.world.broker.retained.delete(bench.topic('status'));
      lose();
      bench.pass(minuteMs);
      bench.kit.setWifi(true);
      bench.until('safe mode', () => status(bench) === 'safe-mode', 2 * minuteMs);
    }
  });

  test('five crashes in safe mode: the console alone, outputs off, and after an hour the kit is as before', () => {
    const bench = safeBench(chip);
    const boots = bench.boots;
    crash(bench);
    bench.pass(50 * minuteMs);
    expect(bench.kit.console.at(-1)).toBe('Lamplighter: too many crashes, rests for an hour');
    expect(bench.boots).toBe(boots + 4);
    expect([bench.kit.lamp.lit, bench.kit.led.lit, bench.online]).toEqual([false, false, false]);
    expect(bench.kit.board.evaluate('1+1')).toBe(2);
    bench.pass(11 * minuteMs);
    bench.until('online', () => status(bench) === 'online', minuteMs);
    bench.asBefore();
  });
});

describe.each<ChipName>(['esp8266', 'esp32'])('what leads to safe mode, and what does not, %s', (chip) => {
  test('out of memory in the first minute five times', () => {
    const bench = onlineBench(chip);
    for (let i = 0; i < 5; i++) {
      bench.pass(4000);
      const boots = bench.boots;
      bench.kit.board.evaluate("E.emit('errorFlag',['CALLBACK','LOW_MEMORY','MEMORY'])");
      bench.until('a restart', () => bench.boots > boots, 5000);
    }
    bench.until('safe mode', () => status(bench) === 'safe-mode', minuteMs);
  });

  test('not out of memory after each minute', () => {
    const bench = onlineBench(chip);
    for (let i = 0; i < 12; i++) {
      bench.pass(65_000);
      bench.kit.board.evaluate("E.emit('errorFlag',['CALLBACK','LOW_MEMORY','MEMORY'])");
      bench.untilOnline();
      expect(status(bench)).toBe('online');
    }
    bench.asBefore();
  });

  test('a tick that no longer comes restarts the board with the lamp off, and is told by the boot number', () => {
    const bench = onlineBench(chip);
    bench.pass(minuteMs);
    bench.tell('USBLED/ON');
    bench.until('the lamp to be lit', () => bench.kit.lamp.lit, 200);
    const boots = bench.boots;
    // As the interpreter deletes an interval that ran out of memory. The first two timers are the loader's.
    bench.kit.board.evaluate('clearInterval(3)');
    bench.until('the lamp to be off', () => !bench.kit.lamp.lit, 10_500);
    expect(bench.boots).toBe(boots);
    bench.until('a restart', () => bench.boots > boots, 75_000);
    expect(bench.kit.lamp.lit).toBe(false);
    bench.untilOnline();
    bench.pass(2 * minuteMs);
  });

  test('ten restarts on command, one after the other', () => {
    const bench = safeBench(chip);
    for (let i = 0; i < 10; i++) {
      bench.kit.board.evaluate('GOOD&&require("Storage").write("boots"+(GOOD&1),"1",GOOD>>1);E.reboot()');
      bench.pass(3000);
    }
    bench.untilOnline();
    expect(status(bench)).toBe('online');
  });
});
