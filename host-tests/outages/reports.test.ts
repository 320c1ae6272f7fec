import { describe, expect, test, vi } from 'vitest';
import type { BoardCounts, ChipName } from '../../simulator';
import { VirtualUplink } from '../../simulator/network/virtual-uplink';
import { ensure } from '../support/ensure';
import type { Given } from '../support/kit-bench';
import { backMs, newWorld, OutageBench } from '../support/outage-bench';
import { forSeeds } from '../support/random';
import type { VirtualWorld } from '../support/virtual-bench';
import type { Receiver, ReceiverPlace, ReportedBy } from '../support/receiver';

const chips: readonly ChipName[] = ['esp8266', 'esp32'];
const transports: readonly ReportedBy[] = ['http', 'tcp', 'udp'];
const hourMs = 3_600_000;
/** Most that waits, and the most of it in one request. */
const queueMax = 30;
const batchMax = 10;
/** lwIP tries for so long to say good-bye to a peer that has vanished, and keeps the socket for it. */
const lingerMs = 16 * 60_000;
/** After this time the loader has let go of a start. */
const provedMs = 125_000;
const serverIp = '192.168.1.20';
const movedIp = '192.168.1.21';

/** A kit that reports, in a world where that may fail. */
class ReportBench extends OutageBench {
  readonly server: ReceiverPlace;
  readonly receiver: Receiver;
  /** What the board held when it had reported for the first time. */
  readonly before: BoardCounts;
  /** When it tried to connect to the server. */
  readonly attempts: number[] = [];

  constructor(chip: ChipName, by: ReportedBy, more: Given = {}, world?: VirtualWorld) {
    super(chip, { ...more, report: { by, ...more.report } }, world);
    this.server = this.kit.server!;
    this.receiver = this.server.receiver;
    const { network } = this.world;
    const knock = network.knock.bind(network);
    network.knock = (...args) => {
      ensure(this.kit.board.counts().watches === 0, 'it connects while the DHT22 is read');
      if (args[1] !== this.world.broker.ip) this.attempts.push(args[3]);
      return knock(...args);
    };
    this.powerOn();
    this.untilOnline();
    this.until('the first report', () => this.receiver.readings.length > 0, 60_000);
    this.pass(provedMs);
    this.before = this.settled();
  }

  /** Counts shortly before the next telemetry: nothing of the last one is under way. */
  settled(): BoardCounts {
    const fresh = (): number => this.on('telemetry').filter((text) => !text.includes('"ageMs"')).length;
    const from = fresh();
    this.until('telemetry', () => fresh() > from, backMs + 20_000);
    this.pass(8000);
    return this.kit.board.counts();
  }

  /** Pauses that were announced, s. */
  get pauses(): number[] {
    return this.kit.console.flatMap((line) => {
      const found = /^report: .*; next attempt in (\d+) s$/.exec(line);
      return found ? [Number(found[1])] : [];
    });
  }

  get lastSequence(): number {
    return (JSON.parse(this.on('telemetry').at(-1)!) as { seq: number }).seq;
  }

  /**
   * What came was in order and came once, and said rightly how old it was; but for `onItsWay`, which TCP has held up
   * after it was sent.
   */
  expectOrder(onItsWay = 0): void {
    const { sequence, batches } = this.receiver;
    for (const [i, seq] of sequence.entries())
      // Over TCP nothing tells a reading that comes again because its answer was lost.
      ensure(
        i === 0 || seq > sequence[i - 1]! || (this.receiver.by === 'tcp' && seq === sequence[i - 1]),
        `${sequence[i - 1]} is followed by ${seq}`,
      );
    const measured = new Map<number, number>();
    for (const { topic, text, atMs } of this.kit.messages) {
      if (!topic.endsWith('/telemetry')) continue;
      const { seq, ageMs = 0 } = JSON.parse(text) as { seq: number; ageMs?: number };
      measured.set(seq, atMs - ageMs);
    }
    for (const { atMs, readings } of batches) {
      ensure(readings.length <= batchMax, `${readings.length} readings at once`);
      for (const { seq, ageMs } of readings) {
        const madeMs = Number(seq) === onItsWay ? undefined : measured.get(Number(seq));
        // A second for what sending takes: pieces that wait for each other, and a way that was not passable.
        ensure(
          madeMs === undefined || Math.abs(atMs - Number(ageMs) - madeMs) < 2500,
          `${seq} was made at ${madeMs}, and came at ${atMs} ${ageMs} ms old`,
        );
      }
    }
  }

