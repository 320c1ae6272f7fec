import { describe, expect, test } from 'vitest';
import type { ChipName, Dht22Fault } from '../../simulator';
import type { Listener } from '../../simulator/network';
import { ensure } from '../support/ensure';
import { onlineBench, type OutageBench } from '../support/outage-bench';
import { forSeeds, newRandom, type Random } from '../support/random';

const hourMs = 3_600_000;
/** Outages of one board before it is looked at closely. */
const outagesEach = 20;
const usualClimate = { temperatureC: 24, humidityPct: 45 };

/** Breaks something, and gives back what mends it. */
type Fault = (bench: OutageBench, random: Random) => () => void;

/** The broker's port, which a broker that has been stopped opens again. */
function listening({ world }: OutageBench): Listener {
  world.broker.start();
  return world.broker.listener;
}

const faults: Record<string, Fault> = {
  'access point off': ({ kit }) => {
    kit.setWifi(false);
    return () => kit.setWifi(true);
  },
  'access point sends it away': ({ world }) => {
    world.home.kick();
    return () => {};
  },
  'no DHCP': ({ world }) => {
    world.home.dhcp = false;
    world.home.kick();
    return () => (world.home.dhcp = true);
  },
  'wrong password': ({ world }) => {
    world.home.password = 'another one';
    world.home.kick();
    return () => (world.home.password = 'correct horse');
  },
  'another address': ({ world }) => {
    world.home.freshAddresses = true;
    world.home.kick();
    return () => (world.home.freshAddresses = false);
  },
  'host down': ({ world }) => {
    world.network.setUp(world.broker.ip, false);
    return () => world.network.setUp(world.broker.ip, true);
  },
  'broker stops': ({ world }, random) => {
    world.broker.stop(random.pick(['end', 'reset', 'forget']), random.oneIn(2));
    return () => world.broker.start();
  },
  'port refuses or ignores': (bench, random) => {
    const { world, kit } = bench;
    const listener = listening(bench);
    listener.mode = random.pick(['refuse', 'ignore', 'mute']);
    world.broker.sessions.get(kit.clientId)?.drop('reset');
    return () => (listener.mode = 'accept');
  },
  'connection lost': ({ world, kit }, random) => {
    world.broker.sessions.get(kit.clientId)?.drop(random.pick(['end', 'reset', 'forget']));
    return () => {};
  },
  'half-open': ({ world }) => {
    world.network.streams.at(-1)?.vanish();
    return () => {};
  },
  'nothing passes': ({ world }) => {
    const stream = world.network.streams.at(-1);
    if (stream) stream.stalled = true;
    return () => {
      if (stream) stream.stalled = false;
    };
  },
  'cut in the middle': (bench, random) => {
    const { world, kit } = bench;
    const listener = listening(bench);
    const bytes = random.int(1, 300);
    const by = random.pick(['end', 'reset', 'silence'] as const);
    listener.cut = random.oneIn(2) ? { toBoard: bytes, by } : { fromBoard: bytes, by };
    world.broker.sessions.get(kit.clientId)?.drop('end');
    return () => {
      listener.cut = undefined;
      // A connection that has not come to its cut goes on.
      for (const stream of world.network.streams) stream.cut({ by: 'end' });
    };
  },
  mute: ({ world }) => {
    world.broker.faults.mute = true;
    return () => (world.broker.faults.mute = false);
  },
  'refused login': ({ world, kit }, random) => {
    world.broker.faults.refuse = { code: random.int(1, 255), times: random.int(1, 5) };
    world.broker.sessions.get(kit.clientId)?.drop('end');
    return () => (world.broker.faults.refuse.times = 0);
  },
  'refused or ignored subscription': ({ world, kit }, random) => {
    const { faults: wrong } = world.broker;
    const which = random.pick(['refuseSubscriptions', 'ignoreSubscriptions'] as const);
    wrong[which] = true;
    world.broker.sessions.get(kit.clientId)?.drop('end');
    return () => (wrong[which] = false);
  },
  'pings ignored': ({ world }) => {
    world.broker.faults.ignorePings = true;
    return () => (world.broker.faults.ignorePings = false);
  },
  'nothing acknowledged': ({ world }) => {
    world.broker.faults.withholdAcknowledgements = true;
    return () => (world.broker.faults.withholdAcknowledgements = false);
  },
  'slow answers': ({ world }, random) => {
    world.broker.faults.answerMs = random.int(100, 25_000);
    return () => (world.broker.faults.answerMs = 0);
  },
  'everything twice': ({ world }) => {
    world.broker.faults.duplicate = true;
    return () => (world.broker.faults.duplicate = false);
  },
  'split and joined': ({ world }, random) => {
    world.network.segmentBytes = random.int(1, 5);
    world.network.joinMs = random.pick([0, 50, 500]);
    return () => Object.assign(world.network, { segmentBytes: 1460, joinMs: 0 });
  },
  garbage: ({ world }, random) => {
    world.network.streams.at(-1)?.write(random.bytes(random.int(1, 200)));
    return () => {};
  },
  'too long': (bench, random) => {
    bench.tell('x'.repeat(random.int(257, 20_000)), { qos: 1 });
    return () => {};
  },
  'sensor broken': ({ kit }, random) => {
    kit.board.dht22.fault = random.pick<Dht22Fault>(['silent', 'checksum', 'noise', 'short']);
    return () => kit.setClimate(usualClimate);
  },
  'display pulled': ({ kit }) => {
    kit.setOledFitted(false);
    return () => {
      kit.board.oled.powerOn();
      kit.setOledFitted(true);
    };
  },
  reset: ({ kit }) => {
    kit.reset();
    return () => {};
  },
  'power cut': ({ kit }) => {
    kit.board.powerOff();
    return () => kit.board.powerOn();
  },
};
const names = Object.keys(faults);
const harmless = ['USBLED/OFF', 'LED/ON', 'LED/OFF', 'led', 'dht22', 'dht22_t', 'cds', 'nonsense', ''];

