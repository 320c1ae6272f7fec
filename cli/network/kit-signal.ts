import { connect, type MqttClient } from 'mqtt';
import { clientOptions, connectionProblem } from '../../gateway/remote-broker';
import type { BrokerUrl } from '../../gateway/settings/broker-url';

/** What a kit has told of its connection. */
export interface KitSignal {
  atMs: number;
  /** Between two telemetries, when two have come one right after the other. */
  everyMs?: number;
  signal_dbm?: number;
  ip?: string;
  mac?: string;
  /** `online`, `offline` or `safe-mode`. */
  status?: string;
}

/** Of a kit that sends often: a broker may be slow. */
const silentMsMin = 30_000;

/** A kit is gone when its status says so, or when three of its telemetries are missing; until two have come its status decides. */
export function isPresent({ atMs, everyMs = Infinity, status }: KitSignal, nowMs: number): boolean {
  const isSilent = nowMs - atMs > Math.max(3.5 * everyMs, silentMsMin);
  return !isSilent && (status === undefined ? atMs > 0 : status !== 'offline');
}

const connectMs = 5000;
const retryMs = 1000;

/** Reads along what one kit says of itself. */
export class KitWatch {
  readonly seen: KitSignal = { atMs: 0 };
  /** Called with each telemetry, change of status and report of an outage. */
  onTelemetry: () => void = () => {};
  onStatus: () => void = () => {};
  onOutage: (offlineS: number, reason: string) => void = () => {};
  /** Called when the broker has gone, and when it is back: in between nothing is known of the kit. */
  onBroker: (state: 'lost' | 'back') => void = () => {};
  #client: MqttClient | undefined;
  #sequence = NaN;

  constructor(
    private readonly kit: number,
    private readonly broker: BrokerUrl,
    private readonly now: () => number,
  ) {}

  /** Settles when the broker has let it in; throws a sentence when it does not, and the reason of `signal` when that is aborted. */
  async start(signal: AbortSignal): Promise<void> {
    const client = connect({
      ...clientOptions(this.broker),
      connectTimeout: connectMs,
      reconnectPeriod: retryMs,
    });
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => this.#take(topic, payload.toString(), retain));
    const topics = ['telemetry', 'status', 'state', 'result'].map((name) => `iot/${this.kit}/${name}`);
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        client.once('error', reject);
        client.once('offline', () => reject(new Error(`no answer within ${connectMs / 1000} s`)));
        client.once('connect', () => resolve());
      });
      client.on('error', () => undefined);
      this.#tellOfBroker(client);
      await client.subscribeAsync(topics).catch((error: Error) => {
        const isRefused = error.message.includes('Unspecified');
        throw isRefused ? new Error(`it refuses the subscription to iot/${this.kit}/#`) : error;
      });
    } catch (error) {
      client.on('error', () => undefined).end(true);
      throw signal.aborted ? error : new Error(`--broker: ${connectionProblem(this.broker, error)}`);
    }
  }

  stop(): void {
    this.onBroker = () => {};
    this.#client?.end(true);
  }

  /** Each attempt to connect ends in another 'close'. */
  #tellOfBroker(client: MqttClient): void {
    let isThere = true;
    const change = (now: boolean) => {
      if (now !== isThere) this.onBroker(now ? 'back' : 'lost');
      isThere = now;
    };
    client.on('close', () => change(false)).on('connect', () => change(true));
  }

  #take(topic: string, payload: string, retained: boolean): void {
    const name = topic.slice(topic.lastIndexOf('/') + 1);
    if (name === 'status') {
      this.seen.status = payload;
      return this.onStatus();
    }
    const said = object(payload);
    if (name === 'state') {
      if (typeof said['ip'] === 'string') this.seen.ip = said['ip'];
      if (typeof said['mac'] === 'string') this.seen.mac = said['mac'];
    } else if (name === 'telemetry' && !retained && said['ageMs'] === undefined) {
      const now = this.now();
      const sequence = Number(said['seq']);
      if (sequence === this.#sequence + 1) this.seen.everyMs = now - this.seen.atMs;
      this.#sequence = sequence;
      this.seen.atMs = now;
      if (typeof said['rssiDbm'] === 'number') this.seen.signal_dbm = said['rssiDbm'];
      else delete this.seen.signal_dbm;
      this.onTelemetry();
    } else if (name === 'result' && said['event'] === 'reconnected' && typeof said['offlineS'] === 'number')
      this.onOutage(said['offlineS'], String(said['reason'] ?? ''));
  }
}

function object(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
