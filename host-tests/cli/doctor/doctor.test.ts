import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../../build/root';
import { doctor } from '../../../cli/doctor';
import { brokerFindings } from '../../../cli/doctor/broker';
import { type Configuration, readConfiguration } from '../../../cli/doctor/computer';
import { examine, type Report } from '../../../cli/doctor/doctor';
import { kitJson } from '../../../cli/kit-config';
import { Broker } from '../../../gateway/broker';
import type { KitSettings } from '../../../shared/settings';
import { Flash, HostNetwork, RealClock, VirtualBoard } from '../../../simulator';
import { ConsoleServer } from '../../../simulator/console-server';
import { flashedWith, usualSettings } from '../../support/kit-image';

const nodeVersion = 'v20.19.0';
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let broker: Broker;
let settings: KitSettings;

beforeEach(async () => {
  broker = new Broker({ port: 0, accept: (user) => user === undefined || user === 'kits' });
  await broker.start();
  cleanUps.push(() => broker.stop());
  settings = usualSettings('esp8266', { broker: { host: broker.host, port: broker.port } });
});

function configured(...kits: KitSettings[]): Configuration {
  return { findings: [], kits, complete: true };
}

interface RunningBoard {
  port: string;
  /** Resolves when the board has printed such a line. */
  said(line: RegExp): Promise<void>;
}

/** A board on the network of this computer, with its console on a port. */
async function boardWith(flash: Flash, ssid = 'home'): Promise<RunningBoard> {
  const lines: string[] = [];
  let look = (): void => {};
  const board = new VirtualBoard({
    chip: 'esp8266',
    clock: new RealClock(),
    flash,
    network: new HostNetwork({ ssid }),
    mac: '5c:cf:7f:00:00:02',
    wiring: { ...settings.pins, oled: 60 },
    print(line) {
      lines.push(line);
      server.print(line);
      look();
    },
  });
  const server = new ConsoleServer(board);
  const port = `tcp://127.0.0.1:${await server.listen(0)}`;
  board.powerOn();
  cleanUps.push(
    () => server.close(),
    () => board.powerOff(),
  );
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (lines.some((line) => pattern.test(line))) resolve();
      };
      look();
    });
  return { port, said };
}

async function examined(
  configuration: Configuration,
  options: Partial<Parameters<typeof examine>[0]> = {},
): Promise<Report & { lines: string[] }> {
  const report = await examine({ nodeVersion, ports: async () => [], ...options }, configuration, () => {});
  return { ...report, lines: report.findings.map(({ verdict, subject }) => `${verdict} ${subject}`) };
}

describe('the doctor', () => {
  it('finds nothing wrong with a kit that is online', async () => {
    const { port, said } = await boardWith(flashedWith('esp8266', kitJson(settings)));
    await said(/^link: online/);
    const { findings, exitCode } = await examined(configured(settings), { port });
    expect(findings.map(({ subject, verdict, text }) => `${verdict} ${subject}: ${text}`)).toEqual([
      'ok node: Node.js 20.19.0',
      `ok port: ${port} answers`,
      'ok espruino: Espruino 2v29 (ESP8266_4MB)',
      'ok board: NodeMCU, as kit.config.ts says of kit 2',
      expect.stringMatching(/^ok memory: \d+ of 1600 variables free$/),
      expect.stringMatching(/^ok flash: [\d,]+ bytes free in the flash$/),
      'ok loader: the loader is the boot code',
      expect.stringMatching(/^ok firmware: 0\.1\.0 in fw0, sequence 1, [\d,]+ bytes, verified$/),
      expect.stringMatching(/^ok kit\.json: kit0, sequence 1, \d+ bytes, verified, as kit\.config\.ts says$/),
      'ok boots: boot 1, no crash before it',
      'ok wifi: on "home" as 10.0.0.2, -50 dBm',
      `ok broker: ${broker.host}:${broker.port} lets this computer in`,
      'ok link: kit 2 is online as 10.0.0.2',
    ]);
    expect(exitCode).toBe(0);
  });

  it('says what an empty board lacks, and looks for the network and the broker’s host all the same', async () => {
    const { port } = await boardWith(new Flash(), 'neighbours');
    const { lines, exitCode } = await examined(configured(settings), { port });
    expect(lines).toEqual([
      'ok node',
      'ok port',
      'ok espruino',
      'ok board',
      'ok memory',
      'ok flash',
      'wrong loader',
      'wrong firmware',
      'wrong kit.json',
      'ok boots',
      'wrong wifi',
      'ok broker',
      'unknown link',
    ]);
    expect(exitCode).toBe(1);
  });

  it('looks for every configured network, whatever its name is made of', async () => {
    const names = ['caf\xc3\xa9 "1"', 'back\\slash', 'home'];
    settings = { ...settings, networks: names.map((ssid) => ({ ssid })) };
    const { port } = await boardWith(new Flash(), names[0]);
    const { findings } = await examined(configured(settings), { port });
    expect(findings.find(({ subject }) => subject === 'wifi')).toMatchObject({
      verdict: 'ok',
      text: 'not connected; the board sees "café "1"" at -50 dBm',
    });
  });

  it('asks the board whether it reaches the broker when its link is not up', async () => {
    // The kit has the password of a user that the broker does not know.
    const stranger = { ...settings, broker: { ...settings.broker, user: 'stranger', password: 'x' } };
    const { port, said } = await boardWith(flashedWith('esp8266', kitJson(stranger)));
    await said(/^link: .*next attempt/);
    const { findings, exitCode } = await examined(configured(settings), { port });
    const told = findings.map(({ verdict, subject, text }) => `${verdict} ${subject}: ${text}`);
    expect(told).toContain(`ok reach: ${broker.host} answers the board's pings`);
    expect(told).toContainEqual(expect.stringMatching(/^warning kit\.json: .*differs/));
    expect(exitCode).toBe(0);
  });

  it('without a board looks at what there is, and that is no failure', async () => {
    const { lines, findings, exitCode } = await examined(configured(settings));
    expect(lines).toEqual(['ok node', 'unknown port', 'ok broker', 'unknown link']);
    expect(findings[1]!.text).toMatch(/^no board found on USB/);
    expect(exitCode).toBe(0);
  });

  it('lists the ports when the one that was asked for is not there', async () => {
    const ports = async () => [{ path: '/dev/ttyUSB1', title: 'CH340 USB serial adapter' }];
    const { findings, exitCode } = await examined(configured(settings), { port: '/dev/ttyUSB99', ports });
    expect(findings[1]).toMatchObject({ subject: 'port', verdict: 'wrong' });
    expect(findings[2]).toMatchObject({ subject: 'ports', text: '/dev/ttyUSB1 (CH340 USB serial adapter)' });
    expect(exitCode).toBe(3);
  });

  it('opens a locked console with the password of whichever kit it is', async () => {
    const other = usualSettings('esp8266', { kit: 3, console: 'wrong-one', broker: settings.broker });
    const locked = { ...settings, console: 'right-one' };
    const { port, said } = await boardWith(flashedWith('esp8266', kitJson(locked)));
    await said(/^link: online/);
    const { exitCode } = await examined(configured(other, locked), { port });
    expect(exitCode).toBe(0);
    const { findings, exitCode: refused } = await examined(configured(other), { port, kit: 3 });
    expect(findings[1]).toMatchObject({ subject: 'port', verdict: 'wrong' });
    expect(refused).toBe(8);
  });

  it('says that a kit is not listed', async () => {
    const { findings, exitCode } = await examined(configured(settings), { kit: 9 });
    expect(findings).toContainEqual({
      subject: 'kit',
      verdict: 'wrong',
      text: 'kit 9 is not in kit.config.ts',
      advice: 'expected one of 2',
    });
    expect(exitCode).toBe(1);
  });
});

