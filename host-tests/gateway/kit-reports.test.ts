import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { startGateway, type Gateway } from '../../gateway/gateway';
import { createLog } from '../../gateway/log';
import { readSettings } from '../../gateway/settings';
import type { ChipName } from '../../simulator';
import { withConsole } from '../conformance/verbs';
import type { Given } from '../support/kit-bench';
import { LoopbackBench } from '../support/loopback-bench';
import type { ReportedBy } from '../support/receiver';

// Each has a board and a gateway of its own, and most of its time is waiting.
vi.setConfig({ maxConcurrency: 6, testTimeout: 120_000 });

/** Boards in real time: a computer that is busy at the wrong moment loses a datagram, or half a second. */
const retry = 3;

const directory = mkdtempSync(join(tmpdir(), 'lamplighter-reports-'));
afterAll(() => rmSync(directory, { recursive: true }));
let nextFile = 0;

interface Stored {
  atMs: number;
  transport: string;
  values: Record<string, number>;
}

/** A whole gateway on ports of its own choice, which can be ended and started again with the same ones. */
class TestGateway {
  readonly #file = `${nextFile++}.db`;
  #ports = { mqtt: 0, http: 0, tcp: 0, udp: 0 };
  #gateway: Gateway | undefined;

  get ports() {
    return this.#ports;
  }

  async start(): Promise<this> {
    const { mqtt, http, tcp, udp } = this.#ports;
    const flags = {
      mqttPort: `${mqtt}`,
      webPort: `${http}`,
      tcpPort: `${tcp}`,
      udpPort: `${udp}`,
      data: this.#file,
      credentials: 'credentials.json',
    };
    const { settings } = readSettings({ flags, environment: {}, directory });
    const log = createLog({ level: 'silent', format: 'json', write: () => undefined });
    this.#gateway = await startGateway(settings, {
      now: Date.now,
      log,
      dashboard: join(directory, 'no-dashboard'),
    });
    const portOf = (name: string): number =>
      this.#gateway!.listeners.find(({ protocol }) => protocol === name)!.port;
    this.#ports = { mqtt: portOf('mqtt'), http: portOf('http'), tcp: portOf('tcp'), udp: portOf('udp') };
    return this;
  }

  async stop(): Promise<void> {
    await this.#gateway?.stop();
    this.#gateway = undefined;
  }

  /** What the history holds of a kit, the oldest first. */
  async readings(kit: number): Promise<Stored[]> {
    const response = await fetch(`http://127.0.0.1:${this.#ports.http}/api/sensors/kit_${kit}/data`);
    return response.ok ? ((await response.json()) as { readings: Stored[] }).readings : [];
  }
}

/** A virtual board in real time that reports to this gateway and has its broker there. */
async function kitAt(
  gateway: TestGateway,
  chip: ChipName,
  by: ReportedBy,
  { mqtt, port }: { mqtt?: false; port?: (gateway: TestGateway) => Promise<number> },
): Promise<LoopbackBench> {
  const report = {
    by,
    host: '127.0.0.1',
    port: port ? await port(gateway) : gateway.ports[by],
    ...(mqtt === false && { mqtt }),
  };
  const given: Given = { settings: { report }, climate: { temperatureC: 21.5, humidityPct: 48.1 } };
  const bench = await LoopbackBench.create(chip, gateway.ports.mqtt, given);
  bench.board.powerOn();
  return bench;
}

/** Every reading since the start, once, and as far apart as they were made. */
function expectWhole(readings: readonly Stored[], telemetryMs: number): void {
  expect(readings.map(({ values }) => values['seq'])).toEqual(readings.map((_, i) => i + 1));
  for (let i = 5; i < readings.length; i++)
    expect(Math.abs(readings[i]!.atMs - readings[i - 1]!.atMs - telemetryMs)).toBeLessThan(1500);
}

interface World {
  gateway: TestGateway;
  bench: LoopbackBench;
  has(count: number, withinMs: number): Promise<Stored[]>;
}