/** One or two faults for some time, with commands before, during and after it. */
function happen(bench: OutageBench, random: Random, longestMs: number): string {
  const chosen = Array.from({ length: random.int(1, 2) }, () => random.pick(names));
  const mends = [...new Set(chosen)].map((name) => faults[name]!(bench, random));
  const untilMs = bench.nowMs + Math.round(longestMs / 2 ** random.int(0, 7));
  while (bench.nowMs < untilMs) {
    bench.pass(Math.min(random.int(50, 8000), untilMs - bench.nowMs));
    bench.tell(random.pick(harmless), { qos: random.oneIn(2) ? 1 : 0 });
  }
  for (const mend of mends) mend();
  return chosen.join(' + ');
}

describe.each<ChipName>(['esp8266', 'esp32'])('whatever happens, %s', (chip) => {
  test('500 random outages: after them the board answers, holds what it held before, and the lamp has kept its promise', () => {
    let outages = 0;
    let lightings = 0;
    forSeeds(500 / outagesEach, (random) => {
      const bench = onlineBench(chip);
      const log: string[] = [];
      let lightedMs = -Infinity;
      try {
        for (let i = 0; i < outagesEach; i++) {
          // The next lighting command comes when the one before cannot be under way any more, so that no light
          // may last longer than one hold.
          if (bench.nowMs - lightedMs > 120_000 && random.oneIn(2)) {
            bench.tell(random.pick(['USBLED/ON', 'USBLED']), { qos: random.oneIn(2) ? 1 : 0 });
            lightedMs = bench.nowMs;
            bench.pass(random.int(0, 11_000));
          }
          log.push(happen(bench, random, 60_000));
          bench.pass(random.int(0, 20_000));
          bench.lampKeepsItsPromise();
          outages++;
        }
        bench.asBefore();
        lightings += bench.kit.lamp.history.filter(({ lit }) => lit).length;
        ensure(!bench.kit.console.some((line) => line.includes('Uncaught')), 'something was thrown');
      } catch (error) {
        if (error instanceof Error)
          error.message += `\noutages: ${log.join(', ')}\nconsole:\n${bench.kit.console.slice(-12).join('\n')}`;
        throw error;
      }
    });
    expect(outages).toBe(process.env.SEED === undefined ? 500 : outagesEach);
    expect(lightings).toBeGreaterThan(outages / 20);
  });

  test('one day with dusk and dawn and an outage each half hour: no promise is broken', () => {
    const seed = Number(process.env.SEED ?? 1);
    const random = newRandom(seed);
    const startedMs = performance.now();
    const bench = onlineBench(chip);
    const { kit } = bench;
    const endMs = bench.nowMs + 24 * hourMs;
    try {
      while (bench.nowMs < endMs) {
        // Daylight from 0 at midnight to 900 at noon, with clouds.
        const phase = ((bench.nowMs % (24 * hourMs)) / (24 * hourMs)) * 2 * Math.PI;
        kit.setLight(Math.max(0, Math.round(450 - 450 * Math.cos(phase)) - random.int(0, 150)));
        bench.pass(random.int(60_000, 300_000));
        if (random.oneIn(4)) bench.tell(random.pick(['USBLED/OFF', 'LED/ON', 'dht22', 'cds']), { qos: 1 });
        if (random.oneIn(8)) happen(bench, random, 10 * 60_000);
      }
      bench.asBefore();
    } catch (error) {
      throw new Error(`seed ${seed} (SEED=${seed} runs it): ${String(error)}`, { cause: error });
    }
    expect(kit.lamp.history.filter(({ lit }) => lit).length).toBeGreaterThan(3);
    expect(kit.console.filter((line) => line.includes('Uncaught'))).toEqual([]);
    const tookS = (performance.now() - startedMs) / 1000;
    console.info(`${chip}: one virtual day took ${tookS.toFixed(1)} s`);
  });
});
