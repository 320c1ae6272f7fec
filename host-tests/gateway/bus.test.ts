import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../gateway/bus';
import { EmbeddedBus } from '../../gateway/embedded-bus';
import { RemoteBus, type RemoteBusOptions } from '../../gateway/remote-bus';
import { testCertificate } from '../support/certificate';
import { Mosquitto } from '../support/mosquitto';
import { BrokersAndClients } from '../support/open-broker';
import { installed } from '../support/system-programs';

const brokers = new BrokersAndClients();
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await brokers.end();
});

/** What a bus tells, in lines, and a way to wait for one. */
function heardOn(bus: Bus) {
  const lines: string[] = [];
  let wake = (): void => undefined;
  const hear = (line: string): void => {
    lines.push(line);
    wake();
  };
  bus.onState = hear;
  bus.onMessage = ({ topic, payload, retained }) =>
    hear(`${topic} ${Buffer.from(payload).toString()}${retained ? ' (retained)' : ''}`);
  return {
    lines,
    async until(line: string): Promise<void> {
      while (!lines.includes(line)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

/** What every bus does, on whatever broker. */
function suite(open: () => Promise<{ bus: Bus; client: () => Promise<MqttClient>; broker: Switch }>): void {
  it('tells every message of iot/#, what is retained there as such, and nothing else', async () => {
    const { bus, client } = await open();
    const writer = await client();
    await writer.publishAsync('iot/2/status', 'online', { retain: true, qos: 1 });
    const { lines, until } = heardOn(bus);
    await bus.start();
    await until('iot/2/status online (retained)');
    await writer.publishAsync('iots/2', 'not this', { qos: 1 });
    await writer.publishAsync('iot/2/state', 'live', { retain: true, qos: 1 });
    await until('iot/2/state live');
    expect(bus.state).toBe('connected');
    expect(lines).toEqual(['connected', 'iot/2/status online (retained)', 'iot/2/state live']);
  });

  it('publishes, and hears itself', async () => {
    const { bus, client } = await open();
    const reader = await client();
    await reader.subscribeAsync('iot/#');
    const message = once(reader as never, 'message');
    const { until } = heardOn(bus);
    await bus.start();
    expect(bus.publish('iot/2', 'USBLED')).toBe(true);
    await until('iot/2 USBLED');
    const [topic, payload, packet] = (await message) as [string, Buffer, { retain: boolean }];
    expect([topic, String(payload), packet.retain]).toEqual(['iot/2', 'USBLED', false]);
  });

  it('tells that the broker is gone and that it is back, and publishes nothing meanwhile', async () => {
    const { bus, client, broker } = await open();
    const { lines, until } = heardOn(bus);
    await bus.start();
    await broker.stop();
    await until('lost');
    expect(bus.state).toBe('lost');
    expect(bus.publish('iot/2', 'for nobody')).toBe(false);
    lines.length = 0;
    await broker.start();
    await until('connected');
    await (await client()).publishAsync('iot/2', 'again', { qos: 1 });
    await until('iot/2 again');
    expect(lines).toEqual(['connected', 'iot/2 again']);
  });

  it('says nothing any more when it has stopped, and can be started again', async () => {
    const { bus, client } = await open();
    const { lines, until } = heardOn(bus);
    await bus.start();
    await bus.stop();
    await bus.stop();
    expect([bus.state, bus.publish('iot/2', 'x')]).toEqual(['lost', false]);
    lines.length = 0;
    const writer = await client();
    await writer.publishAsync('iot/2', 'unheard', { qos: 1 });
    await bus.start();
    await until('connected');
    await writer.publishAsync('iot/2', 'heard', { qos: 1 });
    await until('iot/2 heard');
    expect(lines).toEqual(['connected', 'iot/2 heard']);
  });

  it('survives a listener that throws', async () => {
    const { bus, client } = await open();
    const { until } = heardOn(bus);
    const { onMessage } = bus;
    bus.onMessage = (message) => {
      onMessage(message);
      throw new Error('a fault');
    };
    await bus.start();
    const writer = await client();
    await writer.publishAsync('iot/2', 'first', { qos: 1 });
    await writer.publishAsync('iot/2', 'second', { qos: 1 });
    await until('iot/2 second');
  });
}

interface Switch {
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function clientOf(port: number, options: object = {}): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  endings.push(() => client.end(true));
  return client;
}

/** Goes on at once, so that no test waits for a back-off; tells how long it would have been. */
function impatient(pauses: number[] = []): RemoteBusOptions {
  return {
    after: (ms, then) => {
      pauses.push(ms);
      const timer = setImmediate(then);
      return () => clearImmediate(timer);
    },
  };
}

describe('the bus inside the broker of this process', () => {
  suite(async () => {
    const broker = await brokers.start();
    const bus = new EmbeddedBus(broker, () => undefined);
    endings.push(() => bus.stop());
    return { bus, client: () => clientOf(broker.port), broker };
  });

  it('hears nothing of the last wills of clients that are sent away when the broker stops', async () => {
    const broker = await brokers.start();
    const bus = new EmbeddedBus(broker);
    const { lines } = heardOn(bus);
    await bus.start();
    const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0 as const, retain: true };
    await clientOf(broker.port, { will });
    await broker.stop();
    expect(lines).toEqual(['connected', 'lost']);
  });
});

describe('the bus to another broker', () => {
  suite(async () => {
    const broker = await brokers.start();
    const bus = new RemoteBus({ protocol: 'mqtt', host: '127.0.0.1', port: broker.port }, impatient());
    endings.push(() => bus.stop());
    return { bus, client: () => clientOf(broker.port), broker };
  });

  it('starts without the broker, says so once, tries ever more rarely, and says that it is there', async () => {
    const broker = await brokers.start();
    await broker.stop();
    const pauses: number[] = [];
    const log: string[] = [];
    const later: (() => void)[] = [];
    const bus = new RemoteBus(
      { protocol: 'mqtt', host: '127.0.0.1', port: broker.port },
      {
        log: (sentence) => log.push(sentence),
        after: (ms, then) => {
          pauses.push(ms);
          later.push(then);
          return () => undefined;
        },
      },
    );
    endings.push(() => bus.stop());
    const { until } = heardOn(bus);
    await bus.start();
    for (let attempt = 1; attempt < 8; attempt++) {
      later[attempt - 1]!();
      while (later.length === attempt) await new Promise(setImmediate);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    await broker.start();
    later.at(-1)!();
    await until('connected');
    const address = `127.0.0.1:${broker.port}`;
    expect(log).toEqual([
      `no connection to the broker at ${address}: connect ECONNREFUSED ${address}; trying again`,
      `connected to the broker at ${address}`,
    ]);
  });

  it('fails with one sentence when the broker refuses its user, and without the password', async () => {
    const broker = await brokers.start({ accept: () => false });
    const remote = { protocol: 'mqtt', host: '127.0.0.1', port: broker.port } as const;
    const log: string[] = [];
    const told = { ...impatient(), log: (sentence: string) => void log.push(sentence) };
    const bus = new RemoteBus({ ...remote, user: 'ada', password: 'a secret' }, told);
    const place = `127.0.0.1:${broker.port}`;
    await expect(bus.start()).rejects.toThrow(
      `the broker at ${place} refuses user "ada" or the password: expected mqtt://user:password@${place} as it knows them`,
    );
    // It is not tried again, and nothing says so.
    expect(log).toEqual([]);
    await expect(new RemoteBus(remote, impatient()).start()).rejects.toThrow('clients without a user name');
    expect(broker.counters).toMatchObject({ connections: 0 });
  });

  it('says that it may not read iot/#', async () => {
    const identity = { name: 'kit2', role: 'kit', kit: 2 } as const;
    const broker = await brokers.start({ authenticator: { verify: async () => identity } });
    const log: string[] = [];
    const bus = new RemoteBus(
      { protocol: 'mqtt', host: '127.0.0.1', port: broker.port, user: 'kit2', password: 'x' },
      { log: (sentence) => log.push(sentence), after: () => () => undefined },
    );
    endings.push(() => bus.stop());
    await bus.start();
    expect(bus.state).toBe('lost');
    expect(log[0]).toMatch(/it refuses the subscription to iot\/#: expected a user who may read all of it/);
  });

  it('gives up a server that is no broker, and one that says nothing', async () => {
    const log: string[] = [];
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endings.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const bus = new RemoteBus(
      { protocol: 'mqtt', host: '127.0.0.1', port },
      { log: (sentence) => log.push(sentence), after: () => () => undefined },
    );
    endings.push(() => bus.stop());
    await bus.start();
    expect(bus.state).toBe('lost');
    expect(log).toHaveLength(1);
  });

  it('goes over TLS, to a broker whose certificate it trusts', async () => {
    const { testKey } = await import('../support/certificate');
    const broker = await brokers.start({ tls: { port: 0, key: testKey, cert: testCertificate } });
    const remote = { protocol: 'mqtts', host: '127.0.0.1', port: broker.tlsPort } as const;
    const log: string[] = [];
    const options = { log: (sentence: string) => log.push(sentence), after: () => () => undefined };
    const suspicious = new RemoteBus(remote, options);
    endings.push(() => suspicious.stop());
    await suspicious.start();
    expect(log.join()).toMatch(/self-signed certificate/);
    const bus = new RemoteBus({ ...remote, ca: testCertificate }, impatient());
    endings.push(() => bus.stop());
    await bus.start();
    expect(bus.state).toBe('connected');
  });
});

describe.runIf(installed('mosquitto', 'mosquitto_passwd'))('the bus to mosquitto', () => {
  const user = { user: 'gateway', password: 'p@ss:w/rd ä' };
  const account = { username: user.user, password: user.password };

  async function mosquitto(): Promise<Mosquitto> {
    const broker = await Mosquitto.create({ [user.user]: user.password });
    endings.push(() => broker.remove());
    await broker.start();
    return broker;
  }

  suite(async () => {
    const broker = await mosquitto();
    const bus = new RemoteBus(
      { protocol: 'mqtt', host: '127.0.0.1', port: broker.port, ...user },
      impatient(),
    );
    endings.push(() => bus.stop());
    return { bus, client: () => clientOf(broker.port, account), broker };
  });

  it('goes over TLS', async () => {
    const broker = await mosquitto();
    const remote = { protocol: 'mqtts', host: 'localhost', port: broker.tlsPort, ...user } as const;
    const bus = new RemoteBus({ ...remote, ca: testCertificate }, impatient());
    endings.push(() => bus.stop());
    const { until } = heardOn(bus);
    await bus.start();
    bus.publish('iot/2', 'USBLED');
    await until('iot/2 USBLED');
  });

  it('fails with one sentence when the password is wrong', async () => {
    const broker = await mosquitto();
    const remote = { protocol: 'mqtt', host: '127.0.0.1', port: broker.port } as const;
    const bus = new RemoteBus({ ...remote, user: 'gateway', password: 'another' }, impatient());
    await expect(bus.start()).rejects.toThrow(/refuses user "gateway" or the password/);
  });
});
