import { type ChipName, VirtualClock } from '../../simulator';
import { type AccessPoint, VirtualNetwork, type VirtualNetworkOptions } from '../../simulator/network';
import { BoardBench } from './board-bench';
import { virtualCaller } from './caller';
import { ScriptedBroker } from './broker';
import type { Bench, Given, Message, WireBench } from './kit-bench';
import { usualSettings } from './kit-image';
import { virtualReceiver } from './receiver';

/** What surrounds the kits of one simulation: time, one access point, and a broker, as the usual settings want them. */
export interface VirtualWorld {
  clock: VirtualClock;
  network: VirtualNetwork;
  home: AccessPoint;
  broker: ScriptedBroker;
}

export function newWorld(options: VirtualNetworkOptions = {}): VirtualWorld {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock, options);
  const home = network.addAccessPoint('home', { password: 'correct horse' });
  return { clock, network, home, broker: new ScriptedBroker(network, clock) };
}

/** The virtual board in virtual time, in a world of its own unless one is handed in. */
export class VirtualBench extends BoardBench implements WireBench {
  readonly slackMs = 0;
  readonly clientId: string;
  readonly server: Bench['server'];
  readonly caller: Bench['caller'];
  readonly #messages: Message[] = [];
  /** How many of the broker's messages were looked at. */
  #seen = 0;

  constructor(
    chip: ChipName,
    given: Given = {},
    readonly world = newWorld(),
  ) {
    const server = given.report && virtualReceiver(world.network, given.report.by, () => world.clock.now());
    const report = server && { report: { ...server.settings, ...given.report } };
    const caller = given.caller && virtualCaller(world.network);
    const echo = caller && given.caller === 'heard' && { echo: caller.ports };
    const settings = usualSettings(chip, { ...given.settings, ...report, ...echo });
    super(settings, chip, world.clock, world.network, given);
    this.server = server;
    this.caller = caller;
    this.clientId = `kit_${this.settings.kit}`;
    if (given.noWifi) world.home.on = false;
  }

  get messages(): readonly Message[] {
    const { messages } = this.world.broker;
    for (; this.#seen < messages.length; this.#seen++) {
      const { from, topic, payload: bytes, qos, atMs } = messages[this.#seen]!;
      const text = Buffer.from(bytes, 'latin1').toString('utf8');
      if (from === this.clientId) this.#messages.push({ topic, bytes, text, qos, atMs });
    }
    return this.#messages;
  }

  get packets(): WireBench['packets'] {
    return this.world.broker.received.filter(({ from }) => from === this.clientId);
  }

  advance(ms: number): Promise<void> {
    this.world.clock.advance(ms);
    return Promise.resolve();
  }

  until(what: string, fact: () => boolean, withinMs: number): Promise<void> {
    const { clock } = this.world;
    const endMs = clock.now() + withinMs;
    while (!fact()) {
      if (clock.now() >= endMs) return Promise.reject(new Error(`${what}: not within ${withinMs} ms`));
      clock.advanceTo(Math.min(clock.now() + 1, endMs));
    }
    return Promise.resolve();
  }

  publish: Bench['publish'] = (topic, payload, options) => {
    this.world.broker.publish(topic, Buffer.from(payload).toString('latin1'), options);
    return Promise.resolve();
  };

  retained(topic: string): Promise<string | undefined> {
    return Promise.resolve(this.world.broker.retained.get(topic)?.payload);
  }

  setWifi(on: boolean): void {
    this.world.home.on = on;
  }

  deliver: WireBench['deliver'] = (...packets) => {
    const session = this.world.broker.sessions.get(this.clientId);
    if (session === undefined) throw new Error(`${this.clientId} is not logged in`);
    for (const packet of packets) session.send(packet);
  };

  setAcknowledging(on: boolean): void {
    this.world.broker.faults.withholdAcknowledgements = !on;
  }

  setGranting(on: boolean): void {
    this.world.broker.faults.ignoreSubscriptions = !on;
  }

  drop(): void {
    this.world.broker.sessions.get(this.clientId)?.drop('end');
  }

  protected changed(): void {}
}
