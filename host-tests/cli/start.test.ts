import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { Broker } from '../../gateway/broker';
import { commandLine, listening, Run, startLine } from './running';

const runs: Run[] = [];
const brokers: Broker[] = [];
const clients: MqttClient[] = [];

function run(...args: string[]): Run {
  return track(new Run(process.execPath, commandLine(args)));
}

function track(run: Run): Run {
  runs.push(run);
  return run;
}

async function startBroker(accept?: (user?: string, password?: string) => boolean): Promise<number> {
  const broker = new Broker({ port: 0, ...(accept && { accept }) });
  brokers.push(broker);
  await broker.start();
  return broker.port;
}

async function connect(port: number): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  clients.push(client);
  return client;
}

/** A port of this computer that another program has. */
async function busyPort(port = 0): Promise<{ port: number; close: () => Promise<unknown> }> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => (server.close(), once(server, 'close'));
  return { port: (server.address() as AddressInfo).port, close };
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exit;
  }
  for (const broker of brokers.splice(0)) await broker.stop();
});

describe('start without a terminal', () => {
  it('lights the lamp on a message, shows the door to 1 MB, and ends on a signal without leaving anything', async () => {
    const start = run(...startLine('--mqtt-port', '0'));
    const [, port] = await start.until(/mosquitto_pub -h 127\.0\.0\.1 -p (\d+) -t iot\/2 -m USBLED\/ON/);
    await start.until(
      /^\d\d:\d\d:\d\d\.\d{3} {2}kit 2 {2}says: Lamplighter .*, boot 1, board 02:00:00:00:00:02$/m,
    );
    await start.until(/iot\/2\/status {2}online$/m);
    const client = await connect(Number(port));
    await client.publishAsync('iot/2', Buffer.alloc(60_000, 'x'));
    await start.until(/iot\/2 {2}x+… \(60000 bytes\)$/m);
    const rude = await connect(Number(port));
    await rude.publishAsync('iot/2', Buffer.alloc(1_000_000, 'x'));
    await start.until(/note {2}MQTT client at 127\.0\.0\.1 closed: packet too long$/m);
    await client.publishAsync('iot/2', 'USBLED/ON');
    await start.until(/kit 2 {2}lamp lit$/m);
    await start.until(/iot\/2\/result {2}\{"ok":true,"command":"USBLED\/ON"/);
    expect(start.stdout).not.toContain('lamp off');
    expect(start.stdout).not.toContain('status  offline');

    start.signal('SIGINT');
    expect(await start.exit).toBe(0);
    expect(start.stderr).toBe('');
    expect(await listening(Number(port))).toBe(false);
  });

  it('has a gateway for the kit, which knows it, its settings and what it measures', async () => {
    const start = run(...startLine('--mqtt-port', '0'));
    const [, url] = await start.until(/^Dashboard: (http:\/\/127\.0\.0\.1:\d+)$/m);
    await start.until(/iot\/2\/telemetry/);
    const kits = (await (await fetch(`${url}/api/kits`)).json()) as object;
    expect(JSON.stringify(kits)).toContain('"holdMs":10000');
    const page = await fetch(url!);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    start.signal('SIGINT');
    expect(await start.exit).toBe(0);
  });

  it('takes another port for the dashboard when the usual one is busy', async () => {
    // Whoever has it already does as well.
    const { close } = await busyPort(5000).catch(() => ({ close: () => Promise.resolve() }));
    const anyWebPort = startLine('--mqtt-port', '0').filter((_, index) => index !== 1 && index !== 2);
    const start = run(...anyWebPort);
    const [, port] = await start.until(/^Dashboard: http:\/\/127\.0\.0\.1:(\d+)$/m);
    expect(port).not.toBe('5000');
    await start.until(/note {2}port 5000 is in use, so --web-port is another$/m);
    start.signal('SIGINT');
    expect(await start.exit).toBe(0);
    await close();
  });

  it('runs several kits on another board against a broker that wants a password', async () => {
    const port = await startBroker((user, password) => user === 'ada' && password === 'top/secret');
    const address = `mqtt://ada:top%2Fsecret@127.0.0.1:${port}`;
    const start = run(...startLine('--broker', address, '--board', 'esp32', '--kit', '7', '--boards', '2'));
    await start.until(/iot\/7\/status {2}online$/m);
    await start.until(/iot\/8\/status {2}online$/m);
    expect(start.stdout).toContain('kit 7 on a virtual ESP32 DevKit, kit 8 on a virtual ESP32 DevKit');
    expect(start.stdout).toContain(`mosquitto_pub -h 127.0.0.1 -p ${port} -u ada -P PASSWORD`);
    start.signal('SIGTERM');
    expect(await start.exit).toBe(0);
    expect(start.text()).not.toMatch(/top.{1,3}secret/);
    expect(await listening(port)).toBe(true);
  });

  it('waits for a broker that is not there yet, and says so', async () => {
    const port = await startBroker();
    await brokers[0]!.stop();
    const start = run(...startLine('--broker', `mqtt://127.0.0.1:${port}`));
    await start.until(/broker {2}does not answer: .*ECONNREFUSED/);
    await start.until(/says: link: .*next attempt in/);
    await brokers[0]!.start();
    await start.until(/broker {2}connected$/m);
    await start.until(/iot\/2\/status {2}online/);
  });
});

describe('npm start', () => {
  it('leaves no process behind when npm is asked to end, though npm does not pass that on', async () => {
    const npm = track(new Run('npm', ['start', '--', ...startLine('--mqtt-port', '0').slice(1)]));
    const [, port] = await npm.until(/broker 127\.0\.0\.1:(\d+)/);
    npm.signal('SIGTERM');
    await npm.exit;
    expect(await listening(Number(port))).toBe(false);
  });
});

describe('what is not possible ends with one sentence', () => {
  async function refusal(...args: string[]): Promise<string> {
    const { exit, stderr, stdout } = await ended(run(...args));
    expect(exit).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^lamplighter: [^\n]+\n$/);
    return stderr.slice('lamplighter: '.length, -1);
  }

  async function ended(run: Run): Promise<{ exit: number | null; stderr: string; stdout: string }> {
    const exit = await run.exit;
    return { exit, stderr: run.stderr, stdout: run.stdout };
  }

  it.each<[string[], string]>([
    [
      ['start', '--bord', 'esp32'],
      "unknown option '--bord' (Did you mean --board?); npm start -- --help lists the options",
    ],
    [['start', '3'], 'options of npm start stand behind --, as in npm start -- --kit 3'],
    [['start', '--kit', 'two'], '--kit: expected a whole number from 1 to 9999, got "two"'],
    [
      startLine('--mqtt-port', '0', '--png', '/no/such/folder/oled.png'),
      '--png: /no/such/folder/oled.png cannot be written: its folder does not exist',
    ],
  ])('%j', async (args, sentence) => {
    expect(await refusal(...args)).toBe(sentence);
  });

  it('a command that there is not, with those that there are', async () => {
    const sentence = await refusal('stat');
    expect(sentence).toMatch(
      /^unknown command 'stat' \(Did you mean start\?\): expected one of start, gateway, /,
    );
    expect(sentence).toContain('flash, console, rescue');
  });

  it('a busy port', async () => {
    const { port, close } = await busyPort();
    for (const option of ['--mqtt-port', '--web-port', '--tcp-port'])
      expect(await refusal(...startLine('--mqtt-port', '0', option, String(port)))).toBe(
        `port ${port} is already in use: stop the other program or choose another with ${option}`,
      );
    await close();
  });

  it('a configuration file that is not there', async () => {
    expect(await refusal('start', '--config', 'nowhere.ts')).toMatch(/^nowhere\.ts: .*--config$/);
  });

  it('a password that the broker refuses, without repeating it', async () => {
    const port = await startBroker(() => false);
    const sentence = await refusal(...startLine('--broker', `mqtt://ada:secret@127.0.0.1:${port}`));
    expect(sentence).toBe(
      `the broker at 127.0.0.1:${port} refuses user "ada" or the password: expected mqtt://user:password@127.0.0.1:${port} as it knows them`,
    );
  });

  it('no user name for a broker that wants one', async () => {
    const port = await startBroker(() => false);
    expect(await refusal(...startLine('--broker', `mqtt://127.0.0.1:${port}`))).toContain(
      'refuses clients without a user name',
    );
  });
});
