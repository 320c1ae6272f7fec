import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { root } from '../../build/root';
import { isPresent } from '../../cli/network/kit-signal';
import { testCertificate } from '../support/certificate';
import { Mosquitto } from '../support/mosquitto';
import { installed } from '../support/system-programs';
import { commandLine, Run, TerminalRun } from './running';

const runs: (Run | TerminalRun)[] = [];
afterAll(() => runs.forEach((run) => run.signal('SIGKILL')));

const folder = () => mkdtempSync(join(tmpdir(), 'lamplighter-wifi-'));
const recorded = join(root, 'host-tests', 'network', 'wifi', 'recorded');

/** A computer whose `iw` is a shell script of these cases; `started` is a file that is there when the case `hangs` was reached. */
function computer(cases: (hangs: string) => string) {
  const place = folder();
  const started = join(place, 'started');
  mkdirSync(join(place, 'bin'));
  const script = `#!/bin/sh\ncase "$*" in ${cases(`echo > ${started}; exec sleep 60`)} esac\n`;
  writeFileSync(join(place, 'bin', 'iw'), script, { mode: 0o755 });
  const env = { PATH: `${join(place, 'bin')}:${process.env['PATH']}` };
  const kept = <R extends Run | TerminalRun>(run: R): R => {
    runs.push(run);
    return run;
  };
  return {
    place,
    lamplighter: (...args: string[]) => kept(new Run(process.execPath, commandLine(args), env)),
    inTerminal: (...args: string[]) =>
      kept(new TerminalRun(process.execPath, commandLine(args), 80, 24, env)),
    hanging: () => vi.waitUntil(() => existsSync(started), { timeout: 20_000 }),
  };
}

const iwDev = `dev) cat ${recorded}/iw-5.19-dev.txt;;`;

describe('Ctrl-C while a program of the system takes its time', () => {
  test.each([
    ['wifi info', (hangs: string) => `dev) ${hangs};;`],
    ['wifi scan', (hangs: string) => `${iwDev} *scan) ${hangs};;`],
  ])('%s ends at once with 130, without a word', async (command, cases) => {
    const { lamplighter, hanging } = computer(cases);
    const run = lamplighter(...command.split(' '));
    await hanging();
    run.signal('SIGINT');
    expect(await run.exit).toBe(130);
    expect(run.stdout + run.stderr).toBe('');
  });

  test.each([
    ['SIGINT', 0, []],
    ['SIGINT', 130, ['--count', '5']],
    ['SIGTERM', 143, ['--count', '5']],
  ] as const)(
    'wifi monitor after %s ends with %d when told %j, and takes it for no outage',
    async (signal, code, more) => {
      const { place, lamplighter, hanging } = computer((hangs) => `${iwDev} *link) ${hangs};;`);
      const output = join(place, 'wifi.csv');
      const run = lamplighter('wifi', 'monitor', '-o', output, ...more);
      await hanging();
      run.signal(signal);
      expect(await run.exit).toBe(code);
      expect(readFileSync(output, 'utf8')).toBe('timestamp,ssid,signal_dbm,quality\n');
      expect(run.stderr).toBe(`wlan0: one row every 10 s into ${output}; Ctrl-C ends it\n`);
    },
  );
});

describe('in a terminal', () => {
  test('wifi scan shows that it goes on when it takes longer than a second, until Ctrl-C', async () => {
    const { inTerminal } = computer((hangs) => `${iwDev} *scan) ${hangs};;`);
    const run = inTerminal('wifi', 'scan');
    await run.until(/scanning: 1 s/);
    run.press('\x03');
    expect(await run.exit).toBe(130);
  });

  test('wifi monitor draws the signal over time', async () => {
    const { place, inTerminal } = computer(() => `${iwDev} *link) cat ${recorded}/iw-5.19-link.txt;;`);
    const run = inTerminal('wifi', 'monitor', '--every', '1s', '-o', join(place, 'wifi.csv'));
    await run.until(/▇▇ -52 dBm/);
    run.press('\x03');
    expect(await run.exit).toBe(0);
  });
});

test('Ctrl-C while a broker does not answer ends with 130', async () => {
  const broker = createServer().listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const run = computer(() => '').lamplighter(
    ...['wifi', 'info', '--kit', '2'],
    ...['--broker', `mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}`],
  );
  await once(broker, 'connection');
  run.signal('SIGINT');
  expect(await run.exit).toBe(130);
  expect(run.stdout + run.stderr).toBe('');
  broker.close();
});

