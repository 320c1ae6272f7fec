import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { postReports } from '../../../network/report/http';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Posts to a server that does as the test says as soon as something has come. */
async function posted(answer: (socket: Socket) => void, signal = new AbortController().signal) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outcome = await postReports({ url: `http://127.0.0.1:${port}` }, 'a', 'key', [{ n: 1 }], {
    now: () => 0,
    signal,
  });
  return { outcome, port };
}

const head = (status: string, length: number, more = '') =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\n${more}\r\n`;

test.each<[string, (socket: Socket) => void, object]>([
  ['all of an answer is taken', (socket) => socket.end(head('201 Created', 2) + '{}'), { type: 'taken' }],
  ['no answer is a failure', (socket) => socket.destroy(), { type: 'failed' }],
  [
    'half of one may be a lie, and is asked again under the same key',
    (socket) => socket.end(head('201 Created', 10) + '{}'),
    { type: 'failed' },
  ],
  ['what is no HTTP is a failure', (socket) => socket.end('220 mail.example ESMTP\r\n'), { type: 'failed' }],
  [
    'a server that is elsewhere says where',
    (socket) => socket.end(head('301 Moved', 0, 'Location: https://pi/api\r\n')),
    { type: 'failed', reason: 'status 301, it is at https://pi/api' },
  ],
  [
    'a busy one says when to come back',
    (socket) => socket.end(head('503 Busy', 0, 'Retry-After: 7\r\n')),
    { type: 'failed', retryAfterMs: 7000 },
  ],
])('%s', async (_, answer, expected) => {
  expect((await posted(answer)).outcome).toMatchObject(expected);
});

test('an answer without an end is read no further than an answer may be long', async () => {
  let sent = 0;
  let socketClosed: Promise<unknown> | undefined;
  const { outcome } = await posted((socket) => {
    const flood = () => {
      while (!socket.destroyed && socket.write('x'.repeat(65_536))) sent += 65_536;
    };
    socketClosed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(head('400 Bad Request', 1e12));
    socket.on('drain', flood);
    flood();
  });
  expect(outcome).toEqual({ type: 'refused', status: 400, reason: 'x'.repeat(300) });
  await socketClosed;
  expect(sent).toBeLessThan(50_000_000);
});

test('nobody there is told with the address', async () => {
  const { port } = await posted((socket) => socket.destroy());
  servers.splice(0).forEach((server) => server.close());
  const outcome = await postReports({ url: `http://127.0.0.1:${port}` }, 'a', 'key', [], {
    now: () => 0,
    signal: new AbortController().signal,
  });
  expect(outcome).toEqual({ type: 'failed', reason: `connect ECONNREFUSED 127.0.0.1:${port}` });
});

test('a server that hangs is left when the user wants to go', async () => {
  const controller = new AbortController();
  const { outcome } = await posted(() => controller.abort(), controller.signal);
  expect(outcome).toEqual({ type: 'failed', reason: 'no answer before the end' });
});