  /** All that was not dropped is there, and the board holds what it held before. */
  asItWas(dropped = 0, onItsWay = 0): void {
    this.until(
      'what waited to be sent',
      () => Number(this.receiver.sequence.at(-1)) >= this.lastSequence - 1,
      12 * 60_000,
      1000,
    );
    this.expectOrder(onItsWay);
    this.until(
      'the sockets of lost connections to be free',
      () => this.kit.board.counts().sockets <= this.before.sockets,
      lingerMs,
      1000,
    );
    expect(this.settled()).toEqual(this.before);
    const missing = this.receiver.sequence.at(-1)! - new Set(this.receiver.sequence).size;
    expect(missing).toBe(dropped);
    expect(this.boots).toBe(1);
    for (const { lit } of this.dials)
      ensure(this.chip !== 'esp32' || !lit, 'it connected while the lamp was lit');
    this.lampKeepsItsPromise();
  }

  /** How many messages the kit says it has dropped. */
  get told(): number {
    return this.results()
      .map(({ dropped }) => Number(dropped ?? 0))
      .reduce((sum, count) => sum + count, 0);
  }
}

describe.each(chips)('%s: an hour without its server', (chip) => {
  test('makes it ask after 5, 10, 20 ... 300 s, and then all that still waits comes in batches of ten', () => {
    const bench = new ReportBench(chip, 'http');
    const { receiver, server } = bench;
    const last = receiver.sequence.at(-1)!;
    server.setUp(false);
    bench.attempts.length = 0;
    bench.pass(hourMs);
    const pauses = bench.pauses;
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(new Set(pauses.slice(8))).toEqual(new Set([300]));
    const gaps = bench.attempts.slice(1).map((atMs, i) => (atMs - bench.attempts[i]!) / 1000);
    // Between the end of one attempt and the beginning of the next; the time of an attempt comes on top.
    for (const [i, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(pauses[i]!);
      expect(gap).toBeLessThan(pauses[i]! + 5);
    }
    expect(receiver.sequence.at(-1)).toBe(last);
    server.setUp(true);
    const before = receiver.batches.length;
    bench.until('the first batch', () => receiver.batches.length > before, 310_000);
    bench.until('all batches', () => Number(receiver.sequence.at(-1)) >= bench.lastSequence, 60_000);
    const sizes = receiver.batches.slice(before).map(({ readings }) => readings.length);
    expect(sizes.slice(0, 3)).toEqual([batchMax, batchMax, queueMax - 2 * batchMax]);
    const [oldest] = receiver.batches[before]!.readings;
    expect(Number(oldest!.ageMs) / bench.kit.settings.telemetryMs).toBeGreaterThan(queueMax - 2);
    const dropped = bench.told;
    // And one that was made while all places were taken by those on their way.
    expect(dropped - (Number(oldest!.seq) - last - 1)).toBeLessThanOrEqual(1);
    bench.asItWas(dropped);
  });

  test('goes by without a trace in what MQTT says', () => {
    const bench = new ReportBench(chip, 'http');
    bench.server.setUp(false);
    const from = bench.on('telemetry').length;
    bench.pass(hourMs);
    const sequence = bench
      .on('telemetry')
      .slice(from)
      .map((text) => JSON.parse(text) as { seq: number; ageMs?: number });
    expect(sequence.length).toBeGreaterThanOrEqual(359);
    expect(sequence.every(({ seq }, i) => i === 0 || seq === sequence[i - 1]!.seq + 1)).toBe(true);
    expect(sequence.some(({ ageMs }) => ageMs !== undefined)).toBe(false);
    bench.answer(0);
    expect(bench.failures()).toEqual([]);
  });

  test.each(['http', 'tcp'] as const)(
    'whose host has lost its cable is waited out over %s, and nothing is left of the attempts',
    (by) => {
      const bench = new ReportBench(chip, by);
      bench.world.network.setUp(serverIp, false);
      for (let i = 0; i < 120; i++) {
        bench.tell('USBLED/ON');
        bench.pass(30_000);
      }
      bench.world.network.setUp(serverIp, true);
      const { sequence } = bench.receiver;
      bench.until(
        'reports',
        () => Number(bench.receiver.sequence.at(-1)) > bench.lastSequence - 2,
        12 * 60_000,
        1000,
      );
      const after = bench.receiver.sequence.slice(sequence.length);
      bench.asItWas(bench.told, by === 'tcp' ? sequence.at(-1)! + 1 : 0);
      expect(after.length).toBeGreaterThan(20);
    },
  );

  test.each(['http', 'tcp'] as const)('that is mute costs over %s a bounded number of sockets', (by) => {
    const bench = new ReportBench(chip, by);
    const last = bench.receiver.sequence.at(-1)!;
    bench.receiver.faults.mute = true;
    let most = 0;
    for (let i = 0; i < 720; i++) {
      bench.pass(5000);
      most = Math.max(most, bench.kit.board.counts().sockets);
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(bench.receiver.mostAtOnce).toBeLessThanOrEqual(2);
    bench.receiver.faults.mute = false;
    bench.until(
      'reports',
      () => Number(bench.receiver.sequence.at(-1)) > bench.lastSequence - 2,
      12 * 60_000,
      1000,
    );
    const { sequence } = bench.receiver;
    // What it took without an answer came again, over HTTP under its key.
    const unique = [...new Set(sequence)];
    if (by === 'http') expect(unique).toEqual(sequence);
    expect(unique.find((seq) => seq > last)).toBe(last + 1);
  });
});

describe.each(chips)('%s: an hour without its broker', (chip) => {
  test.each(transports)('is no reason not to report over %s', (by) => {
    const bench = new ReportBench(chip, by);
    bench.world.broker.stop('forget');
    bench.pass(hourMs);
    bench.world.broker.start();
    bench.untilOnline();
    const { batches, sequence } = bench.receiver;
    expect(sequence).toEqual(sequence.map((_, i) => i + 1));
    // The kit leaves WiFi after every fourth failure, for a minute and the time that it takes to come back.
    const gaps = batches.slice(1).map(({ atMs }, i) => atMs - batches[i]!.atMs);
    expect(Math.max(...gaps)).toBeLessThan(110_000);
    bench.asItWas();
  });
});

describe.each(chips)('%s: WiFi', (chip) => {
  test.each(transports)(
    'that is away for three minutes costs no reading over %s but what was on its way',
    (by) => {
      const bench = new ReportBench(chip, by);
      bench.world.home.on = false;
      bench.pass(180_000);
      bench.world.home.on = true;
      bench.untilOnline();
      // One reading after the other, but over HTTP.
      bench.pass(queueMax * 1500);
      const { sequence } = bench.receiver;
      const missing = sequence.at(-1)! - new Set(sequence).size;
      // Until the silence is noticed, datagrams go out that nobody hears.
      expect(missing).toBeLessThanOrEqual(by === 'udp' ? 1 : 0);
      bench.asItWas(missing);
    },
  );
});

describe('a lit lamp', () => {
  test('keeps an ESP32 from connecting, and what it has measured comes when the lamp is off', () => {
    const bench = new ReportBench('esp32', 'http', {
      settings: { lamp: { holdMs: 60_000, darkBelow: 300, brightFrom: 320 } },
    });
    for (let i = 0; i < 5; i++) {
      bench.tell('USBLED/ON');
      bench.pass(1000);
      const from = bench.receiver.batches.length;
      bench.pass(57_000);
      expect(bench.receiver.batches).toHaveLength(from);
      bench.pass(20_000);
      expect(bench.receiver.batches[from]!.readings.length).toBeGreaterThanOrEqual(5);
    }
    bench.asItWas();
  });

  test('does not keep a connection that stands from being used', () => {
    const bench = new ReportBench('esp32', 'tcp', {
      settings: { lamp: { holdMs: 60_000, darkBelow: 300, brightFrom: 320 } },
    });
    bench.tell('USBLED/ON');
    const from = bench.receiver.batches.length;
    bench.pass(50_000);
    expect(bench.receiver.batches.length).toBeGreaterThanOrEqual(from + 4);
    bench.pass(20_000);
    bench.asItWas();
  });
});

describe('a host that answers no ping', () => {
  test('is tried by an ESP32 in the end, and reported to until it fails', () => {
    const bench = new ReportBench('esp32', 'http');
    const ping = vi.spyOn(VirtualUplink.prototype, 'ping').mockImplementation(() => {});
    try {
      const from = bench.nowMs;
      const before = bench.receiver.batches.length;
      bench.until('a report', () => bench.receiver.batches.length > before, 2 * hourMs, 1000);
      expect(bench.nowMs - from).toBeGreaterThan(600_000);
      expect(bench.pauses).toEqual([5, 10, 20, 40, 80, 160, 300]);
      const after = bench.receiver.batches.length;
      bench.pass(60_000);
      expect(bench.receiver.batches.length).toBeGreaterThanOrEqual(after + 6);
      expect(bench.attempts).toHaveLength(bench.receiver.connections);
    } finally {
      ping.mockRestore();
    }
    const missing = bench.told;
    expect(missing).toBeGreaterThan(25);
    bench.asItWas(missing);
  });
});

describe('a restart', () => {
  test('begins a new sequence under a new number of the boot', () => {
    const bench = new ReportBench('esp8266', 'http');
    bench.pass(30_000);
    bench.kit.reset();
    bench.pass(60_000);
    const keys = bench.receiver.batches.map(({ key }) => key!);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => key.startsWith('kit_2-2-')).length).toBeGreaterThan(2);
    const { readings } = bench.receiver;
    expect(readings.filter(({ boot }) => boot === 2).map(({ seq }) => seq)).toEqual(
      readings.filter(({ boot }) => boot === 2).map((_, i) => i + 1),
    );
  });
});

