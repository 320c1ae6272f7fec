/** Start, memory at rest, memory for each connected board, and what those hold up who read nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { MeasuredProcess, startGateway } from './measured-process';
import { median, type Row } from './row';

const startMsMax = 500;
const rssMbMax = 80;
/** V8 gives back what only the start needed after some seconds without work. */
const restingMs = 20_000;
const boards = 1000;
/** So much it may vary, with garbage that is not collected yet, once what is held has reached its bound. */
const heldMbMax = 30;

export async function measureFootprint(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  try {
    const startMs: number[] = [];
    for (let round = 0; round < (quick ? 3 : 7); round++)
      startMs.push(await timeToStart(join(folder, String(round))));
    const idleMb = await idleMemory(join(folder, 'idle'), quick ? 10_000 : restingMs);
    const gateway = await memoryPerBoard(await startGateway(join(folder, 'boards')));
    const aedes = await memoryPerBoard(await MeasuredProcess.fork('yardstick.ts', 'aedes'));
    return [
      {
        what: 'start, from the command to the first answer to MQTT and HTTP',
        measured: `${Math.round(median(startMs))} ms`,
        goal: `<= ${startMsMax} ms`,
        isMet: median(startMs) <= startMsMax,
      },
      {
        what: 'memory at rest (RSS)',
        measured: `${idleMb.toFixed(0)} MB`,
        goal: `<= ${rssMbMax} MB`,
        isMet: idleMb <= rssMbMax,
      },
      {
        what: `memory for each of ${boards} connected boards`,
        measured: `${gateway.toFixed(0)} kB`,
        beside: `aedes ${aedes.toFixed(0)} kB`,
      },
      await measureIdlers(join(folder, 'idlers')),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeToStart(folder: string): Promise<number> {
  const beganMs = performance.now();
  const server = await startGateway(folder);
  const client = await connectAsync({ host: '127.0.0.1', port: server.ports.mqtt! });
  await fetch(`http://127.0.0.1:${server.ports.web}/healthz`);
  const startMs = performance.now() - beganMs;
  await client.endAsync();
  await server.end();
  return startMs;
}

async function idleMemory(folder: string, ms: number): Promise<number> {
  const server = await startGateway(folder);
  await rest(ms);
  const { rssMb } = server;
  await server.end();
  return rssMb;
}

/** In kB, with everything that a kit says when it comes online. */
async function memoryPerBoard(server: MeasuredProcess): Promise<number> {
  await rest(5000);
  const before = server.rssMb;
  const script = fileURLToPath(new URL('boards-process.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, String(server.ports.mqtt), String(boards), 'open'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  child.stdin.write('connect\n');
  await once(lines, 'line');
  await rest(5000);
  const perBoard = ((server.rssMb - before) * 1000) / boards;
  const ended = once(child, 'exit');
  child.stdin.write('end\n');
  await ended;
  await server.end();
  return perBoard;
}

/** Messages until what is held has reached its bound, the history's included, and then twice as many. */
const idlerMessages = 160_000;

/** A browser and a subscriber that stop to read. */
async function measureIdlers(folder: string): Promise<Row> {
  const server = await startGateway(folder);
  const { web, mqtt } = server.ports as { web: number; mqtt: number };
  const browser = connect(web, '127.0.0.1');
  browser.write(
    'GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(browser, 'data');
  browser.pause();
  const subscriber = await connectAsync({ host: '127.0.0.1', port: mqtt, reconnectPeriod: 0 });
  await subscriber.subscribeAsync('iot/#');
  subscriber.stream.pause();
  const publisher = await connectAsync({ host: '127.0.0.1', port: mqtt });
  await rest(5000);
  const before = server.rssMb;
  const first = await mostMemory(server, publisher, idlerMessages);
  const second = await mostMemory(server, publisher, 2 * idlerMessages);
  publisher.end(true);
  subscriber.end(true);
  browser.destroy();
  await server.end();
  return {
    what: 'memory more, with a browser and a subscriber that read nothing',
    measured:
      `${(first - before).toFixed(0)} MB after ${idlerMessages.toLocaleString('en')} messages of 0.7 kB, ` +
      `${(second - before).toFixed(0)} MB after ${(3 * idlerMessages).toLocaleString('en')}`,
    goal: 'bounded',
    isMet: second - first < heldMbMax,
  };
}

async function mostMemory(server: MeasuredProcess, publisher: MqttClient, messages: number): Promise<number> {
  const texts = Array.from({ length: 10 }, (_, index) => [`text${index}`, 'x'.repeat(60)]);
  const payload = JSON.stringify({ temperatureC: 21, ...Object.fromEntries(texts) });
  let most = server.rssMb;
  const endMs = performance.now() + 60_000;
  for (let sent = 0; sent < messages && performance.now() < endMs; sent++) {
    publisher.publish(`iot/${(sent % 30) + 1}/telemetry`, payload);
    if (sent % 200 > 0) continue;
    do await rest(2);
    while (publisher.stream.writableLength > 1_000_000 && performance.now() < endMs);
    most = Math.max(most, server.rssMb);
  }
  await rest(1000);
  return Math.max(most, server.rssMb);
}