test.each([
  [['--broker', 'pi'], '--broker: expected mqtt://user:password@host:port or mqtts://…, got no mqtt://'],
  [
    ['--broker', 'mqtts://127.0.0.1:9'],
    '--broker: no connection to the broker at 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9',
  ],
])('wifi info --kit 2 %j ends with one sentence', async (args, sentence) => {
  const run = computer(() => '').lamplighter('wifi', 'info', '--kit', '2', ...args);
  expect(await run.exit).toBe(1);
  expect(run.stderr).toBe(`lamplighter: ${sentence}\n`);
});

test('a kit is gone when it says so, or when three of its telemetries are missing', () => {
  const online = { atMs: 0, status: 'online' };
  expect(isPresent({ atMs: 0 }, 1000)).toBe(false);
  expect(isPresent({ atMs: 1000 }, 2000)).toBe(true);
  expect(isPresent({ ...online, status: 'offline' }, 1000)).toBe(false);
  // Whether it sends every two seconds or every hour is known when two have come.
  expect(isPresent(online, 3_600_000)).toBe(true);
  expect(isPresent({ ...online, everyMs: 10_000 }, 34_000)).toBe(true);
  expect(isPresent({ ...online, everyMs: 10_000 }, 36_000)).toBe(false);
  expect(isPresent({ ...online, everyMs: 2000 }, 29_000)).toBe(true);
  expect(isPresent({ ...online, everyMs: 60_000 }, 200_000)).toBe(true);
  expect(isPresent({ ...online, everyMs: 60_000 }, 215_000)).toBe(false);
});

describe.runIf(installed('mosquitto', 'mosquitto_passwd'))('a kit at a broker with TLS and passwords', () => {
  let mosquitto: Mosquitto;
  let kit: MqttClient;
  beforeAll(async () => {
    mosquitto = await Mosquitto.create({ teacher: 'to/teach', kits: 'to light' });
    await mosquitto.start();
    const account = { username: 'kits', password: 'to light' };
    kit = await connectAsync({ host: '127.0.0.1', port: mosquitto.port, ...account });
    const state = { ip: '192.168.0.44', mac: '5c:cf:7f:00:00:01' };
    await kit.publishAsync('iot/2/status', 'online', { retain: true });
    await kit.publishAsync('iot/2/state', JSON.stringify(state), { retain: true });
    let seq = 0;
    const telemetry = () => kit.publish('iot/2/telemetry', JSON.stringify({ rssiDbm: -61, seq: seq++ }));
    const timer = setInterval(telemetry, 100);
    kit.on('close', () => clearInterval(timer));
  });
  afterAll(async () => {
    await kit?.endAsync();
    await mosquitto?.remove();
  });

  const broker = (account: string) => ['--broker', `mqtts://${account}@localhost:${mosquitto.tlsPort}`];
  function lamplighter(...args: string[]): Run {
    const certificate = join(folder(), 'cert.pem');
    writeFileSync(certificate, testCertificate.trimStart());
    const run = new Run(process.execPath, commandLine(args), { NODE_EXTRA_CA_CERTS: certificate });
    runs.push(run);
    return run;
  }

  test('wifi info shows what it tells, and waits no longer than for that', async () => {
    const flags = ['--kit', '2', '--wait', '1h', '--json', ...broker('teacher:to%2Fteach')];
    const run = lamplighter('wifi', 'info', ...flags);
    expect(await run.exit).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual({
      interface: 'kit_2',
      ip_addresses: ['192.168.0.44'],
      signal_dbm: -61,
      quality: '49/70',
      mac_address: '5c:cf:7f:00:00:01',
    });
  });

  test('wifi monitor writes it down', async () => {
    const output = join(folder(), 'kit.csv');
    const flags = ['--every', '1s', '--count', '2', '-o', output, ...broker('teacher:to%2Fteach')];
    const run = lamplighter('wifi', 'monitor', '--source', 'kit:2', ...flags);
    expect(await run.exit).toBe(0);
    expect(readFileSync(output, 'utf8')).toMatch(/^timestamp.*\n.*Z,kit_2,.*\n.*Z,kit_2,-61,49\/70\n$/);
    expect(run.stderr).toBe(`kit 2: one row every 1 s into ${output}; Ctrl-C ends it\n`);
  });

  test('wifi monitor tells a broker that is gone from a kit that is gone', async () => {
    const flags = ['--every', '1h', '-o', join(folder(), 'kit.csv'), ...broker('teacher:to%2Fteach')];
    const run = lamplighter('wifi', 'monitor', '--source', 'kit:2', '--json', ...flags);
    await run.until(/"ssid":"kit_2"/);
    await mosquitto.stop();
    await run.until(/the broker is gone: what the kit does is not known until it is back\n/);
    await mosquitto.start();
    await run.until(/the broker is back\n/);
    run.signal('SIGINT');
    expect(await run.exit).toBe(0);
    expect(run.stderr).not.toMatch(/network gone/);
  });

  test('a wrong password is one sentence, without the password', async () => {
    const run = lamplighter('wifi', 'info', '--kit', '2', ...broker('teacher:wrong'));
    expect(await run.exit).toBe(1);
    expect(run.stderr).toMatch(
      /^lamplighter: --broker: the broker at localhost:\d+ refuses user "teacher" or the password: expected mqtts:.*\n$/,
    );
    expect(run.stderr).not.toContain('wrong');
  });

  test('a kit that is not there is one sentence', async () => {
    const run = lamplighter('wifi', 'info', '--kit', '3', '--wait', '1s', ...broker('teacher:to%2Fteach'));
    expect(await run.exit).toBe(1);
    expect(run.stderr).toBe('lamplighter: kit 3 has said nothing for 1 s: is it on, and at this broker?\n');
  });
});