describe('the broker', () => {
  const askedOf = async (changes: Partial<KitSettings['broker']>): Promise<string> => {
    const { findings } = await brokerFindings({ ...settings, broker: { ...settings.broker, ...changes } });
    return `${findings[0]!.verdict}: ${findings[0]!.text}`;
  };

  it('that refuses the password is told from one that is not there', async () => {
    expect(await askedOf({ user: 'kits', password: 'y' })).toMatch(/^ok: /);
    expect(await askedOf({ user: 'stranger', password: 'x' })).toMatch(
      /^wrong: .*(?:Not authorized|Bad username)/i,
    );
    const { port } = broker;
    await broker.stop();
    expect(await askedOf({})).toBe(`wrong: 127.0.0.1:${port}: nothing listens there`);
    await broker.start();
  });
});

describe('the configuration', () => {
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const classroom = (kit: string): string =>
    `import { defineClassroom, secret } from ${JSON.stringify(join(root, 'cli/kit-config/classroom').replaceAll('\\', '/'))};
export default defineClassroom({ networks: [{ ssid: 'home', password: secret('WIFI') }], broker: { host: '192.168.0.9' }, kits: [{ kit: ${kit} }] });`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
  });

  const read = async (): Promise<string[]> => {
    const { findings, complete } = await readConfiguration(join(folder, 'kit.config.ts'));
    return [
      String(complete),
      ...findings.map(({ verdict, subject, text }) => `${verdict} ${subject}: ${text}`),
    ];
  };

  it('is good, with its secrets', async () => {
    write('kit.config.ts', classroom('2'));
    write('.env', 'WIFI=long enough\n');
    expect(await read()).toEqual(['true', 'ok config: kit.config.ts: kits 2 (NodeMCU)']);
  });

  it('lacks a secret, or all of them', async () => {
    write('kit.config.ts', classroom('2'));
    expect(await read()).toEqual([
      'false',
      'ok config: kit.config.ts: kits 2 (NodeMCU)',
      'wrong secrets: no .env beside kit.config.ts: the passwords for a board are not there',
    ]);
    write('.env', 'WIFI=short\n');
    expect(await read()).toEqual([
      'false',
      'ok config: kit.config.ts: kits 2 (NodeMCU)',
      expect.stringMatching(/^wrong secrets: .*expected 8 to 63 bytes/),
    ]);
  });

  it('is not good', async () => {
    write('kit.config.ts', classroom('0'));
    expect(await read()).toEqual([
      'false',
      expect.stringMatching(/^wrong config: kit\.config\.ts: kits\[0\]\.kit/),
    ]);
  });

  it('is examined by the command, which prints lines, or JSON', async () => {
    write('kit.config.ts', classroom('0'));
    const config = join(folder, 'kit.config.ts');
    const lines: string[] = [];
    const options = { config, nodeVersion, ports: async () => [] };
    expect(await doctor({ ...options, json: false }, (line) => lines.push(line))).toBe(1);
    expect(stripVTControlCharacters(lines[0]!)).toBe('ok        node      Node.js 20.19.0');
    expect(lines.at(-1)).toBe('1 wrong, 2 not seen; the rest is well.');
    lines.length = 0;
    await doctor({ ...options, json: true }, (line) => lines.push(line));
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      ok: false,
      findings: [
        { subject: 'node', verdict: 'ok' },
        { subject: 'config' },
        { subject: 'port' },
        { subject: 'network' },
      ],
    });
  });
});
