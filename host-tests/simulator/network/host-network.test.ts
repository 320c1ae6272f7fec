import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RealClock, VirtualClock } from '../../../simulator';
import { type Chip, HostNetwork } from '../../../simulator/network';
import { TestStation, watchSocket } from './station';

/** WiFi in next to no time. */
const timing = { findMs: 1, searchMs: 5, refusalMs: 1, associateMs: 1, addressMs: 1, scanMs: 5 };

const chips: readonly Chip[] = ['esp8266', 'esp32'];

describe('a board on real sockets', () => {
  const stations: TestStation[] = [];
  let server: Server;
  let port: number;
  let clients: Socket[];

  beforeEach(async () => {
    clients = [];
    server = createServer((socket) => {
      clients.push(socket);
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterEach(() => {
    for (const station of stations.splice(0)) station.stop();
    for (const client of clients) client.destroy();
    server.close();
  });

  /** Resolves as soon as the station has printed the line. */
  function printed(station: TestStation, line: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (station.printed.includes(line)) resolve();
        else setTimeout(look, 5);
      };
      look();
    });
  }

  async function online(chip: Chip, network = new HostNetwork({ timing })): Promise<TestStation> {
    const station = new TestStation(network, new RealClock(), chip);
    stations.push(station);
    station.run(
      `${watchSocket}; Wifi.connect("any name", { password: "any" }, function () { print("online"); })`,
    );
    await printed(station, 'online');
    station.told();
    return station;
  }

  const dial = (host: string, to = port): string =>
    `var s = watch(net.connect({ host: "${host}", port: ${to} }, function () { print("connect"); }))`;

  it.each(chips)('%s: joins whatever network it asks for, sends, receives and ends', async (chip) => {
    const station = await online(chip);
    station.run(`${dial('127.0.0.1')}; s.write("hello")`);
    const [client] = (await once(server, 'connection')) as [Socket];
    const [data] = (await once(client, 'data')) as [Buffer];
    expect(data.toString()).toBe('hello');
    await printed(station, 'connect');
    client.write('x'.repeat(1_000));
    client.end();
    await printed(station, 'close false');
    const lengths = station
      .told()
      .filter((line) => line.startsWith('data'))
      .map((line) => Number(line.slice(5)));
    expect(Math.max(...lengths)).toBe(chip === 'esp8266' ? 268 : 536);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(1_000);
  });

  it.each(chips)('%s: looks names up, and names that do not exist in vain', async (chip) => {
    const asked: string[] = [];
    const lookup = (name: string, done: (ip: string | undefined) => void): void => {
      asked.push(name);
      setImmediate(() => done(name === 'broker.test' ? '127.0.0.1' : undefined));
    };
    const station = await online(chip, new HostNetwork({ timing, lookup }));
    station.run(dial('broker.test'));
    await printed(station, 'connect');
    station.told();
    station.run(dial('elsewhere.test'));
    await printed(station, 'close true');
    expect(station.told()).toContain('error -6 not found');
    expect(asked).toEqual(['broker.test', 'elsewhere.test']);
  });

  it.each(chips)('%s: hears of a refusal', async (chip) => {
    const station = await online(chip);
    server.close();
    await once(server, 'close');
    station.run(dial('127.0.0.1'));
    await printed(station, 'close true');
    expect(station.told().join()).toContain('error -9 connection reset');
  });

  it.each([
    ['esp8266', true],
    ['esp32', false],
  ] as const)('%s: timers run while it waits for the outcome: %s', async (chip, running) => {
    let answer = (): void => {};
    const lookup = (_: string, done: (ip: string | undefined) => void): void => {
      answer = () => done('127.0.0.1');
    };
    const station = await online(chip, new HostNetwork({ timing, lookup }));
    station.run(`setTimeout(function () { print("timer"); }, 1); ${dial('broker.test')}`);
    // Longer than the board is held at a time.
    await new Promise((resolve) => station.clock.at(station.clock.now() + 100, () => resolve(undefined)));
    expect(station.printed.includes('timer')).toBe(running);
    answer();
    await printed(station, 'connect');
    expect(station.printed).toContain('timer');
  });

  it('a cut takes the access point away, and what was written meanwhile arrives after it', async () => {
    const network = new HostNetwork({ timing });
    const station = await online('esp8266', network);
    station.run(dial('127.0.0.1'));
    const [client] = (await once(server, 'connection')) as [Socket];
    await printed(station, 'connect');
    let heard = '';
    client.on('data', (data) => (heard += data.toString()));
    network.cut = true;
    station.run('s.write("late"); Wifi.scan(function (found) { print("found " + found.length); })');
    client.write('later');
    await printed(station, 'found 0');
    expect(heard).toBe('');
    expect(station.printed).not.toContain('data 5');
    network.cut = false;
    await once(client, 'data');
    expect(heard).toBe('late');
    await printed(station, 'data 5');
  });

  it('the access point can insist on its name and password', async () => {
    const network = new HostNetwork({ timing, ssid: 'home', password: 'secret12' });
    const station = new TestStation(network, new RealClock(), 'esp8266');
    stations.push(station);
    station.run('Wifi.connect("home", { password: "guess" }, function (error) { print(String(error)); })');
    await printed(station, 'bad_password');
    station.run('Wifi.connect("home", { password: "secret12" }, function (error) { print(String(error)); })');
    await printed(station, 'null');
  });

  it('answers a ping of what can be resolved', async () => {
    const station = await online('esp8266');
    station.run(
      'Wifi.ping("127.0.0.1", function (reply) { print("reply " + reply.error + " " + reply.bytes); })',
    );
    await printed(station, 'reply 0 32');
  });

  it('lets a server on the board listen on loopback', async () => {
    const station = await online('esp8266');
    // Taken and given back, so most likely free.
    const free = port;
    server.close();
    await once(server, 'close');
    station.run(`net.createServer(function (socket) { socket.end("welcome"); }).listen(${free})`);
    const client = connect(free, '127.0.0.1');
    const [data] = (await once(client, 'data')) as [Buffer];
    expect(data.toString()).toBe('welcome');
    client.destroy();
  });

  it('a board that is switched off resets its connections', async () => {
    const station = await online('esp8266');
    station.run(dial('127.0.0.1'));
    const [client] = (await once(server, 'connection')) as [Socket];
    await printed(station, 'connect');
    const closed = new Promise((resolve) => client.on('close', resolve));
    client.resume();
    station.stop();
    await closed;
  });

  it('needs a clock that runs by itself', () => {
    expect(() => new TestStation(new HostNetwork(), new VirtualClock(), 'esp8266')).toThrow(
      'expected a RealClock',
    );
  });
});
