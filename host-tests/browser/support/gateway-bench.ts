import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../build/root';
import { type Gateway, startGateway } from '../../../gateway/gateway';
import { createLog } from '../../../gateway/log';
import { readSettings } from '../../../gateway/settings';
import type { KitView } from '../../../shared/live';
import type { Given } from '../../support/kit-bench';
import { LoopbackBench } from '../../support/loopback-bench';

export interface GatewayGiven {
  /** As options of the command line. */
  flags?: Record<string, string>;
  /** What kit.config.ts would say of each kit. */
  settings?: Map<number, NonNullable<KitView['settings']>>;
}

/** The whole gateway on free ports of this computer, with its files in a folder of its own, and virtual boards. */
export class GatewayBench {
  readonly #boards: LoopbackBench[] = [];
  #gateway: Gateway | undefined;
  /** Chosen at the first start and kept, so that whoever was connected finds it again. */
  #ports = { webPort: 0, mqttPort: 0, tcpPort: 0, udpPort: 0 };

  private constructor(
    private readonly folder: string,
    private readonly given: GatewayGiven,
  ) {}

  static async start(given: GatewayGiven = {}): Promise<GatewayBench> {
    const folder = await mkdtemp(join(tmpdir(), 'lamplighter-dashboard-'));
    const bench = new GatewayBench(folder, given);
    await bench.startGateway();
    return bench;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.webPort}`;
  }

  get mqttPort(): number {
    return this.#ports.mqttPort;
  }

  get tcpPort(): number {
    return this.#ports.tcpPort;
  }

  get udpPort(): number {
    return this.#ports.udpPort;
  }

  /** The users of the gateway, where they are kept. */
  get credentials(): string {
    return join(this.folder, 'credentials.json');
  }

  async startGateway(): Promise<void> {
    const flags = { data: 'gateway.db', credentials: 'credentials.json', ...this.given.flags };
    const { settings } = readSettings({ flags, environment: {}, directory: this.folder });
    this.#gateway = await startGateway(
      { ...settings, ...this.#ports },
      {
        now: Date.now,
        log: createLog({ level: 'silent', format: 'json', write: () => {} }),
        dashboard: join(root, 'dist/dashboard'),
      },
    );
    if (this.given.settings) this.#gateway.showSettings(this.given.settings);
    const portOf = (protocol: string) =>
      this.#gateway!.listeners.find((listener) => listener.protocol === protocol)?.port ?? 0;
    this.#ports = {
      webPort: portOf('http'),
      mqttPort: portOf('mqtt'),
      tcpPort: portOf('tcp'),
      udpPort: portOf('udp'),
    };
  }

  async stopGateway(): Promise<void> {
    await this.#gateway?.stop();
    this.#gateway = undefined;
  }

  /** A virtual board that is online; the first kit of a file is kit 1. */
  async addKit(given: Given = {}, chip: 'esp8266' | 'esp32' = 'esp8266'): Promise<LoopbackBench> {
    const settings = {
      lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
      telemetryMs: 3000,
      ...given.settings,
    };
    const board = await LoopbackBench.create(chip, this.mqttPort, { ...given, settings });
    this.#boards.push(board);
    await board.start(given);
    return board;
  }

  async stop(): Promise<void> {
    for (const board of this.#boards) await board.stop();
    await this.stopGateway();
    await rm(this.folder, { recursive: true, force: true });
  }
}
