import { parseReading, type Reading, type Source } from '../reading';
import type { Registry } from '../registry';
import type { Store, StoredReading } from '../store/store';
import { Repeats } from './repeats';

export interface IngestOptions {
  registry: Registry;
  store: Pick<Store, 'append' | 'appendOnce'>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The way that every reading takes, whatever it came on: into the registry, the history and the dashboards. */
export class Ingest {
  /** Readings taken by transport, and those that came on two of them. */
  readonly counters = { mqtt: 0, tcp: 0, udp: 0, http: 0, repeated: 0 };
  readonly #registry: Registry;
  readonly #store: IngestOptions['store'];
  readonly #now: () => number;
  readonly #repeats = new Repeats();

  constructor({ registry, store, now }: IngestOptions) {
    this.#registry = registry;
    this.#store = store;
    this.#now = now;
  }

  /** As `parseReading`, `sensor` being who sent the JSON when the transport tells. */
  readonly parse = (json: unknown, sensor?: string): Reading => parseReading(json, this.#now(), sensor);

  /** Throws one sentence when there is no room for one more sensor. */
  readonly ingest = (reading: Reading, source: Source): void => this.take([reading], source);

  /** Takes all, or none and throws one sentence when there is no room for one more sensor. */
  take(readings: readonly Reading[], source: Source): void {
    this.#checkRoom(readings);
    const fresh = this.#fresh(readings, source);
    if (fresh.length === 0) return;
    this.#register(fresh);
    this.#store.append(fresh);
  }

  /** The same for a batch that counts once, however often it is sent; resolves when it is on disk. */
  async takeOnce(key: string, readings: readonly Reading[], source: Source): Promise<'stored' | 'duplicate'> {
    this.#checkRoom(readings);
    const fresh = this.#fresh(readings, source);
    const outcome = await this.#store.appendOnce({ key, readings: fresh });
    // The last place may be taken by now; on disk it is all the same.
    if (outcome === 'stored')
      this.#register(fresh.filter(({ sensor }) => this.#registry.refusal(sensor) === undefined));
    return outcome;
  }

  #checkRoom(readings: readonly Reading[]): void {
    for (const { sensor } of readings) {
      const refusal = this.#registry.refusal(sensor);
      if (refusal !== undefined) throw new Error(refusal);
    }
  }

  #register(readings: readonly StoredReading[]): void {
    for (const reading of readings) {
      this.#registry.take(reading, reading);
      this.counters[reading.transport]++;
    }
  }

  #fresh(readings: readonly Reading[], { transport }: Source): StoredReading[] {
    const fresh: StoredReading[] = [];
    for (const { sensor, atMs, values } of readings) {
      const reading = { sensor, atMs, values, transport };
      if (sensor.startsWith('kit_') && this.#repeats.has(reading)) this.counters.repeated++;
      else fresh.push(reading);
    }
    return fresh;
  }
}
