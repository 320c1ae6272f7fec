import type { Answer, KitCommand, SensorConfig } from '../../../shared/live';
import { Ingest } from '../../../gateway/ingest/ingest';
import { Registry } from '../../../gateway/registry';
import type { SeriesPoint, Span, StoredReading } from '../../../gateway/store/store';
import type { Identity } from '../../../gateway/broker/access';
import { NotNow } from '../../../gateway/credentials';
import type { Log, Rooms } from '../../../gateway/web/rooms';
import { type WebOptions, WebServer } from '../../../gateway/web/web-server';

const nothing = () => undefined;
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing };

/** A moment that is not near any other figure of these tests. */
export const startMs = Date.UTC(2026, 4, 1, 12);

const users: Record<string, Identity & { password: string }> = {
  anna: { name: 'anna', role: 'controller', password: 'secret a' },
  kit2: { name: 'kit2', role: 'kit', kit: 2, password: 'secret 2' },
  class: { name: 'class', role: 'kits', password: 'secret c' },
  probe: { name: 'probe', role: 'sensor', password: 'secret p' },
  porch: { name: 'porch', role: 'sensor', sensors: ['porch', 'kit_9'], password: 'secret h' },
};

/** History in memory. */
export class FakeStore {
  readonly stored: StoredReading[] = [];
  readonly keys = new Set<string>();
  readonly configs = new Map<string, SensorConfig>();
  readonly counters = { stored: 0, waiting: 0, dropped: 0, commits: 0 };
  trouble: string | undefined;
  points: SeriesPoint[] = [];
  pieces: string[] = ['time,sensor\n', '2026,a\n'];
  /** What the next call is answered with, instead. */
  failure: Error | undefined;
  /** Resolves when what is appended with a key is on disk. */
  disk: Promise<void> = Promise.resolve();
  asked: unknown[] = [];

  append(readings: readonly StoredReading[]): void {
    this.stored.push(...readings);
  }

  async appendOnce({ key, readings }: { key: string; readings: StoredReading[] }) {
    await this.disk;
    if (this.failure) throw this.failure;
    if (this.keys.has(key)) return 'duplicate' as const;
    this.keys.add(key);
    this.append(readings);
    return 'stored' as const;
  }

  async readings(sensor: string, { fromMs, toMs }: Span, limit: number) {
    if (this.failure) throw this.failure;
    this.asked = [sensor, { fromMs, toMs }, limit];
    return this.stored
      .filter((reading) => reading.sensor === sensor && reading.atMs >= fromMs && reading.atMs <= toMs)
      .slice(-limit)
      .map((reading) => ({ ...reading, receivedMs: startMs }));
  }

  async series(...asked: unknown[]) {
    this.asked = asked;
    return this.points;
  }

  async config(sensor: string) {
    return this.configs.get(sensor);
  }

  async setConfig(sensor: string, config: SensorConfig) {
    this.configs.set(sensor, config);
  }

  async *csv(...asked: unknown[]) {
    this.asked = asked;
    for (const piece of this.pieces) {
      yield piece;
      if (this.failure) throw this.failure;
    }
  }
}

/** A web server on a free port of loopback, with the real registry and ingest, and stand-ins for the other rooms. */
export class WebBench {
  nowMs = startMs;
  readonly store = new FakeStore();
  readonly registry = new Registry({ now: () => this.nowMs, sensorsMax: 50 });
  readonly commands: { kit: number; command: KitCommand }[] = [];
  readonly logged: string[] = [];
  readonly upgrades: string[] = [];
  answer: Answer | Promise<Answer> = { outcome: 'ok', lamp: 'ON', remaining: 10 };
  broker: 'connected' | 'lost' = 'connected';
  /** Addresses from which passwords came. */
  readonly verified: string[] = [];
  tooManyWrong = false;
  private credentialsChanged = nothing;
  private tokens = 0;
  private readonly removed = new Set<string>();
  readonly web: WebServer;

  constructor(options: Partial<Omit<WebOptions, 'rules'>> & { rules?: Partial<WebOptions['rules']> } = {}) {
    const now = () => this.nowMs;
    const rooms: Rooms = {
      credentials: {
        verify: async (name, password, address) => {
          this.verified.push(address);
          if (this.tooManyWrong) throw new NotNow('too many wrong passwords');
          const user = users[name];
          return user && user.password === password ? user : undefined;
        },
        identity: (name) => (this.removed.has(name) ? undefined : users[name]),
        hasKit: () => !this.removed.has('class'),
        onChange: (listener) => (this.credentialsChanged = listener as () => undefined),
      },
      sensors: this.registry,
      ingestion: new Ingest({ registry: this.registry, store: this.store, now }),
      commands: {
        send: async (kit, command) => {
          this.commands.push({ kit, command });
          return this.answer;
        },
      },
      store: this.store,
      mqtt: {
        handleUpgrade: (request, socket) => {
          this.upgrades.push(request.url!);
          socket.end('HTTP/1.1 418 Broker\r\n\r\n');
        },
      },
      broker: () => this.broker,
      counters: () => ({ store: this.store.counters, registry: this.registry.counters }),
    };
    const log: Log = {
      info: nothing,
      warn: (_fields, sentence) => this.logged.push(sentence),
      error: (_fields, sentence) => this.logged.push(sentence),
    };
    this.web = new WebServer(
      {
        host: '127.0.0.1',
        port: 0,
        folder: '/nowhere',
        version: '1.2.3',
        ...options,
        rules: { hosts: [], loginNeeded: false, openIngest: false, ...options.rules },
      },
      rooms,
      { log, now, token: () => `token-of-a-session-${++this.tokens}` },
    );
    this.registry.onEvent = (event) => this.web.tell(event);
  }

  get url(): string {
    return `http://127.0.0.1:${this.web.port}`;
  }

  removeUser(name: string): void {
    this.removed.add(name);
    this.credentialsChanged();
  }

  async start(): Promise<this> {
    await this.web.start();
    return this;
  }

  /** A request whose body, if any, is sent as JSON unless it is a text. */
  async ask(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; headers: Headers; text: string; json: unknown }> {
    const response = await fetch(this.url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, json: isJson && JSON.parse(text) };
  }

  /** Logs in and returns the cookie. */
  async logIn(user = 'anna', password = 'secret a'): Promise<string> {
    const { headers } = await this.ask('POST', '/api/login', { body: { user, password } });
    return headers.get('set-cookie')!.split(';')[0]!;
  }
}

export function basic(user: string, password = users[user]!.password): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
