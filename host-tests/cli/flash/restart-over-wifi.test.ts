import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connect } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBoard } from '../../../cli/board-console';
import { restartAndAwait } from '../../../cli/flash/restart';
import { Broker } from '../../../gateway/broker';
import { slotFile } from '../../../shared/slots';
import { usualSettings } from '../../support/kit-image';

let broker: Broker;
let server: Server;
let connections: Socket[];
/** What the board answers to a question for a slot's header. */
let headers: Record<string, string>;
/** Whether the restart ends the connection, as it does where the board is a program. */
let ends: boolean;
let onConnection: (socket: Socket, count: number) => void;

/** A chip's console over WiFi: a restart leaves the connection open, and dead. */
beforeEach(async () => {
  broker = new Broker({ port: 0 });
  await broker.start();
  connections = [];
  headers = {};
  ends = false;
  onConnection = () => {};
  server = createServer((socket) => {
    connections.push(socket);
    onConnection(socket, connections.length);
    let dead = false;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const [, number] = /<(\d+)=/.exec(text) ?? [];
      const [, slot = ''] = /read\("(\w+)"/.exec(text) ?? [];
      const answer = text.includes('process.version') ? '2v29' : (headers[slot] ?? '');
      const crc = text.includes('E.CRC32') ? '0' : JSON.stringify(answer);
      if (number !== undefined && !dead) socket.write(`<<${number}=${crc}>>\r\n`);
      dead ||= text.includes('E.reboot()');
      if (dead && ends) socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of connections) socket.destroy();
  server.close();
  await broker.stop();
});

async function publish(topic: string, payload: string, retain: boolean): Promise<void> {
  const client = connect({ host: '127.0.0.1', port: broker.port, clientId: 'kit_2' });
  await client.publishAsync(topic, payload, { retain, qos: 1 });
  await client.endAsync();
}

/** What comes of a restart over WiFi. */
async function outcome(timeoutMs: number): Promise<unknown> {
  const board = await openBoard(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const awaited = {
    settings: usualSettings('esp8266', { broker: { host: '127.0.0.1', port: broker.port } }),
    timeoutMs,
    onLine: () => {},
    signal: new AbortController().signal,
  };
  return restartAndAwait(board, awaited, { pollMs: 500, greetedMs: 50 }).then(
    () => 'online',
    (error: unknown) => String(error),
  );
}

/** The board is back on the network, and its console is open again. */
function onReturn(act: (socket: Socket) => void): void {
  onConnection = (socket, count) => {
    if (count === 2) act(socket);
  };
}

test('a kit that came online before its console was reached again is online: its broker heard it', async () => {
  onReturn(() => void publish('iot/2/status', 'online', true));
  expect(await outcome(20_000)).toBe('online');
  expect(connections).toHaveLength(2);
});

test('a kit whose console is closed now is known by its telemetry', async () => {
  onReturn((socket) => {
    socket.destroy();
    void publish('iot/2/telemetry', '{"seq":1}', false);
  });
  expect(await outcome(20_000)).toBe('online');
});

test('what it says on its console is heard on the second connection', async () => {
  onReturn((socket) => setTimeout(() => socket.write('link: online as kit_2, 10.0.0.2\r\n'), 100));
  expect(await outcome(20_000)).toBe('online');
});

test.each([
  ['stays open', false],
  ['ends', true],
])('an "online" from before the restart says nothing, where the connection %s', async (_how, ending) => {
  ends = ending;
  await publish('iot/2/status', 'online', true);
  expect(await outcome(2500)).toMatch(
    /kit 2 was flashed and verified, but was not seen to come online within 2\.5 s; its console answers/,
  );
});

test('a kit that is online with the firmware before, since the new one crashed, is not flashed', async () => {
  const old = slotFile({ sequence: 4, length: 1, crc: 0 }, 'x');
  const crashed = slotFile({ sequence: 5, length: 1, crc: 0 }, 'x');
  headers = { fw0: old, fw1: `${crashed.slice(0, 25)}B${crashed.slice(26)}` };
  onReturn(() => void publish('iot/2/status', 'online', true));
  expect(await outcome(20_000)).toMatch(/but keeps crashing: fw1 is given up/);
});
