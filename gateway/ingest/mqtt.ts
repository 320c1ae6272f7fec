import { isUtf8 } from 'node:buffer';
import type { LiveEvent } from '../../shared/live';
import { greeting } from '../../shared/messages';
import type { Bus, BusMessage } from '../bus';
import type { Commands } from '../commands';
import { readingOrProblem, type Reading } from '../reading';
import type { KitNews, Registry } from '../registry';
import type { Ingest } from './ingest';
import { isTextTopic, type TextTopic, valuesOfText } from './kit-texts';

export interface MqttIngestOptions {
  bus: Bus;
  registry: Registry;
  ingest: Ingest['ingest'];
  commands: Pick<Commands, 'takeText' | 'takeResult'>;
  /** Told of every message of a kit, and of the broker. */
  onEvent: (event: LiveEvent) => void;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** A kit's longest document has some 250 bytes. */
const documentBytesMax = 4096;
/** Of longer messages the dashboards are told the beginning. */
const shownLengthMax = 1024;
const textLengthMax = 64;
/** The longest hold of a lamp, in seconds. */
const remainingMax = 3600;
/** A kit that publishes a text and telemetry publishes them in one moment. */
export const textHeldMs = 1000;
const textsHeldMax = 8;

/** What kits say on `iot/#`, as docs/protocol.md has it; readings of kits that know only the texts as well. */
export class MqttIngest {
  readonly counters = {
    messages: 0,
    /** Topics that are none of a kit. */
    foreign: 0,
    /** Payloads that are not what their topic should carry. */
    malformed: 0,
    /** From kits for which the registry has no room. */
    refused: 0,
  };
  readonly #bus: Bus;
  readonly #registry: Registry;
  readonly #ingest: Ingest['ingest'];
  readonly #commands: MqttIngestOptions['commands'];
  readonly #onEvent: MqttIngestOptions['onEvent'];
  readonly #now: () => number;
  /** The first texts of kits of which it is yet to be seen whether telemetry follows, which says the same. */
  readonly #held = new Map<number, { readings: Reading[]; timer: ReturnType<typeof setTimeout> }>();

  constructor({ bus, registry, ingest, commands, onEvent, now }: MqttIngestOptions) {
    this.#bus = bus;
    this.#registry = registry;
    this.#ingest = ingest;
    this.#commands = commands;
    this.#onEvent = onEvent;
    this.#now = now;
  }

  /** Before the bus starts, so that nothing retained is missed. */
  start(): void {
    this.#bus.onMessage = (message) => this.take(message);
    this.#bus.onState = (broker) => this.#onEvent({ type: 'broker', broker });
  }

  stop(): void {
    this.#bus.onMessage = this.#bus.onState = () => undefined;
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  /** Never throws: one bad message must not stop the others. */
  take({ topic, payload, retained }: BusMessage): void {
    this.counters.messages++;
    const match = /^iot\/([1-9]\d{0,3})(?:\/(.{1,64}))?$/.exec(topic);
    if (!match) {
      this.counters.foreign++;
      return;
    }
    const kit = Number(match[1]);
    const bytes = Buffer.isBuffer(payload)
      ? payload
      : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const text = bytes.toString('utf8', 0, documentBytesMax);
    this.#onEvent({
      type: 'message',
      kit,
      atMs: this.#now(),
      topic,
      payload: text.length > shownLengthMax ? text.slice(0, shownLengthMax) : text,
      retained,
    });
    try {
      if (bytes.length > documentBytesMax || !isUtf8(bytes)) this.counters.malformed++;
      else this.#read(kit, match[2] ?? '', text, retained);
    } catch {
      // The one error that the registry throws.
      this.counters.refused++;
    }
  }

