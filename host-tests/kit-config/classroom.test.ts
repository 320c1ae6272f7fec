import { describe, expect, it } from 'vitest';
import { secret, type ClassroomConfig } from '../../cli/kit-config/classroom';
import { kitSettings } from '../../cli/kit-config/kit-settings';
import { checkClassroom } from '../../cli/kit-config/load';

const good: ClassroomConfig = {
  networks: [{ ssid: 'classroom', password: 'for-the-class' }],
  broker: { host: '192.168.0.10' },
  kits: [{ kit: 2 }, { kit: 3 }],
};
const network = good.networks[0]!;
const bytes33 = '가나다라마바사아자차카';

/** [what is wrong, what the file says in place of the good one, every sentence of the answer] */
const bad: [string, object, string[]][] = [
  // The shape of the file
  ['a list instead of a classroom', [], ['expected { … }, got a list']],
  [
    'a misspelt key',
    { netwroks: [] },
    [
      'netwroks: is no setting here; the settings are board, pins, ledOn, relayOn, oled, networks, broker, report, echo, lamp, telemetryMs, console, kits',
    ],
  ],
  ['no networks', { networks: undefined }, ['networks: expected a list of 1 to 8 entries, got nothing']],
  ['an empty list of networks', { networks: [] }, ['networks: expected a list of 1 to 8 entries, got 0']],
  [
    'nine networks',
    { networks: Array(9).fill(network) },
    ['networks: expected a list of 1 to 8 entries, got 9'],
  ],
  [
    'one network without its list',
    { networks: network },
    ['networks: expected a list of 1 to 8 entries, got an object'],
  ],
  ['no kits', { kits: [] }, ['kits: expected a list of 1 to 9999 entries, got 0']],
  ['kits as plain numbers', { kits: [2] }, ['kits[0]: expected { … }, got a number']],
  [
    'a kit without its number',
    { kits: [{ mac: '5c:cf:7f:01:02:03' }] },
    ['kits[0].kit: is missing; write for example kit: 2'],
  ],
  [
    'two mistakes at once',
    { telemetryMs: 1, kits: [{ kit: 0 }] },
    [
      'telemetryMs: expected a whole number from 2000 to 3600000 milliseconds, got 1',
      'kits[0].kit: expected a whole number from 1 to 9999, got 0',
    ],
  ],

  // Kits
  [
    'a kit number of zero',
    { kits: [{ kit: 0 }] },
    ['kits[0].kit: expected a whole number from 1 to 9999, got 0'],
  ],
  [
    'a kit number of five digits',
    { kits: [{ kit: 10000 }] },
    ['kits[0].kit: expected a whole number from 1 to 9999, got 10000'],
  ],
  ['half a kit', { kits: [{ kit: 2.5 }] }, ['kits[0].kit: expected a whole number from 1 to 9999, got 2.5']],
  [
    'a kit number in quotes',
    { kits: [{ kit: '2' }] },
    ['kits[0].kit: expected a whole number from 1 to 9999, got "2"'],
  ],
  [
    'two kits with one number',
    { kits: [{ kit: 2 }, { kit: 3 }, { kit: 2 }] },
    ['kits[2].kit: 2 is the number of kits[0]; give each kit its own'],
  ],
  [
    'two kits with one MAC, written differently',
    {
      kits: [
        { kit: 2, mac: '5c:cf:7f:01:02:03' },
        { kit: 3, mac: '5C-CF-7F-01-02-03' },
      ],
    },
    ['kits[1].mac: 5C-CF-7F-01-02-03 is the board of kits[0]; one board is one kit'],
  ],
  [
    'a MAC that is too short',
    { kits: [{ kit: 2, mac: '5c:cf:7f' }] },
    ['kits[0].mac: expected six pairs of hexadecimal digits such as 5c:cf:7f:01:02:03, got "5c:cf:7f"'],
  ],
  ['an unknown board', { board: 'esp8266' }, ['board: expected "nodemcu" or "esp32", got "esp8266"']],
  [
    'an unknown board of one kit',
    { kits: [{ kit: 2, board: 'arduino' }] },
    ['kits[0].board: expected "nodemcu" or "esp32", got "arduino"'],
  ],

  // Reports
  ['reports by no protocol', { report: {} }, ["report.by: is missing; write for example by: 'http'"]],
  [
    'reports by an unknown protocol',
    { report: { by: 'https' } },
    ['report.by: expected "http", "tcp" or "udp", got "https"'],
  ],
  [
    'reports to this computer',
    { report: { by: 'tcp', host: 'localhost' } },
    [
      'report.host: expected an address in the classroom\'s network (localhost is the board itself), got "localhost" (9 bytes)',
    ],
  ],
  [
    'reports to a port that is none',
    { kits: [{ kit: 2, report: { by: 'udp', port: 0 } }] },
    ['kits[0].report.port: expected a whole number from 1 to 65535, got 0'],
  ],
  [
    'a report password without a user',
    { report: { by: 'http', password: 'secret' } },
    ['report: has a password but no user; add user'],
  ],
  [
    'a user where none can be told',
    { report: { by: 'tcp', user: 'kits' } },
    ['report: has a user, which only HTTP can tell; leave it out or report by "http"'],
  ],
  [
    'a report user with a colon',
    { report: { by: 'http', user: 'a:b' } },
    ['report.user: expected a name without a colon, got "a:b" (3 bytes)'],
  ],
  ['an echo by yes', { echo: true }, ['echo: expected { … }, got a boolean']],
  [
    'an echo on a port that is none',
    { kits: [{ kit: 2, echo: { tcpPort: 0 } }] },
    ['kits[0].echo.tcpPort: expected a whole number from 1 to 65535, got 0'],
  ],
  [
    'a word in place of false',
    { report: { by: 'udp', mqtt: 'no' } },
    ['report.mqtt: expected true or false, got "no"'],
  ],
  [
    'a misspelt key of reports',
    { report: { by: 'udp', via: 1 } },
    ['report.via: is no setting here; the settings are by, host, port, user, password, mqtt'],
  ],

  // Parts
  [
    'a GPIO that the board lacks',
    { pins: { relay: 99 } },
    ['pins.relay: expected a GPIO from 0 to 16, got 99'],
  ],
  [
    'a GPIO that one kit lacks',
    { kits: [{ kit: 2 }, { kit: 3, board: 'esp32', pins: { led: 40 } }] },
    ['kits[1].pins.led: expected a GPIO from 0 to 39, got 40'],
  ],
  [
    'a label instead of a GPIO',
    { pins: { relay: 'D5' } },
    ['pins.relay: expected a GPIO from 0 to 16, got "D5", which is printed beside GPIO 14'],
  ],
  ['a list of pins', { pins: { relay: [2] } }, ['pins.relay: expected a GPIO number, got a list']],
  [
    'an unknown part',
    { pins: { motor: 4 } },
    ['pins.motor: is no setting here; the settings are led, relay, dht22, cds, sda, scl'],
  ],
  [
    'a level that turns a usual pin bad',
    { relayOn: 1, kits: [{ kit: 2 }] },
    [
      'kits[0].pins.relay: GPIO 2 (D4) must be high at reset, else the board does not start, and an active-high relay module (relayOn 1) pulls it down; free and suitable: GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5), GPIO 15 (D8)',
    ],
  ],
  ['a level that is not one', { ledOn: true }, ['ledOn: expected 0 or 1, got true']],
  ['a level of two', { kits: [{ kit: 2, relayOn: 2 }] }, ['kits[0].relayOn: expected 0 or 1, got 2']],
  [
    'the address printed on the OLED',
    { oled: 0x78 },
    ['oled: expected 0x3C, 0x3D or 0 for none, got 120 (the module prints twice the address: write 0x3C)'],
  ],
  ['an OLED as a word', { oled: 'none' }, ['oled: expected 0x3C, 0x3D or 0 for none, got "none"']],

  // Times and light
  [
    'a hold in seconds',
    { lamp: { holdMs: 10 } },
    ['lamp.holdMs: expected a whole number from 1000 to 3600000 milliseconds, got 10'],
  ],
  [
    'a hold of more than an hour',
    { lamp: { holdMs: 3_600_001 } },
    ['lamp.holdMs: expected a whole number from 1000 to 3600000 milliseconds, got 3600001'],
  ],
  [
    'a hold that is no number',
    { lamp: { holdMs: NaN } },
    ['lamp.holdMs: expected a whole number from 1000 to 3600000 milliseconds, got NaN'],
  ],
  [
    'a dark that nothing is below',
    { lamp: { darkBelow: 0 } },
    ['lamp.darkBelow: expected a whole number from 1 to 1022, got 0'],
  ],
  [
    'a dark that everything is below',
    { lamp: { darkBelow: 1023, brightFrom: 1023 } },
    ['lamp.darkBelow: expected a whole number from 1 to 1022, got 1023'],
  ],
  [
    'a bright beyond the sensor',
    { lamp: { brightFrom: 1024 } },
    ['lamp.brightFrom: expected a whole number from 2 to 1023, got 1024'],
  ],
  [
    'a bright that is still dark',
    { lamp: { darkBelow: 400, brightFrom: 400 } },
    ['lamp.brightFrom: expected more than darkBelow, which is 400, got 400'],
  ],
  [
    'a dark of one kit above the shared bright',
    { lamp: { brightFrom: 350 }, kits: [{ kit: 2, lamp: { darkBelow: 360 } }] },
    ['kits[0].lamp.brightFrom: expected more than darkBelow, which is 360, got 350'],
  ],
  [
    'telemetry faster than the DHT22',
    { telemetryMs: 1999 },
    ['telemetryMs: expected a whole number from 2000 to 3600000 milliseconds, got 1999'],
  ],

  // Networks
  [
    'a network without a name',
    { networks: [{ password: 'for-the-class' }] },
    ["networks[0].ssid: is missing; write for example ssid: 'classroom'"],
  ],
  [
    'an empty name',
    { networks: [{ ssid: '' }] },
    ['networks[0].ssid: expected 1 to 32 bytes, got "" (0 bytes)'],
  ],
  [
    'eleven Korean syllables',
    { networks: [{ ssid: bytes33 }] },
    [`networks[0].ssid: expected 1 to 32 bytes, got "${bytes33}" (33 bytes)`],
  ],
  [
    'a name with a line feed',
    { networks: [{ ssid: 'class\nroom' }] },
    ['networks[0].ssid: expected text without control characters, got "class\\nroom" (10 bytes)'],
  ],
  [
    'a WiFi password of 7 bytes',
    { networks: [network, { ssid: 'b', password: 'hunter2' }] },
    ['networks[1].password: expected 8 to 63 bytes, got 7 bytes'],
  ],
  [
    'a WiFi password of 64 bytes',
    { networks: [{ ssid: 'a', password: 'x'.repeat(64) }] },
    ['networks[0].password: expected 8 to 63 bytes, got 64 bytes'],
  ],
  [
    'a WiFi password without quotes',
    { networks: [{ ssid: 'a', password: 12345678 }] },
    ['networks[0].password: expected text in quotes, got a number'],
  ],
  [
    'a password in the place of a secret',
    { networks: [{ ssid: 'a', password: secret('hunter22') }] },
    [
      'networks[0].password: secret() expected the name of a line in .env, in capitals such as WIFI_PASSWORD, got another text',
    ],
  ],
  [
    'a priority above 100',
    { networks: [{ ssid: 'a', priority: 101 }] },
    ['networks[0].priority: expected a whole number from 0 to 100, got 101'],
  ],
  [
    'hidden as a word',
    { networks: [{ ssid: 'a', hidden: 'yes' }] },
    ['networks[0].hidden: expected true or false, got "yes"'],
  ],
  [
    'networks that do not fit',
    {
      kits: [{ kit: 2 }],
      networks: Array(8).fill({
        ssid: '가나다라마바사아자차',
        password: '가나다라마바사아자차카타파하가나다라마바사',
      }),
    },
    ['networks: expected a kit.json of at most 2048 bytes, got 4931; list fewer networks'],
  ],

  // Broker
  [
    'a broker without its host',
    { broker: {} },
    ["broker.host: is missing; write for example host: '192.168.0.10'"],
  ],
  ['a broker as a text', { broker: 'mqtt://kits:hunter22@pi' }, ['broker: expected { … }, got text']],
  [
    'a URL',
    { broker: { host: 'mqtt://10.0.0.2' } },
    [
      'broker.host: expected a host name or an IPv4 address without spaces, scheme or port, got "mqtt://10.0.0.2" (15 bytes)',
    ],
  ],
  [
    'a host with a port',
    { broker: { host: '10.0.0.2:1883' } },
    ['broker.host: expected an IPv4 address such as 192.168.0.10, got "10.0.0.2:1883" (13 bytes)'],
  ],
  [
    'a number above 255 in an address',
    { broker: { host: '192.168.0.256' } },
    ['broker.host: expected an IPv4 address such as 192.168.0.10, got "192.168.0.256" (13 bytes)'],
  ],
  [
    'a host name with a port',
    { broker: { host: 'pi:1883' } },
    [
      'broker.host: expected a host name or an IPv4 address without spaces, scheme or port, got "pi:1883" (7 bytes)',
    ],
  ],
  [
    'a host with a blank',
    { broker: { host: 'my pi' } },
    [
      'broker.host: expected a host name or an IPv4 address without spaces, scheme or port, got "my pi" (5 bytes)',
    ],
  ],
  [
    'the board itself',
    { broker: { host: 'localhost' } },
    [
      'broker.host: expected an address in the classroom\'s network (localhost is the board itself), got "localhost" (9 bytes)',
    ],
  ],
  [
    'a name for mDNS',
    { broker: { host: 'raspberrypi.local' } },
    [
      'broker.host: expected an IPv4 address or a name that the router knows (boards do not resolve .local), got "raspberrypi.local" (17 bytes)',
    ],
  ],
  [
    'port 0',
    { broker: { host: 'pi', port: 0 } },
    ['broker.port: expected a whole number from 1 to 65535, got 0'],
  ],
  [
    'port 65536',
    { broker: { host: 'pi', port: 65536 } },
    ['broker.port: expected a whole number from 1 to 65535, got 65536'],
  ],
  [
    'a user of 65 bytes',
    { broker: { host: 'pi', user: 'u'.repeat(65) } },
    [`broker.user: expected 1 to 64 bytes, got "${'u'.repeat(40)}…" (65 bytes)`],
  ],
  [
    'an empty broker password',
    { broker: { host: 'pi', user: 'kits', password: '' } },
    ['broker.password: expected 1 to 64 bytes, got 0 bytes'],
  ],
  [
    'a password without a user',
    { broker: { host: 'pi', password: 'hunter22' } },
    ['broker: has a password but no user, which MQTT does not allow; add user'],
  ],
  ['a console password of 7 bytes', { console: 'hunter2' }, ['console: expected 8 to 20 bytes, got 7 bytes']],
  [
    'a console password of 21 bytes',
    { console: 'a'.repeat(21) },
    ['console: expected 8 to 20 bytes, got 21 bytes'],
  ],
];

