/**
 * From an MQTT publication to the frame in a browser: the gateway's hub beside a plain relay, in the same run. The
 * server, the browsers that only take, and this process with the publisher and the one browser that measures are
 * processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { connectAsync } from 'mqtt';
import { WebSocket } from 'ws';

export interface LiveFigures {
  server: 'hub' | 'relay';
  browsers: number;
  messagesPerS: number;
  /** CPU time of the server for each message and browser, in microseconds. */
  cpuUs: number;
  p50Ms: number;
  p99Ms: number;
}

const folder = new URL('.', import.meta.url);
const warmUpS = 5;

export async function measureLive(
  server: 'hub' | 'relay',
  browsers: number,
  messagesPerS: number,
  seconds: number,
): Promise<LiveFigures> {
  const process = await started('live-server.ts', server);
  const { mqttPort, webPort } = process.said as { mqttPort: number; webPort: number };
  const others = await started('live-browsers.ts', String(webPort), String(browsers - 1));
  const delays: number[] = [];
  const own = new WebSocket(`ws://127.0.0.1:${webPort}/live`);
  await once(own, 'open');
  own.on('message', (data: Buffer) => {
    const nowMs = performance.now();
    for (const [, sentMs] of data.toString().matchAll(/sentMs\\?":([\d.]+)/g))
      delays.push(nowMs - Number(sentMs));
  });
  const publisher = await connectAsync({ host: '127.0.0.1', port: mqttPort });
  (publisher.stream as Socket).setNoDelay(true);
  const publish = async (count: number) => {
    const beganMs = performance.now();
    for (let sent = 0; sent < count;) {
      const due = Math.min(count, ((performance.now() - beganMs) * messagesPerS) / 1000);
      for (; sent < due; sent++) publisher.publish(`iot/${(sent % 30) + 1}/telemetry`, telemetry(sent));
      await rest(1);
    }
    await rest(100);
  };
  await publish(messagesPerS * warmUpS);
  delays.length = 0;
  const before = await cpuOf(process.child);
  await publish(messagesPerS * seconds);
  const cpuUs = (await cpuOf(process.child)) - before;
  own.close();
  await publisher.endAsync();
  for (const { child } of [process, others]) child.disconnect();
  delays.sort((a, b) => a - b);
  const at = (part: number) => delays[Math.floor(part * (delays.length - 1))] ?? NaN;
  const deliveries = messagesPerS * seconds * browsers;
  if (delays.length !== messagesPerS * seconds)
    console.log(`${server}: ${delays.length} of ${messagesPerS * seconds} messages reached the browser`);
  return { server, browsers, messagesPerS, cpuUs: cpuUs / deliveries, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function telemetry(seq: number): string {
  return JSON.stringify({
    temperatureC: 24.1,
    humidityPct: 45.2,
    light: 512,
    rssiDbm: -61,
    uptimeS: seq,
    freeVars: 712,
    reconnects: 0,
    boot: 3,
    seq,
    sentMs: performance.now(),
  });
}

async function started(file: string, ...values: string[]): Promise<{ child: ChildProcess; said: unknown }> {
  const child = fork(new URL(file, folder), values, { execArgv: ['--import', 'tsx'] });
  const [said] = await firstMessage(child);
  return { child, said };
}

function firstMessage(child: ChildProcess): Promise<unknown[]> {
  const ended: Promise<never> = once(child, 'exit').then(() =>
    Promise.reject(new Error('the server has ended; see above')),
  );
  return Promise.race([once(child, 'message'), ended]);
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuUs, ...x }] = (await once(child, 'message')) as [{ cpuUs: number }];
  if (process.env.SPLIT) console.log(x);
  return cpuUs;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const [browserCounts, seconds] = [[1, 10, 100], 5];
  console.log('server  browsers  messages/s  CPU us/delivery  p50 ms  p99 ms');
  for (const browsers of browserCounts)
    for (const messagesPerS of [100, 1000])
      for (const server of ['relay', 'hub'] as const) {
        const { cpuUs, p50Ms, p99Ms } = await measureLive(server, browsers, messagesPerS, seconds);
        console.log(
          `${server.padEnd(6)}  ${String(browsers).padStart(8)}  ${String(messagesPerS).padStart(10)}` +
            `  ${cpuUs.toFixed(2).padStart(15)}  ${p50Ms.toFixed(2).padStart(6)}  ${p99Ms.toFixed(2).padStart(6)}`,
        );
      }
}
