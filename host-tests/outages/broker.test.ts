import { generate, type IPublishPacket } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import type { ChipName } from '../../simulator';
import type { VirtualStream } from '../../simulator/network';
import { newWorld, onlineBench, OutageBench, outage } from '../support/outage-bench';

const minuteMs = 60_000;

function stream({ world }: OutageBench): VirtualStream {
  return world.network.streams.at(-1)!;
}

function logins({ kit }: OutageBench): number {
  return kit.packets.filter(({ packet }) => packet.cmd === 'connect').length;
}

function sent({ kit }: OutageBench): IPublishPacket[] {
  return kit.packets.flatMap(({ packet }) => (packet.cmd === 'publish' ? [packet] : []));
}

function untilLoggedInAgain(bench: OutageBench, withinMs: number): void {
  const before = logins(bench);
  bench.until('a new login', () => logins(bench) > before, withinMs);
}

describe.each<ChipName>(['esp8266', 'esp32'])('outages of the broker, %s', (chip) => {
  for (const mode of ['refuse', 'ignore'] as const) {
    outage(
      chip,
      mode === 'refuse'
        ? 'a kit that starts before the broker listens keeps on trying'
        : 'a kit whose SYN packets are lost keeps on trying',
      (bench) => {
        bench.world.broker.listener.mode = mode;
        bench.powerOn();
        bench.pass(20 * 60_000);
        expect(bench.failures().some(({ reason }) => reason === 'no connection to the broker')).toBe(true);
        bench.world.broker.listener.mode = 'accept';
        bench.untilOnline();
      },
      { fromPowerOn: true },
    );
  }

  outage(
    chip,
    'a kit that starts before the computer of the broker is switched on keeps on trying',
    (bench) => {
      const { network, broker } = bench.world;
      network.setUp(broker.ip, false);
      bench.powerOn();
      bench.pass(20 * minuteMs);
      network.setUp(broker.ip, true);
      bench.untilOnline();
    },
    { fromPowerOn: true },
  );

  for (const attended of [true, false]) {
    outage(
      chip,
      `a broker that takes the connection and answers nothing${attended ? '' : ', not even its program runs'}: each attempt ends after its deadline`,
      (bench) => {
        const { broker } = bench.world;
        if (attended) broker.faults.mute = true;
        else broker.listener.mode = 'mute';
        bench.powerOn();
        bench.pass(10 * minuteMs);
        const reasons = bench.failures().map(({ reason }) => reason);
        expect(reasons.length).toBeGreaterThan(5);
        expect(new Set(reasons)).toEqual(new Set(['the broker does not answer CONNECT']));
        broker.faults.mute = false;
        broker.listener.mode = 'accept';
        bench.untilOnline();
      },
      { fromPowerOn: true },
    );
  }

  outage(
    chip,
    'a broker that answers after 20 s is waited for, and the session stands',
    (bench) => {
      const { faults } = bench.world.broker;
      faults.answerMs = 20_000;
      bench.powerOn();
      bench.untilOnline();
      bench.pass(10 * minuteMs);
      expect(bench.failures()).toEqual([]);
      faults.answerMs = 0;
    },
    { fromPowerOn: true },
  );

  const refusals = [
    'refused by the broker, code 1',
    'client id refused by the broker',
    'refused by the broker, code 3',
    'wrong user name or password for the broker',
    'not authorised by the broker',
  ];
  for (const [i, reason] of refusals.entries()) {
    outage(
      chip,
      `CONNACK ${i + 1} is told as "${reason}", and the next attempts wait longer and longer`,
      (bench) => {
        bench.world.broker.faults.refuse = { code: i + 1, times: 4 };
        bench.powerOn();
        bench.untilOnline();
        const failures = bench.failures();
        expect(failures.map((failure) => failure.reason)).toEqual(Array(4).fill(reason));
        const pauses = failures.map(({ pauseS }) => pauseS);
        for (const [at, limit] of [2, 4, 8, 16].entries()) {
          expect(pauses[at]).toBeGreaterThanOrEqual(limit / 2);
          expect(pauses[at]).toBeLessThanOrEqual(limit);
        }
      },
      { fromPowerOn: true },
    );
  }

  outage(chip, 'a CONNACK code that does not exist is a refusal, too', (bench) => {
    bench.world.broker.faults.refuse = { code: 200, times: 1 };
    bench.kit.drop();
    bench.answer();
    expect(bench.failures().at(-1)!.reason).toBe('refused by the broker, code 200');
  });

  outage(chip, 'a broker that refuses the subscription is left, and tried again', (bench) => {
    const { faults } = bench.world.broker;
    faults.refuseSubscriptions = true;
    bench.kit.drop();
    const before = bench.on('').length;
    bench.pass(3 * minuteMs);
    expect(bench.failures().at(-1)!.reason).toBe('subscription refused');
    // It is not online: nothing was announced.
    expect(bench.on('')).toHaveLength(before);
    faults.refuseSubscriptions = false;
  });

  outage(chip, 'a broker that does not answer SUBSCRIBE is left after the deadline', (bench) => {
    const { faults } = bench.world.broker;
    faults.ignoreSubscriptions = true;
    bench.kit.drop();
    bench.pass(2 * minuteMs);
    expect(bench.failures().at(-1)!.reason).toBe('the broker does not answer SUBSCRIBE');
    faults.ignoreSubscriptions = false;
  });

  outage(chip, 'a broker that claims a session from before gets the subscriptions all the same', (bench) => {
    bench.world.broker.faults.sessionPresent = true;
    bench.kit.drop();
    bench.answer();
    bench.world.broker.faults.sessionPresent = false;
  });

  outage(chip, 'a half-open connection is found by an unanswered ping within 40 s', (bench) => {
    stream(bench).vanish();
    const atMs = bench.nowMs;
    bench.until('the loss to be noticed', () => bench.failures().length > 0, 40_000);
    expect(bench.failures()[0]!.reason).toBe('the broker fell silent');
    expect(bench.nowMs - atMs).toBeGreaterThan(20_000);
  });

  outage(chip, 'a broker that takes everything and does not answer pings is left within 40 s', (bench) => {
    bench.world.broker.faults.ignorePings = true;
    bench.pass(10_000);
    bench.world.broker.faults.withholdAcknowledgements = true;
    bench.until('the loss to be noticed', () => bench.failures().length > 0, 40_000);
    bench.world.broker.faults.ignorePings = false;
    bench.world.broker.faults.withholdAcknowledgements = false;
  });

  outage(chip, 'a connection on which nothing passes for 20 s goes on without a loss', (bench) => {
    const one = stream(bench);
    one.stalled = true;
    bench.pass(20_000);
    one.stalled = false;
    bench.answer();
    expect(bench.failures()).toEqual([]);
  });

  for (const how of ['end', 'reset', 'forget'] as const) {
    const verb = { end: 'closed', reset: 'reset', forget: 'forgotten' }[how];
    outage(chip, `a connection that is ${verb} is opened again, each time`, (bench) => {
      for (let i = 0; i < 6; i++) {
        bench.world.broker.sessions.get(bench.kit.clientId)!.drop(how);
        untilLoggedInAgain(bench, 120_000);
        bench.pass(20_000);
      }
      expect(bench.failures()).toHaveLength(6);
    });

    outage(chip, `the broker restarts (its connections ${verb}), and finds the kit again`, (bench) => {
      bench.world.broker.stop(how);
      bench.pass(minuteMs);
      bench.world.broker.start();
      bench.answer();
    });
  }

  outage(chip, 'a broker that forgets what was retained is told state and status again', (bench) => {
    const { broker } = bench.world;
    broker.stop('forget', false);
    bench.pass(minuteMs);
    broker.start();
    bench.answer();
    expect(broker.retained.get(bench.topic('status'))!.payload).toBe('online');
    expect(JSON.parse(broker.retained.get(bench.topic('state'))!.payload)).toMatchObject({ lamp: 'OFF' });
  });

  outage(chip, 'who is lost is said to be offline by the last will', (bench) => {
    const { broker } = bench.world;
    stream(bench).vanish();
    broker.listener.mode = 'refuse';
    bench.pass(2 * minuteMs);
    expect(broker.retained.get(bench.topic('status'))!.payload).toBe('offline');
    broker.listener.mode = 'accept';
    bench.answer();
    expect(broker.retained.get(bench.topic('status'))!.payload).toBe('online');
  });

  test('cut after each byte of the answers to CONNECT and SUBSCRIBE, in each way, and in the middle of a command: the next session is whole', () => {
    const bench = onlineBench(chip);
    const { broker } = bench.world;
    for (const by of ['end', 'reset', 'silence'] as const) {
      // CONNACK 4, SUBACK 6, then the greeting comes back.
      for (let toBoard = 1; toBoard <= 40; toBoard += toBoard < 10 ? 1 : 7) {
        broker.listener.cut = { toBoard, by };
        bench.kit.drop();
        bench.pass(5000);
        broker.listener.cut = undefined;
        bench.answer();
        bench.pass(62_000);
      }
    }
    bench.asBefore();
  });

  test('cut after any number of bytes from the kit: the next session is whole', () => {
    const bench = onlineBench(chip);
    const { broker } = bench.world;
    for (const by of ['end', 'reset', 'silence'] as const) {
      for (const fromBoard of [1, 2, 20, 45, 46, 60, 70, 100, 150, 400]) {
        broker.listener.cut = { fromBoard, by };
        bench.kit.drop();
        bench.pass(20_000);
        broker.listener.cut = undefined;
        bench.answer();
        bench.pass(62_000);
      }
    }
    bench.asBefore();
  });

  outage(chip, 'everything arrives byte by byte', (bench) => {
    const { network } = bench.world;
    network.segmentBytes = 1;
    bench.kit.drop();
    bench.answer();
    for (let i = 0; i < 20; i++) {
      bench.tell(i % 2 ? 'LED/OFF' : 'LED/ON', { qos: 1 });
      bench.pass(500);
      expect(bench.kit.led.lit).toBe(i % 2 === 0);
    }
    network.segmentBytes = 1460;
  });

  outage(chip, 'many packets arrive in one piece, and each is obeyed in its turn', (bench) => {
    const before = bench.results().length;
    const command = (payload: string): IPublishPacket => ({
      cmd: 'publish',
      topic: bench.topic(),
      payload,
      qos: 0,
      retain: false,
      dup: false,
    });
    const bytes = ['LED/ON', 'USBLED/ON', 'LED/OFF', 'USBLED/OFF', 'led'].map((payload) =>
      generate(command(payload)),
    );
    stream(bench).write(Buffer.concat(bytes));
    bench.pass(1000);
    expect(
      bench
        .results()
        .slice(before)
        .map(({ command: name }) => name),
    ).toEqual(['LED/ON', 'USBLED/ON', 'LED/OFF', 'USBLED/OFF', 'led']);
    expect(bench.kit.lamp.lit).toBe(false);
    expect(bench.kit.led.lit).toBe(true);
  });

  outage(chip, 'a payload of a megabyte is refused, and the command behind it is obeyed', (bench) => {
    const before = bench.results().length;
    bench.tell('x'.repeat(1_000_000));
    bench.tell('LED/ON');
    bench.until('the LED', () => bench.kit.led.lit, 15 * minuteMs, 1000);
    bench.pass(1000);
    expect(bench.results()[before]).toMatchObject({ ok: false, error: 'longer than 256 bytes' });
  });

  const garbage: Record<string, string> = {
    'a remaining length of five bytes': '\x30\xff\xff\xff\xff\x01',
    'a packet type that does not exist': '\xf0\x00',
    'a packet type that only clients send': '\x10\x00',
    'a PUBLISH whose topic is longer than the packet': '\x30\x03\x00\xffa',
    'a SUBACK with too few codes': '\x90\x03\x00\x01\x00',
    zeros: '\0\0\0\0\0\0\0\0',
    'a web page': 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>' + 'x'.repeat(100),
  };
  for (const [what, bytes] of Object.entries(garbage)) {
    outage(chip, `${what} ends the session, and the next one is whole`, (bench) => {
      stream(bench).write(bytes);
      bench.pass(100);
      expect(bench.failures().at(-1)!.reason).toBe('malformed packet from the broker');
    });
  }

  outage(
    chip,
    'retained commands delivered at each reconnect are refused, told, and never obeyed',
    (bench) => {
      bench.tell('USBLED/OFF', { retain: true });
      const before = bench.results().length;
      bench.world.broker.retained.set(bench.topic(), {
        ...bench.world.broker.retained.get(bench.topic())!,
        payload: 'USBLED/ON',
      });
      for (let i = 0; i < 3; i++) {
        // A session that is shorter looks as if a twin had ended it.
        bench.pass(8000);
        bench.kit.drop();
        untilLoggedInAgain(bench, 60_000);
        bench.pass(2000);
      }
      bench.world.broker.retained.delete(bench.topic());
      const refused = bench
        .results()
        .slice(before)
        .filter(({ command }) => command === 'USBLED/ON');
      expect(refused).toHaveLength(3);
      expect(refused.every(({ ok, error }) => ok === false && String(error).includes('retained'))).toBe(true);
      expect(bench.kit.lamp.history.some(({ lit }) => lit)).toBe(false);
    },
  );

  outage(chip, 'a command that the broker delivers twice is obeyed once', (bench) => {
    const { faults } = bench.world.broker;
    faults.duplicate = true;
    for (let i = 0; i < 12; i++) {
      bench.tell('led', { qos: 1 });
      bench.pass(300);
      expect(bench.kit.led.lit).toBe(i % 2 === 0);
    }
    faults.duplicate = false;
  });

  outage(
    chip,
    'a result that is not acknowledged is repeated as a duplicate, and after a reconnect with a new identifier',
    (bench) => {
      const { faults } = bench.world.broker;
      faults.withholdAcknowledgements = true;
      bench.tell('LED/ON');
      bench.pass(60_000);
      const copies = (): IPublishPacket[] =>
        sent(bench).filter(({ payload }) => payload.toString().includes('"command":"LED/ON"'));
      const first = copies();
      expect(first.length).toBeGreaterThan(1);
      expect(first.map(({ dup }) => dup)).toEqual([false, ...Array<boolean>(first.length - 1).fill(true)]);
      expect(new Set(first.map(({ messageId }) => messageId)).size).toBe(1);
      faults.withholdAcknowledgements = false;
      bench.kit.drop();
      untilLoggedInAgain(bench, 60_000);
      bench.pass(5000);
      const last = copies().at(-1)!;
      expect(last.dup).toBe(false);
      expect(last.messageId).not.toBe(first[0]!.messageId);
    },
  );

  outage(
    chip,
    'telemetry from an outage comes afterwards with its age, no more than fits, and what was dropped is counted and told',
    (bench) => {
      bench.world.broker.stop();
      bench.pass(10 * minuteMs);
      const before = bench.on('telemetry').length;
      bench.world.broker.start();
      bench.answer();
      bench.pass(15_000);
      const telemetry = bench
        .on('telemetry')
        .slice(before)
        .map((text) => JSON.parse(text) as { ageMs?: number; seq: number; uptimeS: number });
      const late = telemetry.filter(({ ageMs }) => ageMs !== undefined);
      expect(late.length).toBeGreaterThan(4);
      expect(late.length).toBeLessThanOrEqual(8);
      const ages = late.map(({ ageMs }) => ageMs!);
      expect(ages).toEqual([...ages].sort((a, b) => b - a));
      const sequence = telemetry.map(({ seq }) => seq);
      expect(sequence).toEqual([...sequence].sort((a, b) => a - b));
      const dropped = bench.results().reduce((sum, result) => sum + Number(result['dropped'] ?? 0), 0);
      expect(dropped).toBe(sequence[0]! - 1 - before);
    },
  );

  outage(chip, 'its own greeting, which comes back to it, and its own state are no commands', (bench) => {
    for (let i = 0; i < 5; i++) bench.tell('Connection has established with nodeMCU_Kit Number 2');
    bench.world.broker.publish(bench.topic('state'), '{}');
    bench.pass(2000);
    expect(bench.results()).toEqual([]);
  });

  outage(
    chip,
    'five hundred commands at once: some may be shed and are counted, the next is answered',
    (bench) => {
      for (let i = 0; i < 500; i++) bench.tell('cds');
      bench.pass(20_000);
      const results = bench.results();
      const dropped = results.reduce((sum, result) => sum + Number(result['dropped'] ?? 0), 0);
      expect(dropped).toBeGreaterThan(0);
    },
  );

  test('twins with one client id: the loser finds out after three losses, waits a minute at least, and says so on its console and when it is back', () => {
    const world = newWorld();
    const one = onlineBench(chip, {}, world);
    // Another board, by its address, to which somebody has given the same configuration.
    const kitJson = JSON.stringify(one.kit.settings);
    const two = new OutageBench(chip, { settings: { kit: 3 }, kitJson }, world);
    two.powerOn();
    world.clock.advance(30 * minuteMs);
    const blame = 'another client uses the same client id';
    const blamed = [one, two].flatMap((bench) =>
      bench.failures().flatMap((failure, i, all) => (failure.reason === blame ? [{ i, all, bench }] : [])),
    );
    expect(blamed.length).toBeGreaterThan(0);
    const first = blamed[0]!;
    expect(first.all.slice(0, first.i + 1).map(({ reason }) => reason)).toEqual([
      'closed by the broker',
      'closed by the broker',
      blame,
    ]);
    for (const { i, all } of blamed) expect(all[i]!.pauseS).toBeGreaterThanOrEqual(60);
    // They do not throw each other out all the time: at most a few times a minute.
    expect(world.broker.takeovers).toBeLessThan(100);
    two.kit.board.powerOff();
    one.answer();
    expect(one.results().filter(({ reason }) => reason === blame)).not.toHaveLength(0);
    world.clock.advance(2 * minuteMs);
    one.asBefore();
  });
});
