/** From an MQTT publication to the frame in a browser: the gateway beside a plain relay. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { WebSocket } from 'ws';
import { MeasuredProcess, startGateway } from './measured-process';
import { at, median, type Row } from './row';

export interface Delivery {
  /** CPU time of the server for each message and browser, in microseconds. */
  cpuUs: number;
  delaysMs: number[];
}

/** CPU per delivery, of the relay's; and the time within which 99 of 100 messages arrive. */
const costMax = 0.8;
const p99MsMax: Record<number, number> = { 100: 3.5, 1000: 10 };

export async function measureDeliveries(quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  const rounds = quick ? 1 : 3;
  for (const browsers of [1, 10, 100]) {
    for (const perS of [100, 1000]) {
      const gateway: Delivery[] = [];
      const relay: Delivery[] = [];
      for (let round = 0; round < rounds; round++) {
        relay.push(
          await withServer('relay', (server) => measureDelivery(server, browsers, perS, quick ? 3 : 6)),
        );
        gateway.push(
          await withServer('gateway', (server) => measureDelivery(server, browsers, perS, quick ? 3 : 6)),
        );
      }
      rows.push(rowOf(browsers, perS, gateway, relay));
    }
  }
  return rows;
}

async function withServer<T>(kind: string, use: (server: MeasuredProcess) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  const server = await (kind === 'relay' ? MeasuredProcess.fork('yardstick.ts', kind) : startGateway(folder));
  try {
    return await use(server);
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All messages come from here, and one browser is here: both read one clock. The others only take what comes. */
export async function measureDelivery(
  server: MeasuredProcess,
  browsers: number,
  perS: number,
  seconds: number,
): Promise<Delivery> {
  const { mqtt, web } = server.ports as { mqtt: number; web: number };
  const others = await MeasuredProcess.fork('live-browsers.ts', String(web), String(browsers - 1));
  const delaysMs: number[] = [];
  const own = new WebSocket(`ws://127.0.0.1:${web}/live`);
  own.on('message', (data: Buffer) => {
    const nowMs = performance.now();
    for (const [, sentMs] of data.toString().matchAll(/sentMs\\?":([\d.]+)/g))
      delaysMs.push(nowMs - Number(sentMs));
  });
  await once(own, 'open');
  const publisher = await connectAsync({ host: '127.0.0.1', port: mqtt });
  (publisher.stream as Socket).setNoDelay(true);
  const publish = async (count: number): Promise<void> => {
    const beganMs = performance.now();
    for (let sent = 0; sent < count;) {
      const due = Math.min(count, ((performance.now() - beganMs) * perS) / 1000);
      for (; sent < due; sent++) publisher.publish(`iot/${(sent % 30) + 1}/telemetry`, telemetry(sent));
      await rest(1);
    }
    await rest(200);
  };
  await publish(perS * 3);
  delaysMs.length = 0;
  const before = server.cpuUs;
  await publish(perS * seconds);
  const cpuUs = (server.cpuUs - before) / (perS * seconds * browsers);
  own.close();
  await publisher.endAsync();
  await others.end();
  return { cpuUs, delaysMs };
}

function telemetry(seq: number): string {
  const values = {
    temperatureC: 24.1,
    humidityPct: 45.2,
    light: 512,
    rssiDbm: -61,
    uptimeS: seq,
    freeVars: 712,
  };
  return JSON.stringify({ ...values, reconnects: 0, boot: 3, seq, sentMs: performance.now() });
}

function rowOf(browsers: number, perS: number, gateway: Delivery[], relay: Delivery[]): Row {
  const text = (all: Delivery[]): string => {
    const delays = all.flatMap(({ delaysMs }) => delaysMs);
    return `${median(all.map(({ cpuUs }) => cpuUs)).toFixed(1)} us, p50 ${at(0.5, delays).toFixed(1)} p99 ${at(0.99, delays).toFixed(1)} ms`;
  };
  const part = median(gateway.map(({ cpuUs }, round) => cpuUs / relay[round]!.cpuUs));
  const p99 = at(
    0.99,
    gateway.flatMap(({ delaysMs }) => delaysMs),
  );
  const isAsked = browsers === 100;
  return {
    what: `CPU and time per delivery, ${browsers} browsers, ${perS} messages/s`,
    measured: `${text(gateway)}; ${part.toFixed(2)} of the relay`,
    beside: `aedes and ws: ${text(relay)}`,
    ...(isAsked && {
      goal: `<= ${costMax} of it, p99 <= ${p99MsMax[perS]} ms`,
      isMet: part <= costMax && p99 <= p99MsMax[perS]!,
      ...(perS === 100 && {
        limit:
          'half of it is the system call that writes, which the relay makes as often: to save some, messages would have to wait for the next one, 10 ms',
      }),
    }),
  };
}