describe.each(chips)('%s: a server by its name', (chip) => {
  test.each(['http', 'tcp'] as const)('is found for %s, and found again where it has moved to', (by) => {
    const world = newWorld();
    const { network } = world;
    network.dns.set('pi', serverIp);
    const bench = new ReportBench(chip, by, { report: { by, host: 'pi' } }, world);
    bench.server.setUp(false);
    for (const stream of network.streams) if (stream.remoteAddress !== world.broker.ip) stream.reset();
    network.dns.set('pi', 'silence');
    bench.pass(60_000);
    bench.untilOnline();
    // Espruino keeps an answer for five minutes.
    network.dns.set('pi', movedIp);
    network.listen(movedIp, bench.server.settings.port, (stream) => bench.receiver.accept(stream));
    bench.until('a report', () => bench.receiver.batches.at(-1)!.atMs > bench.nowMs - 10_000, hourMs, 5000);
    bench.pass(120_000);
    bench.asItWas(bench.told);
  });

  test('is found for datagrams', () => {
    const world = newWorld();
    world.network.dns.set('pi', serverIp);
    const bench = new ReportBench(chip, 'udp', { report: { by: 'udp', host: 'pi' } }, world);
    bench.asItWas();
  });
});

describe.each(chips)('%s: whatever it is told, and whenever', (chip) => {
  test.each(transports)(
    'no report over %s begins while the DHT22 is read, nor while a lit lamp could be held up',
    (by) => {
      forSeeds(3, (random) => {
        const lamp = { holdMs: 1000, darkBelow: 300, brightFrom: 320 };
        const bench = new ReportBench(chip, by, { settings: { telemetryMs: 2000, lamp } });
        const { passDatagram } = bench.world.network;
        bench.world.network.passDatagram = function (...args) {
          ensure(bench.kit.board.counts().watches === 0, 'it sends while the DHT22 is read');
          passDatagram.apply(this, args);
        };
        const from = bench.receiver.readings.length;
        for (let i = 0; i < 600; i++) {
          // The hold would start anew.
          bench.tell(random.pick(['dht22', 'dht22', bench.kit.lamp.lit ? 'led' : 'USBLED/ON', 'led']));
          bench.pass(random.int(300, 2500));
        }
        expect(bench.receiver.readings.length).toBeGreaterThan(from + 250);
        expect(bench.pauses).toEqual([]);
        bench.expectOrder();
        bench.lampKeepsItsPromise();
        for (const { lit } of bench.dials)
          ensure(chip !== 'esp32' || !lit, 'it connected while the lamp was lit');
      });
    },
  );
});

