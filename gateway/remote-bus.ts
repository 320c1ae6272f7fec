import { connect, type MqttClient } from 'mqtt';
import type { BrokerState } from '../shared/live';
import type { Bus, BusMessage } from './bus';
import { clientOptions, connectionProblem, isRefusal, placeOf, type RemoteBroker } from './remote-broker';

export interface RemoteBusOptions {
  /** Told once, in one sentence, why the connection is away, and that it is back. */
  log?: (sentence: string) => void;
  onError?: (error: unknown) => void;
  /** Runs `then` later and returns what cancels it; the event loop's own when absent. */
  after?: (ms: number, then: () => void) => () => void;
}

/** Pauses between attempts, in milliseconds: doubled each time. */
const retryMs = { first: 1000, max: 30_000 };
/** How long a broker may take for each answer, in milliseconds. */
const answerMs = 10_000;
const keepAliveS = 15;
/** What may wait for the socket, in bytes; commands are some 20 bytes long. */
const waitingBytesMax = 256 * 1024;
/** As long as the embedded broker takes. */
const payloadBytesMax = 64 * 1024;

/** A broker that runs elsewhere, over MQTT, with or without TLS. */
export class RemoteBus implements Bus {
  readonly counters = { received: 0, published: 0, failed: 0, tooLong: 0, connects: 0 };
  onMessage: (message: BusMessage) => void = () => undefined;
  onState: (state: BrokerState) => void = () => undefined;
  #state: BrokerState = 'lost';
  #client: MqttClient | undefined;
  #cancelRetry: (() => void) | undefined;
  #pauseMs = retryMs.first;
  #isStarting = false;
  /** Why it is away, so that each reason is told once and not with every attempt. */
  #told = '';

  constructor(
    private readonly broker: RemoteBroker,
    private readonly options: RemoteBusOptions = {},
  ) {}

  get state(): BrokerState {
    return this.#state;
  }

  /**
   * Settles when the broker has answered or has not; then it is tried again for ever. Throws one sentence when the broker
   * refuses the user or the password: no patience helps there.
   */
  async start(): Promise<void> {
    if (this.#client || this.#cancelRetry) return;
    this.#isStarting = true;
    const failure = await this.#connect();
    this.#isStarting = false;
    if (!failure?.refused) return;
    await this.stop();
    throw new Error(failure.sentence);
  }

  async stop(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const client = this.#client;
    this.#client = undefined;
    this.#change('lost');
    if (client) await endClient(client);
  }

  publish(topic: string, payload: string): boolean {
    const client = this.#client;
    const stalled = (client?.stream?.writableLength ?? 0) > waitingBytesMax;
    if (!client || this.#state !== 'connected' || stalled) {
      this.counters.failed++;
      return false;
    }
    client.publish(topic, payload);
    this.counters.published++;
    return true;
  }

  /** Resolves with what went wrong, if anything did, when this one attempt is decided. */
  #connect(): Promise<Failure | undefined> {
    const client = connect({
      ...clientOptions(this.broker),
      keepalive: keepAliveS,
      connectTimeout: answerMs,
      // The pauses between attempts are ours, and grow.
      reconnectPeriod: 0,
      // A publish from here is of the moment: after an outage nobody waits for it any more.
      queueQoSZero: false,
    });
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => this.#take(topic, payload, retain));
    return new Promise((resolve) => {
      let problem: Error | undefined;
      client.on('connect', () => {
        this.counters.connects++;
        this.#subscribe(client, (refusal) => {
          if (client !== this.#client) return;
          if (refusal === undefined) {
            this.#online();
            return resolve(undefined);
          }
          problem = refusal;
          client.end(true);
        });
      });
      client.on('error', (error) => (problem ??= error));
      client.on('close', () => {
        const failure = { refused: isRefusal(problem), sentence: connectionProblem(this.broker, problem) };
        if (client === this.#client) this.#retry(client, failure);
        resolve(failure);
      });
    });
  }

  #subscribe(client: MqttClient, done: (refusal: Error | undefined) => void): void {
    client.subscribe('iot/#', { qos: 0 }, (error, granted) => {
      const refused =
        error?.message.includes('Unspecified') || granted?.some(({ qos }) => (qos as number) === 128);
      done(
        refused
          ? new Error('it refuses the subscription to iot/#: expected a user who may read all of it')
          : (error ?? undefined),
      );
    });
  }

  #online(): void {
    this.#pauseMs = retryMs.first;
    if (this.#told) this.options.log?.(`connected to the broker at ${placeOf(this.broker)}`);
    this.#told = '';
    this.#change('connected');
  }

  #retry(client: MqttClient, { sentence, refused }: Failure): void {
    this.#client = undefined;
    client.removeAllListeners('message');
    this.#change('lost');
    // A refusal at the start is the end, and thrown.
    const isOver = this.#isStarting && refused;
    if (sentence !== this.#told && !isOver) this.options.log?.(`${sentence}; trying again`);
    this.#told = sentence;
    const after = this.options.after ?? eventLoop;
    this.#cancelRetry = after(this.#pauseMs, () => {
      this.#cancelRetry = undefined;
      void this.#connect();
    });
    this.#pauseMs = Math.min(2 * this.#pauseMs, retryMs.max);
  }

  #take(topic: string, payload: Buffer, retained: boolean): void {
    if (payload.length > payloadBytesMax) {
      this.counters.tooLong++;
      return;
    }
    this.counters.received++;
    try {
      this.onMessage({ topic, payload, retained });
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  #change(state: BrokerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.onState(state);
  }
}

interface Failure {
  /** The broker does not know the user, or the password is another. */
  refused: boolean;
  sentence: string;
}

function eventLoop(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** Waits for nobody: there is no last will that a DISCONNECT would have to hold back. */
function endClient(client: MqttClient): Promise<void> {
  client.removeAllListeners('message');
  client.on('error', () => undefined);
  return new Promise((resolve) => client.end(true, () => resolve()));
}
