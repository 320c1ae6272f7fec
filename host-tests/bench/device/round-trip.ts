import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { Broker } from '../../../gateway/broker';
import type { EngineForm } from '../../engine/interpreter';
import { MeasuredBoard } from '../../figures/measured-board';

const rounds = 200;
const patienceMs = 10_000;

/** Milliseconds from a message to its answer, half of them below the first and a hundredth above the second. */
export interface RoundTrip {
  who: string;
  median: number;
  p99: number;
}

/** The board beside an mqtt.js client and, where there is a C compiler, a program in C: all in turn, at one broker. */
export async function roundTrips(form: EngineForm, dist: string): Promise<RoundTrip[]> {
  const broker = new Broker({ port: 0 });
  await broker.start();
  const folder = await mkdtemp(join(tmpdir(), 'lamplighter-responder-'));
  const clients: MqttClient[] = [];
  const client = async (): Promise<MqttClient> => {
    const connected = await connectAsync({ host: '127.0.0.1', port: broker.port });
    // Else a message waits, by Nagle's algorithm, until the one before is acknowledged: up to 40 ms.
    (connected.stream as Socket).setNoDelay(true);
    clients.push(connected);
    return connected;
  };
  let board: MeasuredBoard | undefined;
  let responder: ChildProcess | undefined;
  try {
    const asking = await client();
    const echo = await client();
    echo.on('message', (_topic, payload) => echo.publish('bench/js/answer', payload));
    await echo.subscribeAsync('bench/js/ask');
    const kit = 2;
    const series: Series[] = [
      { who: 'the board', ask: `iot/${kit}`, answer: `iot/${kit}/cds`, tookMs: [] },
      { who: 'mqtt.js', ask: 'bench/js/ask', answer: 'bench/js/answer', tookMs: [] },
    ];
    responder = startResponder(folder, broker.port);
    if (responder) series.push({ who: 'C', ask: 'bench/c/ask', answer: 'bench/c/answer', tookMs: [] });
    await asking.subscribeAsync([...series.map(({ answer }) => answer), `iot/${kit}/telemetry`]);
    const online = heard(asking, `iot/${kit}/telemetry`, 60_000);
    board = await MeasuredBoard.bootFirmware(form, dist, { telemetryMs: 3_600_000, port: broker.port });
    await online;
    for (let i = 0; i < rounds; i++) for (const one of series) await ask(asking, one);
    return series.map(summary);
  } finally {
    responder?.kill('SIGKILL');
    await board?.stop();
    for (const connected of clients) await connected.endAsync();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Series {
  who: string;
  ask: string;
  answer: string;
  tookMs: number[];
}

/** Undefined where there is no compiler. */
function startResponder(folder: string, port: number): ChildProcess | undefined {
  const source = fileURLToPath(new URL('responder.c', import.meta.url));
  const program = join(folder, 'responder');
  try {
    execFileSync('cc', ['-O2', '-o', program, source], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return spawn(program, [String(port)], { stdio: 'ignore' });
}

async function ask(client: MqttClient, { ask, answer, tookMs }: Series): Promise<void> {
  const answered = heard(client, answer, patienceMs);
  const startMs = performance.now();
  client.publish(ask, 'cds');
  await answered;
  tookMs.push(performance.now() - startMs);
}

function heard(client: MqttClient, topic: string, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(deadline);
      client.off('message', onMessage);
    };
    const onMessage = (received: string): void => {
      if (received !== topic) return;
      end();
      resolve();
    };
    const deadline = setTimeout(() => {
      end();
      reject(new Error(`nothing on ${topic} within ${withinMs} ms`));
    }, withinMs);
    client.on('message', onMessage);
  });
}

function summary({ who, tookMs }: Series): RoundTrip {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))]!;
  return { who, median: at(0.5), p99: at(0.99) };
}