describe.each(chips)('%s: a server with all its faults', (chip) => {
  test.each(['http', 'tcp'] as const)('gets over %s all that is not told to be dropped, in order', (by) => {
    forSeeds(6, (random) => {
      const bench = new ReportBench(chip, by);
      const { receiver, world } = bench;
      for (let i = 0; i < 60; i++) {
        const { faults } = receiver;
        if (random.oneIn(3)) faults.mute = random.oneIn(2);
        if (random.oneIn(4)) faults.dropAnswer = by === 'http' && random.oneIn(2);
        if (random.oneIn(4)) faults.keepsOpen = random.oneIn(2);
        if (random.oneIn(4)) faults.status = random.pick([201, 201, 503, 429]);
        if (random.oneIn(5)) bench.server.setUp(random.oneIn(2));
        if (random.oneIn(6)) world.home.on = random.oneIn(2);
        if (random.oneIn(6)) world.network.segmentBytes = random.pick([1, 7, 1460]);
        if (random.oneIn(3)) bench.tell(random.pick(['USBLED/ON', 'cds', 'dht22']));
        bench.pass(random.int(1000, 60_000));
      }
      Object.assign(receiver.faults, { mute: false, dropAnswer: false, keepsOpen: false, status: 201 });
      world.home.on = true;
      bench.server.setUp(false);
      bench.server.setUp(true);
      bench.untilOnline();
      bench.until(
        'reports',
        () => Number(receiver.sequence.at(-1)) >= bench.lastSequence - 1,
        12 * 60_000,
        1000,
      );
      const { sequence } = receiver;
      const unique = [...new Set(sequence)];
      if (by === 'http') expect(unique).toEqual(sequence);
      expect(unique).toEqual([...unique].sort((a, b) => a - b));
      bench.lampKeepsItsPromise();
      expect(bench.boots).toBe(1);
      for (const { lit } of bench.dials)
        ensure(chip !== 'esp32' || !lit, 'it connected while the lamp was lit');
    });
  });
});
