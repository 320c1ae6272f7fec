import { describe, expect, test } from 'vitest';
import { newWorld, onlineBench, type OutageBench } from '../support/outage-bench';
import { forSeeds } from '../support/random';

/** How long connect() blocks when nobody answers, and the look-up of a name before it. */
const connectMs = 18_500;
const lookUpMs = 7_000;
const holdMs = 10_000;
const minuteMs = 60_000;

/** An ESP32 that has lost its session, and whose broker answers pings but no connection: each attempt blocks as long as it can. */
function besideADeafBroker(host?: string): OutageBench {
  const world = newWorld();
  const given = host ? { settings: { broker: { host, port: 1883 } } } : {};
  if (host) world.network.dns.set(host, { ip: world.broker.ip, afterMs: lookUpMs - 100 });
  const bench = onlineBench('esp32', given, world);
  world.broker.listener.mode = 'ignore';
  bench.kit.drop();
  return bench;
}

/** Until the next attempt begins, which was not under way yet. */
function untilDialled(bench: OutageBench): void {
  const before = bench.dials.length;
  bench.until('an attempt', () => bench.dials.length > before, 5 * minuteMs);
}

describe('what remains of an ESP32’s connect, which blocks all JavaScript', () => {
  test('dusk that falls while it blocks lights the lamp late, by 19 s at most, and for its hold', () => {
    const late: number[] = [];
    forSeeds(30, (random) => {
      const bench = besideADeafBroker();
      const { kit } = bench;
      for (let i = random.int(0, 6); i >= 0; i--) untilDialled(bench);
      bench.pass(random.int(0, connectMs - 200));
      const duskMs = bench.nowMs;
      kit.setLight(100);
      bench.until('the lamp to be lit', () => kit.lamp.lit, connectMs + 500);
      const litMs = bench.nowMs;
      late.push(litMs - duskMs);
      bench.until('the lamp to be off', () => !kit.lamp.lit, holdMs);
      expect(bench.nowMs - litMs).toBeGreaterThan(holdMs - 300);
      expect(bench.dials.filter(({ lit }) => lit)).toEqual([]);
      bench.lampKeepsItsPromise();
    });
    expect(Math.max(...late)).toBeGreaterThan(10_000);
  });

  test('dusk and dawn within one attempt light nothing', () => {
    const bench = besideADeafBroker();
    const { kit } = bench;
    untilDialled(bench);
    bench.pass(1000);
    kit.setLight(100);
    bench.pass(10_000);
    kit.setLight(600);
    bench.pass(minuteMs);
    expect(kit.lamp.history.filter(({ lit }) => lit)).toEqual([]);
  });

  test('a pause follows each attempt, however long it blocked: two thirds of the time the kit is awake', () => {
    const bench = besideADeafBroker();
    bench.pass(5 * minuteMs);
    const from = bench.dials.length;
    bench.pass(60 * minuteMs);
    const blockedMs = (bench.dials.length - from) * connectMs;
    expect(blockedMs / (60 * minuteMs)).toBeLessThan(0.35);
    const times = bench.dials.slice(from).map(({ atMs }) => atMs);
    expect(Math.min(...times.slice(1).map((atMs, i) => atMs - times[i]!))).toBeGreaterThan(
      connectMs + 29_000,
    );
  });

  test('the watchdog of 90 s never bites: not while names and broker are silent together, not with the sensor and the OLED busy', () => {
    for (const answer of ['silence', 'late'] as const) {
      const bench = besideADeafBroker('broker.home');
      const { network, broker } = bench.world;
      network.dns.set(
        'broker.home',
        answer === 'silence' ? answer : { ip: broker.ip, afterMs: lookUpMs - 100 },
      );
      bench.pass(60 * minuteMs);
      expect(bench.boots).toBe(1);
      broker.listener.mode = 'accept';
      network.dns.set('broker.home', broker.ip);
      bench.asBefore();
    }
  });

  test('what is longer than 90 s restarts the board, and the lamp is off from then on', () => {
    const bench = onlineBench('esp32');
    bench.tell('USBLED/ON');
    bench.until('the lamp to be lit', () => bench.kit.lamp.lit, 200);
    bench.stall(1e9);
    bench.pass(91_000);
    expect([bench.kit.lamp.lit, bench.boots]).toEqual([false, 1]);
    bench.untilOnline();
    expect(bench.boots).toBe(2);
  });
});