async function withKit(
  chip: ChipName,
  by: ReportedBy,
  run: (world: World) => Promise<void>,
  options: { mqtt?: false; port?: (gateway: TestGateway) => Promise<number> } = {},
): Promise<void> {
  const gateway = await new TestGateway().start();
  const bench = await kitAt(gateway, chip, by, options);
  const { kit } = bench.settings;
  const has = async (count: number, withinMs: number): Promise<Stored[]> => {
    const endMs = Date.now() + withinMs;
    for (;;) {
      const readings = await gateway.readings(kit);
      if (readings.length >= count) return readings;
      if (Date.now() > endMs)
        throw new Error(`${readings.length} of ${count} readings within ${withinMs} ms`);
      await bench.advance(100);
    }
  };
  try {
    await run({ gateway, bench, has });
  } catch (error) {
    throw withConsole(error, bench);
  } finally {
    await bench.stop();
    await gateway.stop();
  }
}

/** A way to the gateway on which the answers to the first `lost` requests are lost. */
async function lossyWay(
  to: number,
  lost: number,
): Promise<{ port: number; close(): void; requests(): number }> {
  let requests = 0;
  const server = createServer((near) => {
    const number = ++requests;
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    if (number > lost) far.pipe(near);
    // The gateway has answered, so that it has stored: nothing of it comes through.
    else far.on('data', () => near.resetAndDestroy());
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => server.close(), requests: () => requests };
}

describe.concurrent.each(['esp8266', 'esp32'] as const)('%s at the real gateway', (chip) => {
  test.each(['http', 'tcp', 'udp'] as const)(
    'what it reports over %s alone is in the history',
    { retry },
    (by) =>
      withKit(
        chip,
        by,
        async ({ bench, has }) => {
          const readings = await has(4, 40_000);
          expectWhole(readings, bench.settings.telemetryMs);
          for (const { transport, values } of readings) {
            expect(transport).toBe(by);
            expect(values).toMatchObject({ light: 600, boot: 1, reconnects: 0 });
          }
          // A computer that is busy at the wrong moment makes a virtual DHT22 miss its start signal.
          const measured = readings.filter(({ values }) => 'temperature' in values);
          expect(measured[0]!.values).toMatchObject({ temperature: 21.5, humidity: 48.1 });
        },
        { mqtt: false },
      ),
  );

  test.each(['http', 'tcp', 'udp'] as const)(
    'what it reports over %s beside MQTT counts once',
    { retry },
    (by) =>
      withKit(chip, by, async ({ bench, has }) => {
        await has(4, 40_000);
        await bench.advance(2000);
        expectWhole(await has(4, 0), bench.settings.telemetryMs);
      }),
  );
});

describe.concurrent('a kit at the real gateway', () => {
  const chip = 'esp8266';

  test('what it measured while the gateway was away follows when it is back, in its place', { retry }, () =>
    withKit(
      chip,
      'http',
      async ({ gateway, bench, has }) => {
        const before = await has(2, 40_000);
        await gateway.stop();
        await bench.advance(4 * bench.settings.telemetryMs);
        await gateway.start();
        const readings = await has(before.length + 5, 60_000);
        expectWhole(readings, bench.settings.telemetryMs);
      },
      { mqtt: false },
    ),
  );

  test('a batch whose answer was lost is stored once', { retry }, async () => {
    let way: Awaited<ReturnType<typeof lossyWay>> | undefined;
    await withKit(
      chip,
      'http',
      async ({ bench, has }) => {
        await bench.until('requests', () => way!.requests() > 3, 60_000);
        const readings = await has(4, 20_000);
        expectWhole(readings, bench.settings.telemetryMs);
        expect(bench.console.filter((line) => line.includes('does not answer'))).toHaveLength(2);
      },
      { mqtt: false, port: async ({ ports }) => (way = await lossyWay(ports.http, 2)).port },
    );
    way!.close();
  });
});
