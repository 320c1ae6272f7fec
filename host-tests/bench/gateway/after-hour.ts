/** The same once more after as many messages as 100 kits send in an hour. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { measureDelivery } from './delivery';
import { MeasuredProcess, startGateway } from './measured-process';
import { at, median, type Row } from './row';

const kits = 100;
const perHour = 360;

export async function measureAfterHour(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  let server = await startGateway(folder);
  const relay = await MeasuredProcess.fork('yardstick.ts', 'relay');
  try {
    await rest(3000);
    const early = server.rssMb;
    for (const one of [server, relay]) await publishHour(one, quick ? perHour / 6 : perHour);
    await rest(5000);
    const late = server.rssMb;
    const gateway = await measureDelivery(server, 100, 100, quick ? 3 : 6);
    const plain = await measureDelivery(relay, 100, 100, quick ? 3 : 6);
    const starts: number[] = [];
    for (let round = 0; round < 3; round++) {
      await server.end();
      const beganMs = performance.now();
      server = await startGateway(folder);
      await fetch(`http://127.0.0.1:${server.ports.web}/healthz`);
      starts.push(performance.now() - beganMs);
    }
    const startMs = median(starts);
    const after = `after ${(2 * kits * (quick ? perHour / 6 : perHour)).toLocaleString('en')} messages of ${kits} kits`;
    const part = gateway.cpuUs / plain.cpuUs;
    const p99 = at(0.99, gateway.delaysMs);
    return [
      {
        what: `${after}: CPU and time per delivery, 100 browsers, 100 messages/s`,
        measured: `${gateway.cpuUs.toFixed(1)} us, p99 ${p99.toFixed(1)} ms; ${part.toFixed(2)} of the relay`,
        beside: `${plain.cpuUs.toFixed(1)} us, p99 ${at(0.99, plain.delaysMs).toFixed(1)} ms`,
        goal: '<= 0.8 of it, p99 <= 3.5 ms',
        isMet: part <= 0.8 && p99 <= 3.5,
      },
      {
        what: `${after}: memory (RSS)`,
        measured: `${late.toFixed(0)} MB`,
        beside: `before: ${early.toFixed(0)} MB`,
      },
      {
        what: `${after}: start with that history`,
        measured: `${Math.round(startMs)} ms`,
        goal: '<= 500 ms',
        isMet: startMs <= 500,
      },
    ];
  } finally {
    for (const one of [server, relay]) await one.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a kit says every ten seconds: its readings as JSON and as text. */
async function publishHour(server: MeasuredProcess, times: number): Promise<void> {
  const client = await connectAsync({ host: '127.0.0.1', port: server.ports.mqtt! });
  for (let seq = 0; seq < times; seq++) {
    for (let kit = 1; kit <= kits; kit++) {
      const values = { temperatureC: 20 + (seq % 50) / 10, humidityPct: 45, light: seq % 1024, rssiDbm: -60 };
      client.publish(`iot/${kit}/telemetry`, JSON.stringify({ ...values, uptimeS: seq * 10, seq }));
      client.publish(
        `iot/${kit}/message`,
        `Light intensity: ${seq % 1024}\t Temperature: 25.50\tHumidity: 40.20`,
      );
    }
    do await rest(1);
    while (client.stream.writableLength > 100_000);
  }
  await client.endAsync();
}
