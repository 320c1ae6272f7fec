import type { Packet } from 'mqtt-packet';
import type { Clock } from '../../simulator';
import { RealClock } from '../../simulator';
import { ScriptedBroker } from '../support/broker';
import { hostCaller } from '../support/caller';
import { HostPort } from '../support/host-port';
import {
  type Bench,
  type Climate,
  type Given,
  type Message,
  untilReady,
  type WireBench,
} from '../support/kit-bench';
import { usualSettings } from '../support/kit-image';
import { hostReceiver } from '../support/receiver';
import { EngineBoard } from './engine-board';
import type { EngineForm } from './interpreter';

/** Short enough for a case to take seconds; a hold must be longer than what is allowed for slack at several steps. */
export const shortTimes = { lamp: { holdMs: 3000, darkBelow: 300, brightFrom: 320 }, telemetryMs: 3000 };

const pollMs = 5;
let nextKit = 1;

/** The time of day, which is the interpreter's clock, too. */
class TimeOfDay extends RealClock implements Clock {
  override now(): number {
    return Date.now();
  }
}

/** The real interpreter in real time, at a scripted broker on a real socket. */
export class EngineBench implements WireBench {
  /** The interpreter sleeps for up to 50 ms, and this computer may be busy with other boards. */
  readonly slackMs = 500;
  readonly settings: Bench['settings'];
  readonly lamp: EngineBoard['lamp'];
  readonly led: EngineBoard['led'];
  readonly oled: EngineBoard['oled'];
  readonly console: readonly string[];
  readonly readings: readonly number[];
  readonly doors: Bench['doors'];
  readonly clientId: string;
  readonly #messages: Message[] = [];
  /** How many of the broker's messages were looked at. */
  #seen = 0;

  private constructor(
    readonly board: EngineBoard,
    readonly port: HostPort,
    readonly broker: ScriptedBroker,
    readonly server: Bench['server'],
    readonly caller: Bench['caller'],
  ) {
    ({
      settings: this.settings,
      lamp: this.lamp,
      led: this.led,
      oled: this.oled,
      console: this.console,
      readings: this.readings,
      doors: this.doors,
    } = board);
    this.clientId = `kit_${board.settings.kit}`;
    // A chip that starts anew says no good-bye; the computer's kernel would.
    board.onRestart = () => port.vanish();
  }

  /** A kit of a number of its own, with a broker of its own; its power is off. */
  static async create(form: EngineForm, given: Given = {}): Promise<EngineBench> {
    const port = await HostPort.open();
    const server = given.report && (await hostReceiver(given.report.by, () => Date.now()));
    const caller = given.caller && (await hostCaller());
    const settings = usualSettings(form.chip, {
      kit: nextKit++,
      ...shortTimes,
      ...given.settings,
      ...(server && { report: { ...server.settings, ...given.report } }),
      ...(caller && given.caller === 'heard' && { echo: caller.ports }),
    });
    settings.broker = { ...settings.broker, host: '127.0.0.1', port: port.port };
    const board = await EngineBoard.create(form, settings, given);
    return new EngineBench(board, port, new ScriptedBroker(port, new TimeOfDay()), server, caller);
  }

  get messages(): readonly Message[] {
    const { messages } = this.broker;
    for (; this.#seen < messages.length; this.#seen++) {
      const { from, topic, payload: bytes, qos, atMs } = messages[this.#seen]!;
      const text = Buffer.from(bytes, 'latin1').toString('utf8');
      if (from === this.clientId) this.#messages.push({ topic, bytes, text, qos, atMs });
    }
    return this.#messages;
  }

  get packets(): WireBench['packets'] {
    return this.broker.received.filter(({ from }) => from === this.clientId);
  }

  /** Powers the board on and waits until the case may begin. */
  async start(given: Given = {}): Promise<void> {
    this.board.powerOn();
    await untilReady(this, given, 5000);
  }

  async stop(): Promise<void> {
    await this.board.stop();
    this.broker.stop('reset');
    this.port.close();
    this.server?.close();
    this.caller?.close();
  }

  now(): number {
    return Date.now();
  }

  advance(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  async until(what: string, fact: () => boolean, withinMs: number): Promise<void> {
    const endMs = Date.now() + withinMs;
    while (!fact()) {
      if (this.board.failure) throw new Error(`${what}: ${this.board.failure}`);
      if (Date.now() > endMs) throw new Error(`${what}: not within ${withinMs} ms`);
      await this.advance(pollMs);
    }
  }

  publish: Bench['publish'] = (topic, payload, options) => {
    this.broker.publish(topic, Buffer.from(payload).toString('latin1'), options);
    return Promise.resolve();
  };

  retained(topic: string): Promise<string | undefined> {
    return Promise.resolve(this.broker.retained.get(topic)?.payload);
  }

  setLight(level: number): void {
    this.board.setLight(level);
  }

  setClimate(climate: Climate): void {
    this.board.setClimate(climate);
  }

  setOledFitted(fitted: boolean): void {
    this.board.setOledFitted(fitted);
  }

  setWifi(on: boolean): void {
    this.port.silent = !on;
    if (!on) this.port.vanish();
    this.board.setAccessPoint(on);
  }

  reset(): void {
    void this.board.reset();
  }

  deliver(...packets: Packet[]): void {
    const session = this.broker.sessions.get(this.clientId);
    if (session === undefined) throw new Error(`${this.clientId} is not logged in`);
    for (const packet of packets) session.send(packet);
  }

  setAcknowledging(on: boolean): void {
    this.broker.faults.withholdAcknowledgements = !on;
  }

  setGranting(on: boolean): void {
    this.broker.faults.ignoreSubscriptions = !on;
  }

  drop(): void {
    this.broker.sessions.get(this.clientId)?.drop('end');
  }
}
