import type { KitView, LiveEvent, SensorConfig, SensorView, Transport, Values } from '../shared/live';
import type { Reading, Source } from './reading';

export interface RegistryOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Sensors and kits that are remembered; one more is refused. */
  sensorsMax?: number;
}

export type ShownSettings = NonNullable<KitView['settings']>;

/** A sensor as the history has it. */
export interface StoredSensor {
  id: string;
  transport: Transport;
  seenMs: number;
  values: Values;
}

/** What a kit has said about itself; `remaining` in seconds, and only from a live message. */
export interface KitNews extends Partial<
  Pick<KitView, 'status' | 'lamp' | 'cause' | 'led' | 'dark' | 'board' | 'version' | 'ip' | 'mac'>
> {
  remaining?: number;
  /** The answer to a command: a lamp that is lit by it has a hold that begins now. */
  answer?: boolean;
  /** From the broker's memory: it says how things stood, not that the kit lives. */
  retained?: boolean;
}

/** Names remembered of one sensor; whoever sends ever new ones loses the oldest. */
const namesMax = 64;
/**
 * Of all sensors together, 300 bytes each at most: whoever opens a dashboard is told all of them. Beyond it a sensor
 * keeps as many as a kit has.
 */
const allNamesMax = 20_000;
const namesMaxThen = 10;
const defaultSensorsMax = 4096;

interface Entry {
  view: SensorView;
  /** By name, when its value was measured, or came in if that was earlier: a clock ahead must not silence the others. */
  measuredMs: Map<string, number>;
  /** A kit that has published JSON. */
  speaksJson: boolean;
}

/** Every sensor and kit as it is known now. What changes is told through `onEvent`. */
export class Registry {
  onEvent: (event: LiveEvent) => void = () => undefined;
  readonly counters = { sensors: 0, refused: 0, namesDropped: 0 };
  readonly #sensors = new Map<string, Entry>();
  /** Configurations of sensors that are not known yet. */
  readonly #configs = new Map<string, SensorConfig>();
  readonly #now: () => number;
  readonly #sensorsMax: number;
  /** Of all sensors. */
  #names = 0;

  constructor({ now, sensorsMax = defaultSensorsMax }: RegistryOptions) {
    this.#now = now;
    this.#sensorsMax = sensorsMax;
  }

  /**
   * Takes over what the history knows, before the first reading. The newest sensors when it knows too many: half of the
   * places stay free for those of today.
   */
  load(sensors: readonly StoredSensor[], configs: ReadonlyMap<string, SensorConfig> = new Map()): void {
    for (const [id, config] of configs) this.#configs.set(id, config);
    for (const { id, transport, seenMs, values } of sensors.toSorted((a, b) => b.seenMs - a.seenMs)) {
      if (this.#sensors.size >= this.#sensorsMax / 2) break;
      const { view, measuredMs } = this.#entry(id, transport);
      Object.assign(view, { transport, seenMs });
      for (const [name, value] of Object.entries(values).slice(0, this.#namesMax)) {
        measuredMs.set(name, seenMs);
        view.values[name] = value;
      }
      this.#names += measuredMs.size;
    }
    for (const [id, { view }] of this.#sensors) this.#configure(id, view);
  }

  /** What kit.config.ts says of its kits: they are known from then on, also those that are yet to say something. */
  showSettings(kits: ReadonlyMap<number, ShownSettings>): void {
    for (const [kit, settings] of kits) {
      const id = `kit_${kit}`;
      if (this.refusal(id) !== undefined) continue;
      const { view } = this.#entry(id, 'mqtt');
      view.kit = { ...view.kit!, settings };
      this.onEvent({ type: 'kit', seenMs: view.seenMs, kit: view.kit });
    }
  }

  views(): SensorView[] {
    return [...this.#sensors.values()].map(({ view }) => view);
  }

  view(id: string): SensorView | undefined {
    return this.#sensors.get(id)?.view;
  }

  kit(kit: number): KitView | undefined {
    return this.view(`kit_${kit}`)?.kit;
  }

  /** A sentence when there is no room for this sensor. */
  refusal(id: string): string | undefined {
    if (this.#sensors.has(id) || !this.#isFull) return undefined;
    this.counters.refused++;
    return `sensor_id: ${id} is one too many: the gateway knows ${this.#sensorsMax} sensors already`;
  }

  /** Throws the sentence of `refusal`. */
  take(reading: Reading, { transport }: Source): void {
    const nowMs = this.#now();
    const entry = this.#entry(reading.sensor, transport);
    const { view } = entry;
    if (view.kit && transport !== 'mqtt') this.#hearJson(entry);
    view.transport = transport;
    view.seenMs = nowMs;
    view.count++;
    this.#merge(entry, reading, nowMs);
    this.onEvent({
      type: 'reading',
      sensor: reading.sensor,
      transport,
      atMs: reading.atMs,
      seenMs: nowMs,
      values: reading.values,
    });
  }

  /** Throws the sentence of `refusal`. */
  takeKit(kit: number, news: KitNews): void {
    const entry = this.#entry(`kit_${kit}`, 'mqtt');
    const { view } = entry;
    const { remaining: _remaining, answer: _answer, retained = false, ...said } = news;
    const nowMs = this.#now();
    if (!retained && said.status !== 'offline') view.seenMs = nowMs;
    const before = view.kit!;
    const after: KitView = { ...before, ...said };
    if (said.lamp !== undefined) {
      delete after.lampEndsMs;
      const endsMs = lampEnds(before, news, nowMs);
      if (endsMs !== undefined) after.lampEndsMs = endsMs;
    }
    view.kit = after;
    this.onEvent({ type: 'kit', seenMs: view.seenMs, kit: after });
  }

  /** A kit lives: it has said something that is neither a reading nor about itself. Throws the sentence of `refusal`. */
  hear(kit: number): void {
    const { view } = this.#entry(`kit_${kit}`, 'mqtt');
    view.seenMs = this.#now();
    this.onEvent({ type: 'kit', seenMs: view.seenMs, kit: view.kit! });
  }

  /** A kit has published JSON: its texts say nothing more. Throws the sentence of `refusal`. */
  hearJson(kit: number): void {
    this.#hearJson(this.#entry(`kit_${kit}`, 'mqtt'));
  }

  /** A kit has published a text and no JSON with it. Throws the sentence of `refusal`. */
  hearText(kit: number): void {
    const entry = this.#entry(`kit_${kit}`, 'mqtt');
    if (!entry.speaksJson) this.#setTextsOnly(entry, true);
  }

  speaksJson(kit: number): boolean {
    return this.#sensors.get(`kit_${kit}`)?.speaksJson ?? false;
  }

  /** Also for a sensor that is yet to report. */
  setConfig(id: string, config: SensorConfig): void {
    if (this.#configs.size >= this.#sensorsMax && !this.#configs.has(id)) return;
    this.#configs.set(id, config);
    const view = this.view(id);
    if (!view) return;
    view.config = config;
    this.onEvent({ type: 'config', sensor: id, config });
  }

  get #isFull(): boolean {
    return this.#sensors.size >= this.#sensorsMax;
  }

  #entry(id: string, transport: Transport): Entry {
    const known = this.#sensors.get(id);
    if (known) return known;
    const refusal = this.refusal(id);
    if (refusal !== undefined) throw new Error(refusal);
    return this.#add(id, transport);
  }

  #add(id: string, transport: Transport): Entry {
    const view: SensorView = { id, transport, seenMs: 0, count: 0, values: {} };
    const kit = kitOf(id);
    if (kit !== undefined) view.kit = { kit, status: 'unknown', textsOnly: false };
    this.#configure(id, view);
    const entry: Entry = { view, measuredMs: new Map(), speaksJson: false };
    this.#sensors.set(id, entry);
    this.counters.sensors = this.#sensors.size;
    return entry;
  }

  #hearJson(entry: Entry): void {
    entry.speaksJson = true;
    this.#setTextsOnly(entry, false);
  }

  #setTextsOnly({ view }: Entry, textsOnly: boolean): void {
    if (view.kit!.textsOnly === textsOnly) return;
    view.kit = { ...view.kit!, textsOnly };
    this.onEvent({ type: 'kit', seenMs: view.seenMs, kit: view.kit });
  }

  #configure(id: string, view: SensorView): void {
    const config = this.#configs.get(id);
    if (config) view.config = config;
  }

