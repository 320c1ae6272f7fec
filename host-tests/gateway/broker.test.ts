import { connect as connectTcp, type Socket } from 'node:net';
import { once, type EventEmitter } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { Broker } from '../../gateway/broker';

describe('the embedded broker', () => {
  const brokers: Broker[] = [];
  const clients: MqttClient[] = [];

  async function startBroker(options: ConstructorParameters<typeof Broker>[0] = {}): Promise<Broker> {
    const broker = new Broker({ port: 0, ...options });
    brokers.push(broker);
    await broker.start();
    return broker;
  }

  async function connect(port: number, options: object = {}): Promise<MqttClient> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    for (const broker of brokers.splice(0)) await broker.stop();
  });

  it('delivers what one client publishes to another', async () => {
    const { port } = await startBroker();
    const reader = await connect(port);
    await reader.subscribeAsync('iot/#');
    const message = event(reader, 'message');
    const writer = await connect(port);
    await writer.publishAsync('iot/2', 'USBLED/ON', { qos: 1 });
    const [topic, payload] = await message;
    expect([topic, String(payload)]).toEqual(['iot/2', 'USBLED/ON']);
  });

  it('passes on all that a client sends in one piece, whatever is retained or to be acknowledged', async () => {
    const { port } = await startBroker();
    const reader = await connect(port);
    await reader.subscribeAsync('iot/#', { qos: 1 });
    const received: string[] = [];
    reader.on('message', (_topic, payload) => received.push(String(payload)));
    const all = new Promise<void>((resolve) =>
      reader.on('message', () => received.length === publications.length + 1 && resolve()),
    );
    const socket = connectTcp(port, '127.0.0.1');
    socket.write(
      generate({ cmd: 'connect', clientId: 'kit_2', protocolVersion: 4, clean: true, keepalive: 30 }),
    );
    await once(socket, 'data');
    const publications = [
      { payload: 'greeting', qos: 0, retain: false },
      { payload: 'online', qos: 0, retain: true },
      { payload: 'state', qos: 0, retain: true },
      { payload: 'result', qos: 1, retain: false, messageId: 1 },
      { payload: 'telemetry', qos: 0, retain: false },
    ] as const;
    const packets = publications.map((fields) =>
      generate({ cmd: 'publish', topic: 'iot/2', dup: false, ...fields }),
    );
    const last = generate({
      cmd: 'publish',
      topic: 'iot/end',
      payload: 'end',
      qos: 0,
      dup: false,
      retain: false,
    });
    socket.write(Buffer.concat([...packets, last]));
    await all;
    socket.destroy();
    expect(received.sort()).toEqual([...publications.map(({ payload }) => payload), 'end'].sort());
  });

  it('passes a payload of 60 kB on whole', async () => {
    const { port } = await startBroker();
    const reader = await connect(port);
    await reader.subscribeAsync('iot/#');
    const message = event(reader, 'message');
    await (await connect(port)).publishAsync('iot/2', Buffer.alloc(60_000, 'x'));
    const [, payload] = await message;
    expect(payload).toHaveLength(60_000);
  });

  it('names a busy port and what to do, and leaves the other program alone', async () => {
    const { port } = await startBroker();
    await expect(startBroker({ port })).rejects.toThrow(
      `port ${port} is already in use: stop the other program or choose another with --mqtt-port`,
    );
    expect((await connect(port)).connected).toBe(true);
  });

  it('names an address that this machine lacks', async () => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737), so no machine has it.
    await expect(startBroker({ host: '192.0.2.1' })).rejects.toThrow(/no address 192\.0\.2\.1/);
  });

  it('closes every connection when it stops, also one that never said CONNECT', async () => {
    const broker = await startBroker();
    const client = await connect(broker.port);
    const silent = await openSocket(broker.port);
    const closed = [event(client, 'close'), once(silent, 'close')];
    await broker.stop();
    await Promise.all(closed);
    expect(broker.running).toBe(false);
  });

  it('takes the same port when it starts again', async () => {
    const broker = await startBroker();
    const { port } = broker;
    await broker.stop();
    await broker.start();
    expect(broker.port).toBe(port);
    expect((await connect(port)).connected).toBe(true);
  });

  it('refuses a wrong password with return code 4 and takes the right one', async () => {
    const { port } = await startBroker({
      accept: (user, password) => user === 'ada' && password === 'right',
    });
    await expect(connect(port, { username: 'ada', password: 'wrong' })).rejects.toMatchObject({ code: 4 });
    await expect(connect(port)).rejects.toMatchObject({ code: 4 });
    expect((await connect(port, { username: 'ada', password: 'right' })).connected).toBe(true);
  });

  it('refuses a client id of more than 128 characters with return code 2', async () => {
    const { port } = await startBroker();
    await expect(connect(port, { clientId: 'x'.repeat(129) })).rejects.toMatchObject({ code: 2 });
    expect((await connect(port, { clientId: 'x'.repeat(128) })).connected).toBe(true);
  });

  it('survives a client that sends what is no MQTT', async () => {
    const { port } = await startBroker();
    const noise = await openSocket(port);
    const closed = once(noise, 'close');
    noise.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    expect((await connect(port)).connected).toBe(true);
  });
});

/** mqtt.js types its events by hand, which `once` does not accept. */
function event(client: MqttClient, name: string): Promise<unknown[]> {
  return once(client as unknown as EventEmitter, name);
}

async function openSocket(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  // The broker closes it with data unread, which is a reset to this side.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
