/**
 * How long a command takes to reach the relay: a virtual board in real time, a real broker, real sockets
 * on loopback, all in this process. Beside it, in the same run, an mqtt.js client that echoes: what
 * broker, sockets and event loop take anyway.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { ensureFirmware } from '../../build/firmware';
import { Broker } from '../../gateway/broker';
import { LoopbackBench } from '../support/loopback-bench';

const warmUps = 50;
const commands = 1000;
const patienceMs = 10_000;
/** Between two commands: the board draws its display meanwhile, which takes some 3 ms on the bus. */
const restMs = 20;

/** Milliseconds, one for each command. */
interface Series {
  toRelay: number[];
  toResult: number[];
  toEcho: number[];
  echoed: number[];
}

await ensureFirmware();
console.log(`${commands} commands, ${restMs} ms apart: about half a minute`);
const broker = new Broker({ port: 0 });
await broker.start();
const bench = await LoopbackBench.create('esp8266', broker.port, {
  settings: { telemetryMs: 10_000, lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 } },
});
await bench.start();
const echo = await connectEcho();
const client = await connect();
await client.subscribeAsync('echo/answer');

const series: Series = { toRelay: [], toResult: [], toEcho: [], echoed: [] };
for (let i = -warmUps; i < commands; i++) {
  await bench.advance(restMs);
  const command = await measureCommand();
  const yardstick = await measureEcho();
  if (i < 0) continue;
  series.toRelay.push(command.relayMs);
  series.toResult.push(command.resultMs);
  series.toEcho.push(yardstick.thereMs);
  series.echoed.push(yardstick.backMs);
}

console.log(`${commands} commands, one after the other; milliseconds           median      p99`);
report('USBLED on iot/<kit> until the relay has switched', series.toRelay);
report('USBLED on iot/<kit> until its result is back', series.toResult);
report('yardstick: a message until another mqtt.js client has it', series.toEcho);
report('yardstick: the same until its echo is back', series.echoed);

await bench.stop();
await echo.client.endAsync();
await client.endAsync();
await broker.stop();

async function connect(): Promise<MqttClient> {
  const client = await connectAsync({ host: '127.0.0.1', port: broker.port });
  // Else a message waits, by Nagle's algorithm, until the one before is acknowledged: up to 40 ms.
  (client.stream as Socket).setNoDelay(true);
  return client;
}

async function connectEcho(): Promise<{ client: MqttClient; heardMs: () => number }> {
  const client = await connect();
  let heardMs = 0;
  client.on('message', (_topic, payload) => {
    heardMs = performance.now();
    client.publish('echo/answer', payload);
  });
  await client.subscribeAsync('echo/question');
  return { client, heardMs: () => heardMs };
}

async function measureCommand(): Promise<{ relayMs: number; resultMs: number }> {
  const { history } = bench.lamp;
  const switched = history.length;
  const results = resultCount();
  const startMs = performance.now();
  client.publish(`iot/${bench.settings.kit}`, 'USBLED');
  await bench.until('the relay', () => history.length > switched, patienceMs);
  await bench.until('the result', () => resultCount() > results, patienceMs);
  return { relayMs: history[switched]!.atMs - startMs, resultMs: performance.now() - startMs };
}

function resultCount(): number {
  const topic = `iot/${bench.settings.kit}/result`;
  return bench.messages.reduce((count, message) => count + Number(message.topic === topic), 0);
}

async function measureEcho(): Promise<{ thereMs: number; backMs: number }> {
  const startMs = performance.now();
  client.publish('echo/question', 'USBLED');
  await once(client as unknown as NodeJS.EventEmitter, 'message');
  return { thereMs: echo.heardMs() - startMs, backMs: performance.now() - startMs };
}

function report(what: string, samples: number[]): void {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number): string => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(2).padStart(9);
  console.log(`${what.padEnd(58)}${at(0.5)}${at(0.99)}`);
}
