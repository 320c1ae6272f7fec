import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { credentialsMissing, parseFlag, readSettings, readSome, SettingsError } from '../../gateway/settings';
import { isLoopback } from '../../gateway/settings/address';
import { flagOf, names, table, variableOf } from '../../gateway/settings/table';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  flags?: Record<string, unknown>;
  environment?: Record<string, string>;
  file?: unknown;
}

function read({ flags = {}, environment = {}, file }: Said) {
  const named = file === undefined ? {} : { configFile: configFile(file) };
  return readSettings({ flags: { ...named, ...flags }, environment, directory: '/home/ada' });
}

/** Name of a file with this content, as JSON unless it is text already. */
function configFile(content: unknown): string {
  const file = join(folder, 'gateway.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function refusal(said: Said): string {
  try {
    return `taken: ${JSON.stringify(read(said).settings)}`;
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
}

describe('the settings of the gateway', () => {
  it('let only this computer in, and lie below the current folder, when nothing is said', () => {
    const computer = hostname().toLowerCase();
    expect(read({})).toEqual({
      notes: [],
      settings: {
        listen: '127.0.0.1',
        beyondLoopback: false,
        login: false,
        hostName: [computer, `${computer}.local`],
        webPort: 5000,
        httpsPort: false,
        mqttPort: 1883,
        mqttsPort: false,
        tcpPort: 9999,
        udpPort: 9998,
        openIngest: false,
        data: resolve('/home/ada/data/lamplighter.db'),
        retention: 90,
        credentials: resolve('/home/ada/data/credentials.json'),
        logLevel: 'info',
        logFormat: 'auto',
      },
    });
  });

  it('come from the option, else from the variable, else from the file', () => {
    const file = { webPort: 1, tcpPort: 2, udpPort: 3, mqttPort: 'off' };
    const environment = { LAMPLIGHTER_WEB_PORT: '4', LAMPLIGHTER_TCP_PORT: '5' };
    const { settings } = read({ file, environment, flags: { webPort: '6' } });
    expect(settings).toMatchObject({ webPort: 6, tcpPort: 5, udpPort: 3, mqttPort: false });
  });

  it('take the name of the file from the option, else from the variable', () => {
    const environment = { LAMPLIGHTER_CONFIG_FILE: configFile({ retention: 7 }) };
    expect(read({ environment }).settings.retention).toBe(7);
    expect(() => read({ environment, flags: { configFile: 'nowhere.json' } })).toThrow('nowhere.json');
    expect(read({ environment: { LAMPLIGHTER_CONFIG_FILE: '' } }).settings.retention).toBe(90);
  });

  it('do not count a variable that is set and empty', () => {
    expect(read({ environment: { LAMPLIGHTER_WEB_PORT: '' } }).settings.webPort).toBe(5000);
  });

  it('name files from where they were written', () => {
    const { settings } = read({ file: { data: 'history.db' }, flags: { credentials: 'who.json' } });
    expect(settings.data).toBe(join(folder, 'history.db'));
    expect(settings.credentials).toBe(resolve('/home/ada/who.json'));
  });

  it.each<[Said, object]>([
    [{ flags: { openIngest: true } }, { openIngest: true }],
    [{ environment: { LAMPLIGHTER_OPEN_INGEST: 'true' } }, { openIngest: true }],
    [
      { environment: { LAMPLIGHTER_OPEN_INGEST: 'false' }, file: { openIngest: true } },
      { openIngest: false },
    ],
    [{ flags: { udpPort: 'off' } }, { udpPort: false }],
    [{ file: { udpPort: false } }, { udpPort: false }],
    [{ flags: { listen: '0.0.0.0' } }, { listen: '0.0.0.0', beyondLoopback: true, login: true }],
    [{ flags: { listen: '::1' } }, { beyondLoopback: false, login: false }],
    [{ flags: { listen: '127.0.0.2' } }, { beyondLoopback: false }],
    [
      { flags: { tlsCert: 'c.pem', tlsKey: 'k.pem' } },
      { tlsCert: resolve('/home/ada/c.pem'), httpsPort: 5443, mqttsPort: 8883 },
    ],
    [
      { flags: { tlsCert: 'c.pem', tlsKey: 'k.pem', httpsPort: '443', mqttsPort: 'off' } },
      { httpsPort: 443, mqttsPort: false },
    ],
    [
      { flags: { broker: 'mqtts://ada:p%2Fw@pi' } },
      {
        broker: { protocol: 'mqtts', host: 'pi', port: 8883, user: 'ada', password: 'p/w' },
        mqttPort: false,
        mqttsPort: false,
      },
    ],
    [{ flags: { broker: 'mqtt://[::1]' } }, { broker: { protocol: 'mqtt', host: '::1', port: 1883 } }],
  ])('%j', (said, expected) => {
    expect(read(said).settings).toMatchObject(expected);
  });

  it('ask for a login on loopback as well when a name is given, since then a proxy lets others in', () => {
    for (const said of [
      { flags: { hostName: 'Pi.local, lamp.school' } },
      { file: { hostName: ['pi.local', 'lamp.school'] } },
    ]) {
      const { settings } = read(said);
      expect(settings).toMatchObject({ beyondLoopback: false, login: true });
      expect(settings.hostName).toEqual(expect.arrayContaining(['pi.local', 'lamp.school']));
    }
  });
});

describe('what is wrong with a setting is one sentence', () => {
  it.each<[Said, string]>([
    [
      { flags: { webPort: '65536' } },
      '--web-port: expected a port from 0 to 65535, where 0 takes any that is free, or off, got 65536',
    ],
    [
      { environment: { LAMPLIGHTER_TCP_PORT: 'none' } },
      'LAMPLIGHTER_TCP_PORT: expected a port from 0 to 65535, where 0 takes any that is free, or off, got "none"',
    ],
    [
      { file: { udpPort: '9998' } },
      'gateway.json: udpPort: expected a port from 0 to 65535, where 0 takes any that is free, or off, got "9998"',
    ],
    [{ flags: { retention: '1.5' } }, '--retention: expected a whole number from 0 to 36500, got "1.5"'],
    [
      { flags: { listen: 'pi.local' } },
      '--listen: expected an IP address of this computer such as 192.168.0.10, 0.0.0.0 for all of them, :: for IPv6 as well, got "pi.local"',
    ],
    [
      { flags: { hostName: 'https://pi.local' } },
      '--host-name: expected host names such as pi.local, with commas between them, got ["https://pi.local"]',
    ],
    [
      { environment: { LAMPLIGHTER_OPEN_INGEST: '1' } },
      'LAMPLIGHTER_OPEN_INGEST: expected true or false, got "1"',
    ],
    [
      { flags: { logLevel: 'loud' } },
      '--log-level: expected fatal, error, warn, info, debug, trace or silent, got "loud"',
    ],
    [{ flags: { data: '' } }, '--data: expected the name of a file, got ""'],
    [{ file: { data: { file: 'x' } } }, 'gateway.json: data: expected the name of a file, got an object'],
    [
      { file: { webport: 5001 } },
      `gateway.json: "webport" is no setting; the settings are ${names.join(', ')}`,
    ],
    [{ file: '[5001]' }, 'gateway.json: expected an object such as { "webPort": 5001 }'],
    [{ flags: { tlsCert: 'c.pem' } }, '--tls-cert: a certificate needs its key, named with --tls-key'],
    [
      { environment: { LAMPLIGHTER_TLS_KEY: 'k.pem' } },
      'LAMPLIGHTER_TLS_KEY: a key needs its certificate, named with --tls-cert',
    ],
    [{ flags: { mqttsPort: '8883' } }, '--mqtts-port: TLS needs a certificate: --tls-cert and --tls-key'],
    [{ flags: { tcpPort: '5000' } }, '--tcp-port: port 5000 is that of --web-port: give each its own'],
    [{ flags: { webPort: '9999' } }, '--web-port: port 9999 is that of --tcp-port: give each its own'],
    [{ flags: { configFile: '' } }, '--config-file: expected the name of a file, got ""'],
    [
      { flags: { configFile: 'nowhere.json' } },
      `--config-file: there is no file ${resolve('/home/ada/nowhere.json')}`,
    ],
  ])('%j', (said, sentence) => {
    expect(refusal(said)).toBe(sentence);
  });

  it('a file that is no JSON is told with its line, without quoting it', () => {
    const sentence = refusal({ file: '{\n  "broker": "mqtt://ada:secret@pi",\n  secret\n}' });
    expect(sentence).toMatch(/^gateway\.json: is no JSON.*: expected an object such as/);
    expect(sentence).not.toContain('secret');
    expect(sentence).not.toContain('\n');
  });

  it.each<[string, string]>([
    ['pi', 'got no mqtt://'],
    ['http://ada:secret@pi', 'got http://…'],
    ['mqtt://ada:secret@', 'got an address that cannot be read'],
    ['mqtts://ada:secret@pi:99999', 'got an address that cannot be read'],
    ['mqtt://ada:secret@pi:0', 'expected a port from 1 to 65535, got 0'],
    ['mqtt://ada:sec/ret@pi', 'got an address that cannot be read'],
    ['mqtt://ada:secret@pi/topic', 'got something behind the port'],
    ['mqtt://:secret@pi', 'a password needs a user name'],
    ['mqtt://ada:%secret@pi', 'a % in the password is written %25'],
    ['mqtt://파이', 'expected a host name'],
  ])('--broker %s is refused without its password', (broker, part) => {
    for (const said of [
      { flags: { broker } },
      { environment: { LAMPLIGHTER_BROKER: broker } },
      { file: { broker } },
    ]) {
      const sentence = refusal(said);
      expect(sentence).toMatch(/^(--broker|LAMPLIGHTER_BROKER|gateway\.json: broker): /);
      expect(sentence).toContain(part);
      expect(sentence).not.toContain('secret');
    }
  });

  it('ports that are off or any do not collide', () => {
    expect(read({ flags: { tcpPort: '0', webPort: '0', mqttPort: 'off' } }).settings).toMatchObject({
      tcpPort: 0,
    });
    // The port of UDP is another than that of TCP.
    expect(read({ flags: { tcpPort: '9998' } }).settings).toMatchObject({ tcpPort: 9998, udpPort: 9998 });
  });

  it('listening for others without credentials says how to make some', () => {
    const { settings } = read({ flags: { listen: '0.0.0.0' } });
    expect(credentialsMissing(settings)).toMatch(
      /^--listen 0\.0\.0\.0 lets others in, and .*credentials\.json knows nobody yet: make credentials first with lamplighter credentials add kit2, or listen on 127\.0\.0\.1$/,
    );
  });
});

describe('what was said in vain is noted, not refused', () => {
  it.each<[Said, string]>([
    [
      { environment: { LAMPLIGHTER_PORT: 'tcp://10.0.0.1:5000' } },
      'LAMPLIGHTER_PORT is no setting; lamplighter gateway --help lists them',
    ],
    [
      { flags: { broker: 'mqtt://pi', mqttPort: '1884' } },
      '--mqtt-port is for an own broker, and another is used',
    ],
    [{ flags: { openIngest: true } }, '--open-ingest changes nothing while only this computer can connect'],
  ])('%j', (said, note) => {
    expect(read(said).notes).toEqual([note]);
  });
});

describe('other commands', () => {
  it('find the files of the gateway, and are not troubled by what they do not read', () => {
    const file = configFile({ data: 'history.db', webPort: 'nonsense' });
    const sources = { flags: { configFile: file }, environment: {}, directory: '/home/ada' };
    expect(readSome(['data'], sources)).toEqual({ data: join(folder, 'history.db') });
  });

  it('read one option as the gateway does', () => {
    expect(parseFlag('webPort', '0', '/')).toBe(0);
    expect(() => parseFlag('webPort', 'x', '/')).toThrow('--web-port: expected a port');
  });
});

describe('the table', () => {
  it('names options, variables and keys alike', () => {
    expect([flagOf('mqttsPort'), variableOf('mqttsPort')]).toEqual(['mqtts-port', 'LAMPLIGHTER_MQTTS_PORT']);
  });

  it('has fallbacks that it would take itself', () => {
    for (const name of names) {
      const { fallback } = table[name];
      if (fallback === undefined) continue;
      expect(read({ file: { [name]: fallback } }).settings[name]).toBeDefined();
    }
  });

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.10', false],
    ['::ffff:192.168.0.10', false],
  ])('%s reaches only this computer: %s', (address, only) => {
    expect(isLoopback(address)).toBe(only);
  });
});