  #read(kit: number, topic: string, text: string, retained: boolean): void {
    if (topic === 'status') this.#readStatus(kit, text, retained);
    else if (topic === 'state') this.#readState(kit, text, retained);
    // The others are never retained; if somebody did, nobody knows how old they are.
    else if (retained) return;
    else if (topic === 'telemetry') this.#readTelemetry(kit, text);
    else if (topic === 'result') this.#readResult(kit, text);
    else if (isTextTopic(topic)) this.#readText(kit, topic, text);
    else if (topic === '' && text.startsWith(greeting)) this.#registry.hear(kit);
  }

  #readStatus(kit: number, status: string, retained: boolean): void {
    if (status === 'online' || status === 'offline' || status === 'safe-mode')
      this.#registry.takeKit(kit, { status, retained });
    // Empty is how a retained message is cleared.
    else if (status !== '') this.counters.malformed++;
  }

  #readState(kit: number, text: string, retained: boolean): void {
    if (text === '') return;
    const state = this.#document(text);
    if (!state) return;
    this.#hearJson(kit);
    this.#registry.takeKit(kit, { ...newsOf(state), retained });
  }

  #readTelemetry(kit: number, text: string): void {
    const telemetry = this.#document(text);
    if (!telemetry) return;
    this.#hearJson(kit);
    const reading = readingOrProblem(telemetry, this.#now(), `kit_${kit}`);
    if (typeof reading === 'string') this.counters.malformed++;
    else this.#ingest(reading, { transport: 'mqtt' });
  }

  #readResult(kit: number, text: string): void {
    const result = this.#document(text);
    if (!result) return;
    this.#hearJson(kit);
    const { lamp, cause, remaining, led } = newsOf(result);
    const news: KitNews = {
      ...(lamp && { lamp }),
      ...(cause && { cause }),
      ...(led && { led }),
      ...(remaining && { remaining }),
    };
    if (result.ok === true && (lamp || led)) this.#registry.takeKit(kit, { ...news, answer: true });
    this.#commands.takeResult(kit, result);
  }

  #readText(kit: number, topic: TextTopic, text: string): void {
    // It says what its telemetry says.
    if (topic === 'message' && this.#registry.speaksJson(kit)) return;
    const values = valuesOfText(topic, text);
    if (!values) {
      this.counters.malformed++;
      return;
    }
    const count = Object.keys(values).length;
    this.#commands.takeText(kit, topic, text.trim(), count === 0);
    if (this.#registry.speaksJson(kit)) return;
    const reading = { sensor: `kit_${kit}`, atMs: this.#now(), values };
    if (this.#registry.kit(kit)?.textsOnly) this.#takeTexts(kit, [reading]);
    else this.#hold(kit, reading);
  }

  #hold(kit: number, reading: Reading): void {
    const held = this.#held.get(kit);
    if (held) {
      if (held.readings.length < textsHeldMax) held.readings.push(reading);
      return;
    }
    const refusal = this.#registry.refusal(reading.sensor);
    if (refusal !== undefined) throw new Error(refusal);
    const release = (): void => {
      const readings = this.#held.get(kit)!.readings;
      this.#held.delete(kit);
      try {
        this.#takeTexts(kit, readings);
      } catch {
        this.counters.refused++;
      }
    };
    this.#held.set(kit, { readings: [reading], timer: setTimeout(release, textHeldMs) });
  }

  #takeTexts(kit: number, readings: readonly Reading[]): void {
    this.#registry.hearText(kit);
    for (const reading of readings) {
      if (Object.keys(reading.values).length > 0) this.#ingest(reading, { transport: 'mqtt' });
      else this.#registry.hear(kit);
    }
  }

  /** What it has said as text comes as JSON as well, and counts once. */
  #hearJson(kit: number): void {
    this.#registry.hearJson(kit);
    const held = this.#held.get(kit);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(kit);
  }

  #document(text: string): Record<string, unknown> | undefined {
    try {
      const json: unknown = JSON.parse(text);
      if (typeof json === 'object' && json !== null && !Array.isArray(json))
        return json as Record<string, unknown>;
    } catch {
      // Counted below.
    }
    this.counters.malformed++;
    return undefined;
  }
}

/** What a document says of its kit; what is not as it should be is left out. */
function newsOf(document: Record<string, unknown>): KitNews {
  const news: KitNews = {};
  const { lamp, led, dark, remaining } = document;
  if (lamp === 'ON' || lamp === 'OFF') news.lamp = lamp;
  if (led === 'ON' || led === 'OFF') news.led = led;
  if (typeof dark === 'boolean') news.dark = dark;
  if (typeof remaining === 'number' && remaining >= 0 && remaining <= remainingMax)
    news.remaining = remaining;
  for (const name of ['cause', 'board', 'version', 'ip', 'mac'] as const) {
    const text = document[name];
    if (typeof text === 'string' && text.length <= textLengthMax) news[name] = text;
  }
  return news;
}
