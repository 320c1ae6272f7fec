import type { KitSettings } from '../shared/settings';
import type { Broker } from '../gateway/broker';
import { RealClock } from '../simulator';
import { Observer } from './observer';
import { PngFile, pngNameOf } from './png-file';
import type { BrokerAddress } from './start-options';
import { tryLines } from './try-lines';
import { type Bundle, VirtualKit } from './virtual-kit';
import type { Front } from './view/front';
import type { Action } from './view/keys';
import type { Event, Model } from './view/model';

export interface SessionOptions {
  bundle: Bundle;
  kits: KitSettings[];
  address: BrokerAddress;
  /** The broker in this process, if there is one. */
  broker?: Broker | undefined;
  /** Address of the dashboard, when there is one. */
  dashboard?: string | undefined;
  /** File for the picture of the display; with several kits each gets its own. */
  png?: string | undefined;
}

/** Virtual kits, the broker they talk to, and whoever watches: everything between start and end. */
export class Session {
  readonly model: Model;
  readonly #kits: VirtualKit[];
  readonly #observer: Observer;
  readonly #broker: Broker | undefined;
  readonly #pngs: Map<number, PngFile>;
  #front: Front | undefined;
  /** What was seen before there was a front to show it. */
  #early: Event[] = [];
  #brokerBusy = false;

  constructor({ bundle, kits, address, broker, dashboard, png }: SessionOptions) {
    const clock = new RealClock();
    const see = (event: Event) => this.#see(event);
    this.#kits = kits.map((settings) => new VirtualKit(settings, bundle, clock, see));
    this.#observer = new Observer(address, see);
    this.#broker = broker;
    this.#pngs = new Map(png === undefined ? [] : this.#kits.map((kit) => [kit.kit, this.#pngOf(kit, png)]));
    this.model = {
      broker: { address: `${address.host}:${address.port}`, state: 'connecting' },
      ...(dashboard !== undefined && { dashboard }),
      tries: (kit) => tryLines(address, kit),
      kits: this.#kits.map((kit) => kit.model()),
      chosen: 0,
      help: false,
      log: [],
    };
  }

  /** Throws one sentence when the broker refuses the password or a picture cannot be written. */
  async prepare(): Promise<void> {
    for (const png of this.#pngs.values()) png.save();
    await this.#observer.start();
  }

  run(front: Front): void {
    this.#front = front;
    for (const event of this.#early) front.see(event);
    this.#early = [];
    for (const kit of this.#kits) kit.powerOn();
  }

  stop(): void {
    this.#front?.stop();
    for (const kit of this.#kits) kit.powerOff();
    this.#observer.stop();
    for (const png of this.#pngs.values()) png.save();
  }

  /** Does what a key asks for. */
  act(action: Action): void {
    const kit = this.#kits[this.model.chosen]!;
    if (action.type === 'lamp') this.#observer.publish(`iot/${kit.kit}`, 'USBLED');
    else if (action.type === 'broker') void this.#toggleBroker();
    else kit.act(action);
  }

  async #toggleBroker(): Promise<void> {
    const broker = this.#broker;
    if (!broker) return this.note('the broker is not ours to stop: it was named with --broker');
    if (this.#brokerBusy) return;
    this.#brokerBusy = true;
    try {
      if (broker.running) {
        this.#observer.stop();
        await broker.stop();
        this.#see({ type: 'broker', state: 'stopped' });
      } else {
        await broker.start();
        await this.#observer.start();
      }
    } catch (error) {
      this.note((error as Error).message);
    } finally {
      this.#brokerBusy = false;
    }
  }

  #pngOf(kit: VirtualKit, file: string): PngFile {
    const name = this.#kits.length > 1 ? pngNameOf(file, kit.kit) : file;
    return new PngFile(
      name,
      () => kit.png(),
      (sentence) => this.note(sentence),
    );
  }

  /** Shows a sentence among the messages. */
  note(text: string): void {
    this.#see({ type: 'note', text });
  }

  #see(event: Event): void {
    if (event.type === 'display') this.#pngs.get(event.kit)?.changed();
    if (this.#front) this.#front.see(event);
    else this.#early.push(event);
  }
}
