import type {
  BrokerState,
  KitMessage,
  KitView,
  LiveEvent,
  SensorView,
  Transport,
  Values,
} from '../../shared/live';

export interface LogEntry {
  /** Counts from 1 in the order of arrival. */
  number: number;
  atMs: number;
  topic: string;
  payload: string;
  retained: boolean;
}

export type ReadingEvent = Extract<LiveEvent, { type: 'reading' }>;

/** What the gateway has told so far. Entries of `sensors` are replaced when they change, never altered. */
export class LiveState {
  /** The first `all` has come. */
  ready = false;
  version = '';
  broker: BrokerState = 'lost';
  /** By id. */
  sensors: ReadonlyMap<string, SensorView> = new Map();
  /** What the clock of the gateway is ahead of this one, ms: at least so much, since events take their time. */
  aheadMs = 0;
  /** How often everything was told anew: at each connection, and when this browser was too slow. */
  resyncs = 0;
  onReading: (reading: ReadingEvent) => void = () => {};
  onAnswer: (event: Extract<LiveEvent, { type: 'answer' }>) => void = () => {};
  onMessage: (message: KitMessage) => void = () => {};
  /** What was said on a kit's topics before it was watched, oldest first. */
  onMessagesBefore: (messages: readonly KitMessage[]) => void = () => {};
  /** When the newest reading of a sensor was made. */
  readonly #newestMs = new Map<string, number>();
  #sensors = new Map<string, SensorView>();
  #order: string[] = [];

  /** Kits by their number, then the other sensors by name; sorted only when there are new ones. */
  inOrder(): SensorView[] {
    if (this.#order.length !== this.sensors.size || !this.#order.every((id) => this.sensors.has(id)))
      this.#order = inOrder(this.sensors.values()).map(({ id }) => id);
    return this.#order.map((id) => this.sensors.get(id)!);
  }

  /** `nowMs` by the clock of this computer. */
  apply(events: readonly LiveEvent[], nowMs: number): void {
    this.#sensors = new Map(this.sensors);
    this.sensors = this.#sensors;
    for (const event of events) {
      this.#take(event, nowMs);
      // What has just happened is not in the future: else a lamp that was lit for 10 s would have 11 left.
      if (event.type === 'reading' || event.type === 'kit')
        this.aheadMs = Math.max(this.aheadMs, event.seenMs - nowMs);
    }
  }

  #take(event: LiveEvent, nowMs: number): void {
    switch (event.type) {
      case 'all':
        this.ready = true;
        this.resyncs++;
        this.aheadMs = event.nowMs - nowMs;
        this.version = event.version;
        this.broker = event.broker;
        this.#newestMs.clear();
        this.#sensors.clear();
        for (const sensor of event.sensors) this.#sensors.set(sensor.id, sensor);
        break;
      case 'reading':
        this.#takeReading(event);
        break;
      case 'kit':
        this.#takeKit(event.kit, event.seenMs);
        break;
      case 'config':
        this.#sensors.set(event.sensor, {
          ...(this.sensors.get(event.sensor) ?? emptySensor(event.sensor)),
          config: event.config,
        });
        break;
      case 'broker':
        this.broker = event.broker;
        break;
      case 'message':
        this.onMessage(event);
        break;
      case 'messages':
        this.onMessagesBefore(event.messages);
        break;
      case 'answer':
        this.onAnswer(event);
        break;
    }
  }

  #takeReading(event: ReadingEvent): void {
    const { sensor: id, atMs, seenMs, transport, values } = event;
    const before = this.sensors.get(id) ?? emptySensor(id, transport);
    // What waited for a connection is older than what is known already, and belongs to the charts only.
    const late = atMs < (this.#newestMs.get(id) ?? 0);
    if (!late) this.#newestMs.set(id, atMs);
    this.#sensors.set(id, {
      ...before,
      transport,
      seenMs: Math.max(seenMs, before.seenMs),
      count: before.count + 1,
      values: late ? before.values : { ...withoutUnread(before, values), ...values },
    });
    this.onReading(event);
  }

  #takeKit(kit: KitView, seenMs: number): void {
    const id = `kit_${kit.kit}`;
    const before = this.sensors.get(id) ?? emptySensor(id);
    this.#sensors.set(id, { ...before, seenMs: Math.max(seenMs, before.seenMs), kit });
  }
}

/** A kit's telemetry that lacks the temperature says that its sensor could not be read: what was read before is no value. */
function withoutUnread(sensor: SensorView, values: Values): Values {
  const unread = 'uptimeS' in values && !('temperature' in values);
  if (!unread) return sensor.values;
  const { temperature: _t, humidity: _h, ...rest } = sensor.values;
  return rest;
}

function emptySensor(id: string, transport: Transport = 'mqtt'): SensorView {
  return { id, transport, seenMs: 0, count: 0, values: {} };
}

const collator = new Intl.Collator('en', { numeric: true });

/** Kits by their number, then the other sensors by name. */
function inOrder(sensors: Iterable<SensorView>): SensorView[] {
  return [...sensors].sort(
    (a, b) => (a.kit?.kit ?? kitEnd) - (b.kit?.kit ?? kitEnd) || collator.compare(a.id, b.id),
  );
}

/** Above every kit's number. */
const kitEnd = 10_000;
