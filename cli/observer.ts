import { connect, type MqttClient } from 'mqtt';
import { clientOptions, connectionProblem, isRefusal } from '../gateway/remote-broker';
import type { BrokerUrl } from '../gateway/settings/broker-url';
import type { BrokerAddress } from './start-options';
import type { Event } from './view/model';

/** How long a broker may take before the first answer counts as none, in milliseconds. */
const connectMs = 5000;
const retryMs = 1000;

/** Reads along on `iot/#`, as any MQTT tool could. */
export class Observer {
  private client: MqttClient | undefined;
  private lost = false;
  private readonly broker: BrokerUrl;

  constructor(
    address: BrokerAddress,
    private readonly see: (event: Event) => void,
  ) {
    this.broker = { protocol: 'mqtt', ...address };
  }

  /**
   * Settles when the broker has answered, or has not for five seconds; then it is tried again for ever.
   * Throws one sentence when the broker refuses the user or the password: no patience helps there.
   */
  start(): Promise<void> {
    const client = connect({
      ...clientOptions(this.broker),
      clientId: `lamplighter_${process.pid}`,
      connectTimeout: connectMs,
      reconnectPeriod: retryMs,
      // A publish from here is of the moment: after an outage nobody waits for it any more.
      queueQoSZero: false,
    });
    this.client = client;
    this.lost = false;
    client.on('message', (topic, payload, { retain }) =>
      this.see({ type: 'message', topic, payload, retained: retain }),
    );
    return new Promise((resolve, reject) => {
      client.on('connect', () => {
        this.lost = false;
        this.see({ type: 'broker', state: 'connected' });
        client.subscribe('iot/#', (error) => {
          if (error && client.connected)
            this.see({ type: 'note', text: `the broker refuses iot/#: ${error.message}` });
        });
        resolve();
      });
      client.on('error', (error: Error & { code?: unknown }) => {
        this.onLost(client, error.message || String(error.code));
        if (isRefusal(error)) reject(new Error(`--broker: ${connectionProblem(this.broker, error)}`));
        else resolve();
      });
      client.on('close', () => {
        this.onLost(client);
        resolve();
      });
    });
  }

  /** Publishes as any MQTT tool could; does nothing while the broker is away. */
  publish(topic: string, payload: string): void {
    if (this.client?.connected) this.client.publish(topic, payload);
  }

  /** Silent from here on, until `start`. */
  stop(): void {
    const { client } = this;
    this.client = undefined;
    client?.removeAllListeners('message');
    client?.end(true);
  }

  private onLost(client: MqttClient, reason?: string): void {
    if (this.lost || client !== this.client) return;
    this.lost = true;
    this.see({ type: 'broker', state: 'lost', ...(reason && { reason }) });
  }
}
