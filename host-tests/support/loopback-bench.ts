import type { Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { RealClock, type ChipName } from '../../simulator';
import { HostNetwork } from '../../simulator/network';
import type { Bench, Given, Message } from './kit-bench';
import { BoardBench } from './board-bench';
import { hostCaller } from './caller';
import { usualSettings } from './kit-image';
import { hostReceiver } from './receiver';

const host = '127.0.0.1';
let nextKit = 1;

/** Holds and periods as short as the configuration allows, so that a case takes seconds. */
const shortTimes = { lamp: { holdMs: 1500, darkBelow: 300, brightFrom: 320 }, telemetryMs: 3000 };

interface Waiting {
  fact: () => boolean;
  done: () => void;
}

/** The virtual board in real time, on real sockets, at a real broker. */
export class LoopbackBench extends BoardBench {
  /** This computer may be busy, and all benches share one event loop. */
  readonly slackMs = 1000;
  readonly messages: Message[] = [];
  readonly #waiting = new Set<Waiting>();

  private constructor(
    chip: ChipName,
    given: Given,
    settings: Bench['settings'],
    private readonly network: HostNetwork,
    private readonly client: MqttClient,
    private readonly port: number,
    readonly server: Bench['server'],
    readonly caller: Bench['caller'],
  ) {
    super(settings, chip, new RealClock(), network, given);
    network.cut = given.noWifi ?? false;
    client.on('message', (topic, payload, { qos }) => {
      const bytes = payload.toString('latin1');
      this.messages.push({ topic, bytes, text: payload.toString('utf8'), qos, atMs: this.now() });
      this.changed();
    });
  }

  /** A kit of a number of its own, at the broker that listens at `port`; its power is off. */
  static async create(chip: ChipName, port: number, given: Given = {}): Promise<LoopbackBench> {
    const kit = nextKit++;
    const clock = new RealClock();
    const server = given.report && (await hostReceiver(given.report.by, () => clock.now()));
    let changed = (): void => {};
    const caller = given.caller && (await hostCaller(() => changed()));
    const settings = usualSettings(chip, {
      kit,
      broker: { host, port },
      ...shortTimes,
      ...given.settings,
      ...(server && { report: { ...server.settings, ...given.report } }),
      ...(caller && given.caller === 'heard' && { echo: caller.ports }),
    });
    const client = await connectAsync({ host, port, clientId: `bench_${kit}` });
    // Else a message waits, by Nagle's algorithm, until the one before is acknowledged: up to 40 ms.
    (client.stream as Socket).setNoDelay(true);
    await client.subscribeAsync(`iot/${kit}/#`, { qos: 1 });
    const bench = new LoopbackBench(chip, given, settings, new HostNetwork(), client, port, server, caller);
    changed = () => bench.changed();
    return bench;
  }

  async stop(): Promise<void> {
    this.board.powerOff();
    this.server?.close();
    this.caller?.close();
    await this.client.endAsync();
  }

  advance(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  until(what: string, fact: () => boolean, withinMs: number): Promise<void> {
    if (fact()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error(`${what}: not within ${withinMs} ms`));
      }, withinMs);
      const waiting = {
        fact,
        done: () => {
          this.#waiting.delete(waiting);
          clearTimeout(deadline);
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
  }

  publish: Bench['publish'] = async (topic, payload, options = {}) => {
    const { qos = 0, retain = false } = options;
    await this.client.publishAsync(topic, Buffer.from(payload), { qos, retain });
  };

  async retained(topic: string): Promise<string | undefined> {
    const newcomer = await connectAsync({ host, port: this.port });
    const marker = `bench/${this.settings.kit}`;
    let found: string | undefined;
    await newcomer.publishAsync(marker, 'the end', { qos: 1, retain: true });
    // What is retained comes in the order of the subscriptions.
    const end = new Promise<void>((resolve) => {
      newcomer.on('message', (received, payload, { retain }) => {
        if (received === marker) resolve();
        else if (retain) found = payload.toString();
      });
    });
    await newcomer.subscribeAsync(topic);
    await newcomer.subscribeAsync(marker);
    await end;
    await newcomer.endAsync();
    return found;
  }

  setWifi(on: boolean): void {
    this.network.cut = !on;
  }

  protected changed(): void {
    for (const waiting of [...this.#waiting]) if (waiting.fact()) waiting.done();
  }
}
