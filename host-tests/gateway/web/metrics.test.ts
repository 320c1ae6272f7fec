import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createLog } from '../../../gateway/log';
import { startGateway } from '../../../gateway/gateway';
import { readSettings } from '../../../gateway/settings';
import { metricsText } from '../../../gateway/web/metrics';
import { meanings } from '../../../gateway/web/metrics-meanings';
import { WebBench } from './web-bench';

const numbers = {
  version: '1.2.3',
  cpuS: 1.5,
  residentBytes: 5e7,
  heapBytes: 1e7,
  startedS: 1.7e9,
  loopBusy: 0.25,
  kitsOnline: 2,
  brokerConnected: true,
  storeTrouble: false,
};

const name = '[a-z][a-z0-9_]*';
const line = new RegExp(
  `^(?:# HELP ${name} .+|# TYPE ${name} (?:counter|gauge)|${name}(?:\\{version="[^"]+"\\})? -?[0-9.e+]+)$`,
);

describe('/metrics', () => {
  test('has help and type for each number, in base units', () => {
    const text = metricsText(numbers, { store: { stored: 7, waiting: 1 } });
    expect(text.endsWith('\n')).toBe(true);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((one) => !line.test(one))).toEqual([]);
    expect(lines.length % 3).toBe(0);
    expect(text).toContain(
      '# HELP lamplighter_store_stored_total Rows written to the database.\n' +
        '# TYPE lamplighter_store_stored_total counter\nlamplighter_store_stored_total 7\n',
    );
    expect(text).toContain('\nlamplighter_store_waiting 1\n');
    expect(text).toContain('\nprocess_cpu_seconds_total 1.5\n');
    expect(text).toContain('\nlamplighter_build_info{version="1.2.3"} 1\n');
    const names = lines.filter((one) => !one.startsWith('#')).map((one) => one.split(/[ {]/)[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('says what it can of a number that nobody has explained', () => {
    expect(metricsText(numbers, { newRoom: { someThing: 1, text: 'x' } })).toMatch(
      /# TYPE lamplighter_new_room_some_thing untyped\nlamplighter_new_room_some_thing 1\n$/,
    );
  });

  test('counts what happens, and has no more lines with more sensors', async () => {
    const bench = await new WebBench().start();
    const read = async () => (await bench.ask('GET', '/metrics')).text;
    const before = await read();
    for (let i = 0; i < 5; i++)
      await bench.ask('POST', `/api/sensors/s${i}/data`, { body: [{ t: 1 }, { t: 2 }] });
    await bench.ask('GET', '/api/none');
    const after = await read();
    expect(after.split('\n')).toHaveLength(before.split('\n').length);
    expect(after).toContain('\nlamplighter_http_ingest_readings_total 10\n');
    expect(after).toContain('\nlamplighter_http_refused_total 1\n');
    expect(after).toContain('\nlamplighter_registry_sensors 5\n');
    await bench.web.stop();
  });

  describe('of the whole gateway', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lamplighter-metrics-'));
    afterAll(() => rmSync(directory, { recursive: true }));

    test('explains every number that its rooms count', async () => {
      const off = { mqttPort: '0', webPort: '0', tcpPort: '0', udpPort: '0' };
      const flags = { ...off, data: 'data.db', credentials: 'credentials.json' };
      const { settings } = readSettings({ flags, environment: {}, directory });
      const log = createLog({ level: 'silent', format: 'json', write: () => undefined });
      const gateway = await startGateway(settings, { now: Date.now, log, dashboard: directory });
      const { port } = gateway.listeners.find(({ protocol }) => protocol === 'http')!;
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      await gateway.stop();
      expect(text.match(/^# TYPE .* untyped$/gm)).toBeNull();
      const own = Object.keys(meanings).filter((key) => !key.startsWith('bus.'));
      const shown = text.match(/^lamplighter_\w+/gm)!;
      const snake = (key: string) =>
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace('.', '_');
      expect(own.filter((key) => !shown.some((one) => one.startsWith(`lamplighter_${snake(key)}`)))).toEqual(
        [],
      );
    });
  });
});
