import { describe, expect, test } from 'vitest';
import type { ChipName } from '../../simulator';
import { OutageBench, backMs, newWorld, outage } from '../support/outage-bench';
import { screenText } from '../support/screen-text';
import type { VirtualWorld } from '../support/virtual-bench';

/*
 * Left out, since it is later work: safe mode, "good boot" and the watchdog, changing to a network that is 10 dB
 * stronger, discovery by Home Assistant, delayed writes to the flash, behaviour when memory is used up.
 */

const minuteMs = 60_000;
const home = { ssid: 'home', password: 'correct horse' };
const office = { ssid: 'office', password: 'battery staple' };

/** Each pause is between one half and all of a limit that doubles from 2 s to 60 s. */
function expectDoubling(pausesS: readonly number[]): void {
  let limitS = 2;
  for (const pauseS of pausesS) {
    expect(pauseS).toBeGreaterThanOrEqual(limitS / 2);
    expect(pauseS).toBeLessThanOrEqual(limitS);
    limitS = Math.min(2 * limitS, 60);
  }
}

function officeWorld(): VirtualWorld {
  const world = newWorld();
  world.network.addAccessPoint('office', { password: 'battery staple' });
  return world;
}

/** The broker is not in the house. */
function farWorld(): VirtualWorld {
  const world = newWorld('10.0.0.5');
  world.network.dns.set('broker.example', world.broker.ip);
  return world;
}
const farAway = {
  world: farWorld,
  settings: { broker: { host: '10.0.0.5', port: 1883 } },
};
const named = {
  world: farWorld,
  settings: { broker: { host: 'broker.example', port: 1883 } },
};