describe('wifi config', () => {
  /** A folder with networks for this computer; their country stands nowhere. */
  function classroom(): string {
    const place = folder();
    writeFileSync(
      join(place, 'kit.config.ts'),
      `export default { networks: [{ ssid: '교실', password: { secret: 'WIFI_PASSWORD' } }], broker: { host: '10.0.0.1' }, kits: [{ kit: 2 }] };`,
    );
    writeFileSync(join(place, '.env'), 'WIFI_PASSWORD=correct horse\n');
    return place;
  }

  function config(place: string, ...more: string[]): Run {
    const { lamplighter } = computer(() => '');
    return lamplighter('wifi', 'config', '--config', join(place, 'kit.config.ts'), ...more);
  }

  test('a country is asked for only by the format that has one', async () => {
    const place = classroom();
    const supplicant = config(place, '-o', join(place, 'wpa.conf'));
    expect(await supplicant.exit).toBe(1);
    expect(supplicant.stderr).toMatch(/^lamplighter: no country: say --country KR, or write country/);
    expect(await config(place, '--format', 'networkmanager', '-o', place).exit).toBe(0);
    const script = config(place, '--format', 'nmcli', '-o', join(place, 'my wifi.sh'));
    expect(await script.exit).toBe(0);
    expect(script.stderr).toBe(`to use them: sudo sh '${place}/my wifi.sh'\n`);
    expect(readdirSync(place).sort()).toEqual([
      '.env',
      'kit.config.ts',
      expect.stringMatching(/^lamplighter-__-[\da-f]{6}\.nmconnection$/),
      'my wifi.sh',
    ]);
  });

  test.each([
    [['--country', 'kr'], '--country: expected two capitals such as KR, got "kr"'],
    [['--format', 'networkmanager', '--country', 'kr'], '--country: expected two capitals such as KR'],
    [['--format', 'ini'], '--format: expected wpa_supplicant, networkmanager or nmcli, got "ini"'],
    [['--format', 'nmcli', '--check'], '--check: of wpa_supplicant and networkmanager'],
    [['--format', 'nmcli', '--wpa3'], '--wpa3: of wpa_supplicant; NetworkManager tries WPA3 by itself'],
    [['--wpa3', '--hash'], '--wpa3: WPA3 needs the password itself'],
  ])('%j is refused with one sentence, and nothing is written', async (args, sentence) => {
    const place = classroom();
    const run = config(place, '-o', join(place, 'out'), ...args);
    expect(await run.exit).toBe(1);
    expect(run.stderr).toMatch(new RegExp(`^lamplighter: ${sentence}.*\n$`));
    expect(readdirSync(place).sort()).toEqual(['.env', 'kit.config.ts']);
  });
});
