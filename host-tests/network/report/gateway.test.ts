import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startGateway } from '../../../gateway/gateway';
import { createLog } from '../../../gateway/log';
import { readSettings } from '../../../gateway/settings';
import { postReports } from '../../../network/report/http';
import { ReportQueue } from '../../../network/report/queue';
import { Reporter } from '../../../network/report/reporter';
import { Disk, numbers } from './disk';

const place = mkdtempSync(join(tmpdir(), 'lamplighter-report-gateway-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the gateway takes nine of ten readings when the tenth is malformed, and each once', async () => {
  const flags = {
    ...{ webPort: '0', mqttPort: '0', tcpPort: 'off', udpPort: 'off' },
    ...{ data: join(place, 'history.db'), credentials: join(place, 'credentials.json') },
  };
  const { settings } = readSettings({ flags, environment: {}, directory: place });
  const log = createLog({ level: 'error', format: 'json', write: () => undefined });
  const gateway = await startGateway(settings, { now: Date.now, log, dashboard: place });
  try {
    const url = `http://127.0.0.1:${gateway.listeners.find(({ protocol }) => protocol === 'http')!.port}`;
    const queue = await ReportQueue.open(new Disk(), 'me');
    const aside: unknown[] = [];
    const sent: (() => ReturnType<typeof postReports>)[] = [];
    const reporter = new Reporter({
      queue,
      concurrency: 1,
      post: (sensor, key, reports) => {
        const post = () =>
          postReports({ url }, sensor, key, reports, { now: () => 0, signal: new AbortController().signal });
        sent.push(post);
        return post();
      },
      setAside: (batch, { status, reason }) =>
        Promise.resolve(void aside.push([numbers(batch), status, reason])),
      log: () => undefined,
      pausing: (_, reason) => expect.fail(reason),
      after: () => () => undefined,
    });
    await queue.add(
      Array.from({ length: 10 }, (_, n) => ({
        sensor: 'room_1',
        report: { n, timestamp: 1_700_000_000 + n, ...(n === 4 && { temperature: 'warm' }) },
      })),
    );
    reporter.wake();
    await reporter.idle();
    // As after a crash that has forgotten what was answered.
    for (const post of sent) await post();
    expect(aside).toEqual([[[4], 400, '[0].temperature: expected a number, got "warm"']]);
    const response = await fetch(`${url}/api/sensors/room_1/data?from=0`);
    const { readings } = (await response.json()) as { readings: { values: { n: number } }[] };
    expect(readings.map(({ values }) => values.n)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9]);
  } finally {
    await gateway.stop();
  }
});