describe.each<ChipName>(['esp8266', 'esp32'])('WiFi outages, %s', (chip) => {
  outage(
    chip,
    'a kit that starts before its access point looks for it in pauses that double up to a minute, and never gives up',
    (bench) => {
      bench.powerOn();
      bench.pass(60 * minuteMs);
      const failures = bench.failures();
      expect(failures.length).toBeGreaterThan(30);
      expect(new Set(failures.map(({ reason }) => reason))).toEqual(
        new Set(['network not found or wrong password']),
      );
      expectDoubling(failures.map(({ pauseS }) => pauseS));
      bench.kit.setWifi(true);
      bench.untilOnline();
      expect(bench.boots).toBe(1);
    },
    { fromPowerOn: true, noWifi: true },
  );

  outage(
    chip,
    'a kit that starts before the DHCP server says that it has no address, and comes online when it gets one',
    (bench) => {
      bench.world.home.dhcp = false;
      bench.powerOn();
      bench.pass(10 * minuteMs);
      expect(bench.failures().map(({ reason }) => reason)).toContain('no address from the network');
      bench.world.home.dhcp = true;
      bench.untilOnline();
    },
    { fromPowerOn: true },
  );

  outage(
    chip,
    'the access point restarts before its DHCP server does: associated without an address, then online',
    (bench) => {
      bench.world.home.dhcp = false;
      bench.world.home.kick();
      bench.pass(5 * minuteMs);
      expect(bench.failures().at(-1)!.reason).toBe('no address from the network');
      bench.world.home.dhcp = true;
    },
  );

  outage(
    chip,
    'an address without a gateway: the broker is out of reach until the gateway is back',
    (bench) => {
      bench.world.home.gateway = false;
      bench.pass(10 * minuteMs);
      expect(bench.failures()[0]!.reason).toBe('the broker fell silent');
      expect(bench.failures().length).toBeGreaterThan(5);
      bench.world.home.gateway = true;
    },
    farAway,
  );

  outage(
    chip,
    'a kit that starts in a network without a way out comes online when there is one',
    (bench) => {
      bench.world.home.gateway = false;
      bench.powerOn();
      bench.pass(10 * minuteMs);
      expect(bench.online).toBe(false);
      bench.world.home.gateway = true;
      bench.untilOnline();
    },
    { ...farAway, fromPowerOn: true },
  );

  for (const answer of ['no such name', 'silence', { ip: '10.0.0.5', afterMs: 6000 }] as const) {
    const what = typeof answer === 'string' ? answer : 'the address after 6 s';
    outage(
      chip,
      `the name server answers ${what}: the kit comes online when it gets the address`,
      (bench) => {
        const { network, broker } = bench.world;
        network.dns.set('broker.example', answer);
        bench.powerOn();
        bench.pass(5 * minuteMs);
        expect(bench.online).toBe(typeof answer !== 'string');
        network.dns.set('broker.example', broker.ip);
        bench.untilOnline();
      },
      { ...named, fromPowerOn: true },
    );
  }

  for (const awayMs of [1000, 5000, 10_000, minuteMs, 60 * minuteMs]) {
    outage(chip, `the access point is off the air for ${awayMs / 1000} s`, (bench) => {
      bench.kit.setWifi(false);
      bench.pass(awayMs);
      bench.kit.setWifi(true);
      bench.answer();
      expect(bench.boots).toBe(1);
    });
  }

  outage(chip, 'the reason and the length of an outage are told in the next session', (bench) => {
    bench.kit.setWifi(false);
    bench.pass(5 * minuteMs);
    bench.kit.setWifi(true);
    bench.untilOnline();
    bench.pass(1000);
    const told = bench.results().find(({ event }) => event === 'reconnected')!;
    expect(told).toMatchObject({ ok: true, reason: 'network not found or wrong password' });
    // Counted from when it was noticed: an access point that falls silent is missed after some seconds.
    expect(told['offlineS']).toBeGreaterThan(280);
    expect(told['offlineS']).toBeLessThan(300 + backMs / 1000);
  });

  outage(chip, 'the access point sends the kit away', (bench) => {
    for (let i = 0; i < 5; i++) {
      bench.world.home.kick();
      bench.pass(2000);
    }
  });

  outage(chip, 'the access point comes and goes every seven seconds for ten minutes', (bench) => {
    for (let i = 0; i < 43; i++) {
      bench.kit.setWifi(false);
      bench.pass(7000);
      bench.kit.setWifi(true);
      bench.pass(7000);
    }
  });

  outage(chip, 'the kit gets another address after each loss of WiFi, and tells it', (bench) => {
    const address = (): unknown => (JSON.parse(bench.on('state').at(-1)!) as { ip: string }).ip;
    const before = address();
    bench.world.home.freshAddresses = true;
    bench.kit.setWifi(false);
    bench.pass(minuteMs);
    bench.kit.setWifi(true);
    bench.untilOnline();
    bench.answer();
    expect(address()).not.toBe(before);
  });

  outage(
    chip,
    'with a wrong password it waits a second at least between attempts, and comes online once it is right',
    (bench) => {
      const { home: accessPoint } = bench.world;
      accessPoint.password = 'changed at night';
      const attemptsMs: number[] = [];
      const sighting = accessPoint.sighting.bind(accessPoint);
      accessPoint.sighting = () => {
        attemptsMs.push(bench.nowMs);
        return sighting();
      };
      bench.powerOn();
      bench.pass(10 * minuteMs);
      expect(attemptsMs.length).toBeGreaterThan(5);
      const gaps = attemptsMs.slice(1).map((atMs, i) => atMs - attemptsMs[i]!);
      expect(Math.min(...gaps)).toBeGreaterThan(1000);
      expectDoubling(bench.failures().map(({ pauseS }) => pauseS));
      accessPoint.password = 'correct horse';
      bench.untilOnline();
    },
    { fromPowerOn: true },
  );

  outage(
    chip,
    'of two networks the second is used while the first is away, and the first again after a session that stood',
    (bench) => {
      bench.kit.setWifi(false);
      bench.answer();
      expect(bench.world.network.accessPoints.get('office')!.stations).toEqual([bench.mac]);
      bench.kit.setWifi(true);
      bench.pass(2 * minuteMs);
      bench.kit.drop();
      bench.pass(minuteMs);
      bench.world.network.accessPoints.get('office')!.on = false;
      bench.pass(minuteMs);
      bench.answer();
      expect(bench.world.home.stations).toEqual([bench.mac]);
    },
    { world: officeWorld, settings: { networks: [home, office] } },
  );

  outage(
    chip,
    'eight networks of which only the last, a hidden one, exists: it is found',
    (bench) => {
      bench.powerOn();
      bench.untilOnline(10 * minuteMs);
    },
    {
      fromPowerOn: true,
      world: () => {
        const world = newWorld();
        world.home.hidden = true;
        return world;
      },
      settings: {
        networks: [...'1234567'].map((ssid) => ({ ssid, password: 'password' })).concat({ ...home }),
      },
    },
  );

  outage(
    chip,
    'a network that has no broker does not keep the kit from the next one that has',
    (bench) => {
      // Clients of the first network are walled off from everything.
      bench.world.home.gateway = false;
      bench.powerOn();
      bench.untilOnline(10 * minuteMs);
    },
    {
      fromPowerOn: true,
      world: () => {
        const world = farWorld();
        world.network.addAccessPoint('office', { password: 'battery staple', subnet: '192.168.7' });
        return world;
      },
      settings: { networks: [home, office], broker: farAway.settings.broker },
    },
  );

  outage(
    chip,
    'with no network at all dusk lights the lamp for its hold, and the display goes on',
    (bench) => {
      const { kit } = bench;
      bench.powerOn();
      for (let evening = 0; evening < 5; evening++) {
        kit.setLight(600);
        bench.pass(5 * minuteMs);
        kit.setLight(100);
        bench.until('the lamp to be lit', () => kit.lamp.lit, 600);
        bench.until('the lamp to be off', () => !kit.lamp.lit, 10_000);
        bench.pass(minuteMs);
        kit.setClimate({ temperatureC: 20 + evening, humidityPct: 50 });
        bench.pass(minuteMs);
        expect(screenText(kit.oled.pixels)[8].trim()).toBe(`${20 + evening}.0°C`);
      }
      kit.setWifi(true);
      bench.untilOnline();
    },
    { fromPowerOn: true, noWifi: true },
  );

  outage(chip, 'a session that stood for a minute makes the next pause short again', (bench) => {
    bench.kit.setWifi(false);
    bench.pass(20 * minuteMs);
    bench.kit.setWifi(true);
    bench.untilOnline();
    bench.pass(70_000);
    const before = bench.failures().length;
    bench.kit.drop();
    bench.pass(1000);
    expect(bench.failures()[before]!.pauseS).toBeLessThanOrEqual(2);
  });

  test('two boards on the same network do not retry in step', () => {
    const world = newWorld();
    const benches = [2, 3].map((kit) => new OutageBench(chip, { settings: { kit } }, world));
    world.home.on = false;
    for (const bench of benches) bench.powerOn();
    world.clock.advance(30 * minuteMs);
    const [one, two] = benches.map((bench) => bench.failures().map(({ pauseS }) => pauseS));
    expect(one).not.toEqual(two);
    expect(one!.filter((pauseS, i) => pauseS === two![i]).length).toBeLessThan(one!.length / 2);
    world.home.on = true;
    for (const bench of benches) bench.asBefore();
  });
});
