import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import type { Broker } from '../../../gateway/broker';
import { testCertificate, testKey } from '../../support/certificate';
import { account, BrokersAndClients, kit2, knowing } from '../../support/open-broker';
import { RawClient } from '../../support/raw-client';

const all = new BrokersAndClients();
const servers: Server[] = [];
afterEach(async () => {
  await all.end();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A web server that hands every upgrade on; resolves with its port. */
async function webServer(broker: Broker): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.on('upgrade', (request, socket, head: Buffer) => broker.handleUpgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What the server answers to the upgrade: a status, or the open connection. */
async function upgrade(port: number, protocols: string[], headers: object = {}): Promise<number | WebSocket> {
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, protocols, { headers: { ...headers } });
  webSocket.on('error', () => undefined);
  return new Promise((resolve) => {
    webSocket.once('open', () => resolve(webSocket));
    webSocket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode!));
  });
}

async function overWebSocket(port: number): Promise<RawClient> {
  const webSocket = (await upgrade(port, ['mqtt'])) as WebSocket;
  return all.keep(new RawClient(createWebSocketStream(webSocket)));
}

describe('MQTT over WebSocket', () => {
  it('serves MQTT.js as TCP does', async () => {
    const broker = await all.start();
    const url = `ws://127.0.0.1:${await webServer(broker)}/mqtt`;
    const client = await connectAsync(url, { reconnectPeriod: 0 });
    await client.subscribeAsync('iot/#');
    const message = new Promise((resolve) => client.once('message', (topic) => resolve(topic)));
    broker.publish('iot/2', 'USBLED');
    expect(await message).toBe('iot/2');
    client.end(true);
  });

  it('sends one frame for a packet', async () => {
    const broker = await all.start();
    const client = await overWebSocket(await webServer(broker));
    await client.login();
    await client.subscribe('iot/#');
    const pieces: Buffer[] = [];
    client.stream.on('data', (bytes: Buffer) => pieces.push(bytes));
    broker.publish('iot/2', 'USBLED');
    await client.next('publish');
    expect(pieces).toHaveLength(1);
  });

  it('knows users and limits as TCP does', async () => {
    const broker = await all.start({ authenticator: knowing(kit2) });
    const port = await webServer(broker);
    expect(await (await overWebSocket(port)).login()).toBe(4);
    const client = await overWebSocket(port);
    expect(await client.login(account('kit2'))).toBe(0);
    expect(await client.subscribe('#')).toEqual([128]);
    client.stream.write(Buffer.from([0x30, 0x81, 0x80, 0x04]));
    await client.end();
    expect(broker.counters).toMatchObject({ closedTooLong: 1 });
  });

  it('closes on a frame of text, and on one that is too long', async () => {
    const broker = await all.start();
    const port = await webServer(broker);
    const text = (await upgrade(port, ['mqtt'])) as WebSocket;
    text.send('text');
    await once(text, 'close');
    const long = (await upgrade(port, ['mqtt'])) as WebSocket;
    long.send(Buffer.alloc(200_000));
    await once(long, 'close');
    while (broker.counters['connections'] !== 0) await new Promise(setImmediate);
  });

  it.each([[[]], [['http']]])('refuses the subprotocols %j', async (protocols) => {
    const port = await webServer(await all.start());
    expect(await upgrade(port, protocols)).toBe(400);
  });

  it('refuses pages of other sites as long as everybody may come in, and only so long', async () => {
    const foreign = { origin: 'http://evil.example' };
    const open = await webServer(await all.start());
    expect(await upgrade(open, ['mqtt'], foreign)).toBe(403);
    expect(await upgrade(open, ['mqtt'], { origin: 'null' })).toBe(403);
    const own = (await upgrade(open, ['mqtt'], { origin: `http://127.0.0.1:${open}` })) as WebSocket;
    own.terminate();
    const locked = await webServer(await all.start({ authenticator: knowing(kit2) }));
    const other = (await upgrade(locked, ['mqtt'], foreign)) as WebSocket;
    other.terminate();
  });

  it('answers 503 while the broker does not run, and closes its connections when it stops', async () => {
    const broker = await all.start();
    const port = await webServer(broker);
    const client = await overWebSocket(port);
    await client.login();
    await broker.stop();
    await client.end();
    expect(await upgrade(port, ['mqtt'])).toBe(503);
  });
});

describe('MQTT over TLS', () => {
  const tls = { port: 0, key: testKey, cert: testCertificate };

  it('serves who trusts the certificate', async () => {
    const broker = await all.start({ tls });
    const options = { reconnectPeriod: 0, ca: testCertificate };
    const client = await connectAsync(`mqtts://127.0.0.1:${broker.tlsPort}`, options);
    await client.subscribeAsync('iot/#');
    const message = new Promise((resolve) => client.once('message', (topic) => resolve(topic)));
    broker.publish('iot/2', 'USBLED');
    expect(await message).toBe('iot/2');
    client.end(true);
  });

  it('is all there is when the other port is off', async () => {
    const broker = await all.start({ port: false, tls });
    expect(broker.port).toBe(0);
    const socket = connectTls(broker.tlsPort, '127.0.0.1', { ca: testCertificate });
    expect(await all.keep(new RawClient(socket)).login()).toBe(0);
  });

  it('survives a client without TLS, and closes every connection when it stops', async () => {
    const broker = await all.start({ tls });
    const plain = all.keep(RawClient.to(broker.tlsPort));
    plain.stream.write('GET / HTTP/1.1\r\n\r\n');
    await plain.end();
    const silent = all.keep(RawClient.to(broker.tlsPort));
    await once(silent.stream, 'connect');
    await broker.stop();
    await silent.end();
  });

  it('that cannot be opened leaves the other port closed as well', async () => {
    const first = await all.start({ tls });
    const busy = { ...tls, port: first.tlsPort };
    await expect(all.start({ tls: busy })).rejects.toThrow(
      `port ${first.tlsPort} is already in use: stop the other program or choose another with --mqtts-port`,
    );
  });
});
