import { expect, test } from 'vitest';
import type { BoardCounts, ChipName } from '../../simulator';
import { ScriptedBroker } from './broker';
import { ensure } from './ensure';
import type { Given } from './kit-bench';
import { newWorld as usualWorld, VirtualBench, type VirtualWorld } from './virtual-bench';

/** Longest time from the end of an outage until a command is answered: the longest pause, WiFi, MQTT, and a failed try. */
export const backMs = 150_000;

/** After this time the loader has let go of a start. */
const provedMs = 125_000;

const baselines = new Map<ChipName, BoardCounts>();

/** The usual world, with a broker that may end a session at its first packet. */
export function newWorld(brokerIp?: string): VirtualWorld {
  const world = usualWorld();
  const { network, clock } = world;
  world.broker.stop();
  const listen = network.listen.bind(network);
  network.listen = (ip, port, onConnection) =>
    listen(ip, port, (stream) => {
      // The board may have sent before its host hears of the connection: the session has to exist by then.
      for (const name of ['onData', 'onClose'] as const) {
        const subscribe = stream[name].bind(stream) as (handler: unknown) => void;
        stream[name] = (handler: unknown) => void clock.at(clock.now(), () => subscribe(handler));
      }
      onConnection(stream);
    });
  return { ...world, broker: new ScriptedBroker(network, clock, brokerIp ? { ip: brokerIp } : {}) };
}

/**
 * A kit to which bad things happen, in virtual time. It watches the lamp's promise and each attempt to connect, and can
 * tell whether the kit is as it was before: it answers, nothing leaks, nothing waits.
 */
export class OutageBench {
  readonly world: VirtualWorld;
  readonly kit: VirtualBench;
  /** Attempts to open a connection, and whether the lamp was lit then. */
  readonly dials: { atMs: number; lit: boolean }[] = [];
  #asked = 0;
  #stall: (ms: number) => void = () => ensure(false, 'a board that has not started cannot be held');

  constructor(
    readonly chip: ChipName,
    given: Given = {},
    world = newWorld(),
  ) {
    this.world = world;
    const { network } = world;
    const attach = network.attach.bind(network);
    // Each start of the board has an interpreter of its own.
    network.attach = (station) => {
      if (station.mac === this.mac)
        this.#stall = (ms) => station.interpreter.queue(() => station.interpreter.stall(ms));
      return attach(station);
    };
    this.kit = new VirtualBench(chip, given, world);
    const knock = network.knock.bind(network);
    network.knock = (...args) => {
      if (args[0].mac === this.mac) this.dials.push({ atMs: args[3], lit: this.kit.lamp.lit });
      return knock(...args);
    };
  }

  get mac(): string {
    return `02:00:00:00:00:${this.kit.settings.kit.toString(16).padStart(2, '0')}`;
  }

  get nowMs(): number {
    return this.world.clock.now();
  }

  get online(): boolean {
    return this.world.broker.online(this.kit.settings.kit);
  }

  topic(rest = ''): string {
    return `iot/${this.kit.settings.kit}${rest && '/'}${rest}`;
  }

  on(rest: string): string[] {
    return this.kit.messages.filter(({ topic }) => topic === this.topic(rest)).map(({ text }) => text);
  }