  /** A reading that waited for a connection must not hide what was measured since. */
  #merge({ view, measuredMs }: Entry, { atMs, values }: Reading, nowMs: number): void {
    const measured = Math.min(atMs, nowMs);
    const namesBefore = measuredMs.size;
    for (const name of Object.keys(values)) {
      const known = measuredMs.get(name);
      if (known !== undefined && known > measured) continue;
      if (known === undefined)
        while (measuredMs.size >= this.#namesMax) this.#dropOldestName(view, measuredMs);
      measuredMs.set(name, measured);
      view.values[name] = values[name]!;
    }
    if (view.kit && values.uptimeS !== undefined && values.temperature === undefined)
      forget(view, measuredMs, measured);
    this.#names += measuredMs.size - namesBefore;
  }

  get #namesMax(): number {
    return this.#names < allNamesMax ? namesMax : namesMaxThen;
  }

  #dropOldestName(view: SensorView, measuredMs: Map<string, number>): void {
    let oldest: string | undefined;
    for (const [name, atMs] of measuredMs)
      if (oldest === undefined || atMs < measuredMs.get(oldest)!) oldest = name;
    measuredMs.delete(oldest!);
    delete view.values[oldest!];
    this.counters.namesDropped++;
  }
}

/**
 * When the lit lamp goes off; undefined when it is off or that is not known. `remaining` is rounded up to whole seconds:
 * what is known already and agrees with it is the better figure, unless a command has just begun the hold anew.
 */
function lampEnds(
  before: KitView,
  { lamp, remaining, answer, retained }: KitNews,
  nowMs: number,
): number | undefined {
  if (lamp !== 'ON') return undefined;
  const known = before.lampEndsMs;
  if (retained) return known !== undefined && known > nowMs ? known : undefined;
  if (!remaining) return undefined;
  const endsMs = nowMs + Math.min(remaining * 1000, before.settings?.holdMs ?? Infinity);
  const agrees = known !== undefined && known > endsMs - 1000 && known <= endsMs;
  return agrees && !answer ? known : endsMs;
}

/** Telemetry leaves out what could not be read: the values from before are not true any more. */
function forget(view: SensorView, measuredMs: Map<string, number>, measured: number): void {
  for (const name of ['temperature', 'humidity']) {
    if (measuredMs.get(name)! > measured) continue;
    measuredMs.delete(name);
    delete view.values[name];
  }
}

/** The number of the kit that is the sensor `kit_<kit>`. */
export function kitOf(sensor: string): number | undefined {
  const match = /^kit_([1-9]\d{0,3})$/.exec(sensor);
  return match ? Number(match[1]) : undefined;
}