/** What checkClassroom says, a sentence each; none for a good file. */
function sentences(config: unknown): string[] {
  try {
    checkClassroom('/somewhere/kit.config.ts', config);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('a kit.config.ts that cannot be right is answered with the key, the value and what would do', () => {
  it.each(bad)('%s', (_, change, expected) => {
    const config = Array.isArray(change) ? change : { ...good, ...change };
    expect(sentences(config)).toEqual(expected.map((sentence) => `kit.config.ts: ${sentence}`));
  });

  it.each(['networks', 'broker', 'kits'])('without %s it shows how one is written', (key) => {
    const { [key as 'kits']: _, ...rest } = good;
    expect(sentences(rest)).toEqual([
      expect.stringMatching(`^kit.config.ts: ${key}: is missing; write for example ${key}: `),
    ]);
  });

  it('says a shared mistake once, however many kits share it', () => {
    expect(
      sentences({ ...good, pins: { relay: 99 }, kits: [{ kit: 1 }, { kit: 2 }, { kit: 3 }] }),
    ).toHaveLength(1);
  });
});

describe('what a kit gets', () => {
  function settings(change: Partial<ClassroomConfig>, kit: number) {
    return kitSettings(checkClassroom('/x/kit.config.ts', { ...good, ...change }), kit, {
      secrets: 'required',
    });
  }

  it('is the usual wiring and times when nothing else is said', () => {
    expect(settings({}, 2)).toEqual({
      kit: 2,
      board: 'nodemcu',
      pins: { led: 16, relay: 2, dht22: 0, cds: 'A0', sda: 4, scl: 5 },
      ledOn: 1,
      relayOn: 0,
      oled: 0x3c,
      lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
      telemetryMs: 10_000,
      networks: [{ ssid: 'classroom', password: 'for-the-class' }],
      broker: { host: '192.168.0.10', port: 1883 },
    });
  });

  it('is what all share, with its own in place of it', () => {
    const change: Partial<ClassroomConfig> = {
      telemetryMs: 20_000,
      lamp: { holdMs: 5000 },
      pins: { relay: 14 },
      broker: { host: 'shared', user: 'kits', password: 'not for the other broker' },
      kits: [
        {
          kit: 2,
          lamp: { darkBelow: 200 },
          pins: { led: 12 },
          broker: { host: 'own', port: 8883 },
          telemetryMs: 30_000,
        },
      ],
    };
    expect(settings(change, 2)).toMatchObject({
      telemetryMs: 30_000,
      lamp: { holdMs: 5000, darkBelow: 200, brightFrom: 320 },
      pins: { relay: 14, led: 12, dht22: 0 },
    });
    expect(settings(change, 2).broker).toEqual({ host: 'own', port: 8883 });
  });

  it('reports to the host of the broker, on the port of the protocol, beside MQTT, unless told otherwise', () => {
    const broker = { host: '10.0.0.9' };
    expect(settings({ broker }, 2)).not.toHaveProperty('report');
    for (const [by, port] of [
      ['http', 5000],
      ['tcp', 9999],
      ['udp', 9998],
    ] as const)
      expect(settings({ broker, report: { by, mqtt: true } }, 2).report).toEqual({
        by,
        host: '10.0.0.9',
        port,
      });
    const own = {
      by: 'http',
      host: '10.0.0.8',
      port: 80,
      user: 'kits',
      password: '가',
      mqtt: false,
    } as const;
    expect(settings({ report: { by: 'udp' }, kits: [{ kit: 2, report: own }] }, 2).report).toEqual({
      ...own,
      password: Buffer.from('가').toString('latin1'),
    });
  });

  it('opens no ports unless it is told to, and then those of the benchmark', () => {
    expect(settings({}, 2)).not.toHaveProperty('echo');
    expect(settings({ echo: {} }, 2).echo).toEqual({ udpPort: 9999, tcpPort: 9997 });
    const change = { echo: { udpPort: 1 }, kits: [{ kit: 2, echo: { tcpPort: 2 } }] };
    expect(settings(change, 2).echo).toEqual({ udpPort: 9999, tcpPort: 2 });
  });

  it('leaves shared pins alone on another board, whose numbers mean other pins', () => {
    const change = { pins: { relay: 14 }, kits: [{ kit: 4, board: 'esp32' as const, pins: { led: 4 } }] };
    expect(settings(change, 4).pins).toEqual({ led: 4, relay: 26, dht22: 27, cds: 34, sda: 21, scl: 22 });
  });

  it('drops its own pins when the command line picks another board', () => {
    const classroom = checkClassroom('/x/kit.config.ts', {
      ...good,
      kits: [{ kit: 3, pins: { relay: 14 } }],
    });
    const overrides = { board: 'esp32' as const };
    expect(kitSettings(classroom, 3, { secrets: 'placeholder', overrides }).pins.relay).toBe(26);
  });

  it('tries the network of the highest priority first, and equals in the order of the file', () => {
    const networks = [
      { ssid: 'c', priority: 1 },
      { ssid: 'a', priority: 9, hidden: true },
      { ssid: 'd' },
      { ssid: 'b', priority: 9 },
    ];
    expect(settings({ networks }, 2).networks).toEqual([
      { ssid: 'a', hidden: true },
      { ssid: 'b' },
      { ssid: 'c' },
      { ssid: 'd' },
    ]);
  });

  it('names its board in the spelling of the board', () => {
    expect(settings({ kits: [{ kit: 2, mac: '5C-CF-7F-0A-0B-0C' }] }, 2).mac).toBe('5c:cf:7f:0a:0b:0c');
  });

  it('is what all share when a virtual board asks for a kit that is not listed', () => {
    const classroom = checkClassroom('/x/kit.config.ts', good);
    expect(kitSettings(classroom, 9, { secrets: 'placeholder' }).kit).toBe(9);
    expect(() => kitSettings(classroom, 9, { secrets: 'required' })).toThrow(
      'kit.config.ts: kits: expected one of 2, 3, got kit 9',
    );
  });
});
