import { connect, type MqttClient } from 'mqtt';
import { parseBroker, type BrokerAddress } from '../start-options';

/** What a kit has told of its connection. */
export interface KitSignal {
  atMs: number;
  signal_dbm?: number;
  ip?: string;
  mac?: string;
  /** `online`, `offline` or `safe-mode`. */
  status?: string;
}

const connectMs = 5000;

/** Reads along what one kit says of itself. */
export class KitWatch {
  readonly seen: KitSignal = { atMs: 0 };
  /** Called with each telemetry, change of status and report of an outage. */
  onTelemetry: () => void = () => {};
  onStatus: (status: string) => void = () => {};
  onOutage: (offlineS: number, reason: string) => void = () => {};
  #client: MqttClient | undefined;

  constructor(
    private readonly kit: number,
    private readonly broker: BrokerAddress,
    private readonly now: () => number,
  ) {}

  /** Settles when the broker has answered; throws a sentence when it does not, or refuses. */
  async start(): Promise<void> {
    const { host, port, user, password } = this.broker;
    const client = connect({
      protocol: 'mqtt',
      host,
      port,
      connectTimeout: connectMs,
      reconnectPeriod: 1000,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
    });
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => this.#take(topic, payload.toString(), retain));
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => {
        client.end(true);
        reject(new Error(`the broker at ${host}:${port} ${reason}`));
      };
      client.once('error', (error) => fail(`refuses: ${error.message || 'no connection'}`));
      client.once('offline', () => fail('does not answer; --broker mqtt://host:port names another'));
      client.once('connect', () => {
        client.removeAllListeners('error').on('error', () => undefined);
        client.removeAllListeners('offline');
        resolve();
      });
    });
    await client.subscribeAsync(
      ['telemetry', 'status', 'state', 'result'].map((name) => `iot/${this.kit}/${name}`),
    );
  }

  stop(): void {
    this.#client?.end(true);
  }

  #take(topic: string, payload: string, retained: boolean): void {
    const name = topic.slice(topic.lastIndexOf('/') + 1);
    if (name === 'status') {
      this.seen.status = payload;
      return this.onStatus(payload);
    }
    const said = object(payload);
    if (name === 'state') {
      if (typeof said['ip'] === 'string') this.seen.ip = said['ip'];
      if (typeof said['mac'] === 'string') this.seen.mac = said['mac'];
    } else if (name === 'telemetry' && !retained && said['ageMs'] === undefined) {
      this.seen.atMs = this.now();
      if (typeof said['rssiDbm'] === 'number') this.seen.signal_dbm = said['rssiDbm'];
      else delete this.seen.signal_dbm;
      this.onTelemetry();
    } else if (name === 'result' && said['event'] === 'reconnected' && typeof said['offlineS'] === 'number')
      this.onOutage(said['offlineS'], String(said['reason'] ?? ''));
  }
}

/** `--broker` as `lamplighter start` takes it. */
export function brokerOf(url: string | undefined): BrokerAddress {
  return parseBroker(url ?? 'mqtt://127.0.0.1');
}

function object(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