  /** What the results from message number `from` on say. */
  results(from = 0): Record<string, unknown>[] {
    return this.on('result')
      .slice(from)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  /** Lines of the console that tell why the link failed: reason, and the announced pause, s. */
  failures(): { reason: string; pauseS: number }[] {
    return this.kit.console.flatMap((line) => {
      const found = /^link: (.*); next attempt in (\d+) s$/.exec(line);
      return found ? [{ reason: found[1]!, pauseS: Number(found[2]) }] : [];
    });
  }

  /** How often the board has started. */
  get boots(): number {
    return this.kit.console.filter((line) => line.startsWith('Lamplighter ')).length;
  }

  pass(ms: number): void {
    this.world.clock.advance(ms);
  }

  /** Lets time pass, `stepMs` at a time, until `fact` holds. */
  until(what: string, fact: () => boolean, withinMs: number, stepMs = 20): void {
    const endMs = this.nowMs + withinMs;
    while (!fact()) {
      ensure(this.nowMs < endMs, `${what}: not within ${withinMs} ms`);
      this.pass(Math.min(stepMs, endMs - this.nowMs));
    }
  }

  tell(payload: string, options?: { qos?: 0 | 1; retain?: boolean }): void {
    this.world.broker.publish(this.topic(), payload, options);
  }

  powerOn(): void {
    this.kit.board.powerOn();
  }

  untilOnline(withinMs = backMs): void {
    this.until('the kit to be online', () => this.online, withinMs);
  }

  /** JavaScript on the board is held for so long. */
  stall(ms: number): void {
    this.#stall(ms);
  }

  /** Asks until there is an answer, as a person would; each question is told apart by its number. */
  answer(withinMs = backMs): void {
    const endMs = this.nowMs + withinMs;
    for (;;) {
      const question = `ask ${++this.#asked}`;
      const from = this.kit.messages.length;
      this.tell(question);
      const answered = (): boolean =>
        this.kit.messages.slice(from).some(({ text }) => text.includes(`"command":"${question}"`));
      for (let i = 0; i < 50 && !answered(); i++) this.pass(20);
      if (answered()) return;
      ensure(this.nowMs < endMs, `the kit answers no command within ${withinMs} ms`);
      this.pass(2000);
    }
  }

  /** Counts while no reading is under way. */
  counts(): BoardCounts {
    this.until('the end of the reading', () => this.kit.board.counts().watches === 0, 1000);
    return this.kit.board.counts();
  }

  #sockets(): number {
    return this.kit.board.counts().sockets;
  }

  /** The lamp was never lit longer than its hold; `causes` lightings may have followed each other without a gap. */
  lampKeepsItsPromise(causes = 1): void {
    const { history } = this.kit.lamp;
    const mostMs = this.kit.settings.lamp.holdMs * causes;
    for (const [i, { atMs, lit }] of history.entries()) {
      const litMs = lit ? (history[i + 1]?.atMs ?? this.nowMs) - atMs : 0;
      ensure(litMs <= mostMs, `lit for ${litMs} ms from ${atMs} on: longer than ${mostMs}`);
    }
  }

  /** Answers, and holds nothing that it did not hold when it was new. */
  asBefore(causes = 1): void {
    this.answer();
    // Longer, too, than the longest wait for an acknowledgement, and the telemetry after it.
    this.pass(provedMs);
    const expected = baseline(this.chip);
    // lwIP tries for a quarter of an hour to say good-bye to a peer that has vanished, and keeps the socket for it.
    this.until(
      'the sockets of lost connections to be free',
      () => this.#sockets() === expected.sockets,
      16 * 60_000,
      1000,
    );
    expect(this.counts()).toEqual(expected);
    this.world.broker.received.length = 0;
    this.answer(0);
    this.pass(this.kit.settings.telemetryMs + 3000);
    const sent = this.kit.packets.flatMap(({ packet }) => (packet.cmd === 'publish' ? [packet] : []));
    expect(sent.filter(({ qos }) => qos === 1)).toHaveLength(1);
    const texts = sent.map(({ payload }) => payload.toString());
    expect(texts.filter((text) => text.includes('"seq"'))).not.toHaveLength(0);
    expect(texts.filter((text) => /"ageMs"|"dropped"/.test(text))).toEqual([]);
    this.lampKeepsItsPromise(causes);
  }
}

/** What a kit holds that has just come online in a world without faults. */
function baseline(chip: ChipName): BoardCounts {
  let counts = baselines.get(chip);
  if (counts === undefined) {
    const bench = onlineBench(chip);
    bench.pass(provedMs);
    baselines.set(chip, (counts = bench.counts()));
  }
  return counts;
}

/** A kit that is online and has sent its first telemetry. */
export function onlineBench(chip: ChipName, given?: Given, world?: VirtualWorld): OutageBench {
  const bench = new OutageBench(chip, given, world);
  bench.powerOn();
  bench.untilOnline();
  bench.until('telemetry', () => bench.on('telemetry').length > 0, 15_000);
  return bench;
}

/** One test with a kit that is online, or just powered on if `given` says so; afterwards it is as before. */
export function outage(
  chip: ChipName,
  title: string,
  run: (bench: OutageBench) => void,
  given: Given & { causes?: number; world?: () => VirtualWorld } = {},
): void {
  test(title, () => {
    const world = given.world?.();
    const bench = given.fromPowerOn ? new OutageBench(chip, given, world) : onlineBench(chip, given, world);
    try {
      run(bench);
      bench.asBefore(given.causes);
    } catch (error) {
      if (error instanceof Error) error.message += `\nconsole:\n${bench.kit.console.slice(-15).join('\n')}`;
      throw error;
    }
  });
}
