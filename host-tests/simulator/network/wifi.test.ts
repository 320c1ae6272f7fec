import { describe, expect, it } from 'vitest';
import { BoardInterpreter, VirtualClock } from '../../../simulator';
import { type Chip, type Release, VirtualNetwork } from '../../../simulator/network';
import { TestStation, type World, onlineWorld, watchWifi, world } from './station';

const join =
  'Wifi.connect("home", { password: "secret12" }, function (error) { print("callback " + error); })';
const joinWrongly = join.replace('secret12', 'guess');
const joinElsewhere = join.replace('home', 'elsewhere');

const address = '"ip":"192.168.1.100"';
const associated: Record<Chip, string> = {
  esp8266: 'associated {"ssid":"home","mac":"02:00:00:00:00:01","channel":6}',
  esp32: 'associated {"ssid":"home","mac":"02:00:00:00:00:01","channel":"6"}',
};
const connected: Record<Chip, string> = {
  esp8266: `connected {${address},"mask":"255.255.255.0","gw":"192.168.1.1"}`,
  esp32: `connected {${address},"netmask":"255.255.255.0","gw":"192.168.1.1"}`,
};

function disconnected(
  chip: Chip,
  code: number,
  text: string,
  mac = '02:00:00:00:00:01',
  ssid = 'home',
): string {
  const reason = chip === 'esp8266' ? `"reason":"${text}"` : `"reason":"${code}","msg":"${text}"`;
  return `disconnected {"ssid":"${ssid}","mac":"${mac}",${reason}}`;
}

const nobody = '00:00:00:00:00:00';

interface Row {
  what: string;
  chip: Chip;
  release?: Release;
  act(world: World): void;
  events: string[];
}

const home = ({ network }: World) => network.accessPoints.get('home')!;

const rows: Row[] = [
  {
    what: 'joins, with the callback before the event',
    chip: 'esp8266',
    act: ({ station }) => station.run(join),
    events: [associated.esp8266, 'callback null', connected.esp8266],
  },
  {
    what: 'joins, with the callback before the event',
    chip: 'esp32',
    act: ({ station }) => station.run(join),
    events: [associated.esp32, 'callback null', connected.esp32],
  },
  {
    what: 'tells a wrong password to the callback once and goes on trying',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(joinWrongly);
      clock.advance(9_000);
    },
    events: [
      'callback bad_password',
      disconnected('esp8266', 15, '4way_handshake_timeout'),
      disconnected('esp8266', 15, '4way_handshake_timeout'),
    ],
  },
  {
    what: 'tells a wrong password only by an event and gives up',
    chip: 'esp32',
    act: ({ station, clock }) => {
      station.run(joinWrongly);
      clock.advance(60_000);
    },
    events: [disconnected('esp32', 15, '4WAY_HANDSHAKE_TIMEOUT')],
  },
  {
    what: 'tells a wrong password after three silent tries, then by event and callback, and gives up',
    chip: 'esp32',
    release: 'head',
    act: ({ station, clock }) => {
      station.run(joinWrongly);
      clock.advance(9_000);
      expect(station.told()).toEqual([]);
      clock.advance(60_000);
    },
    events: [disconnected('esp32', 15, '4WAY_HANDSHAKE_TIMEOUT'), 'callback 4WAY_HANDSHAKE_TIMEOUT'],
  },
  {
    what: 'calls a missing access point beacon_timeout in the event and no_ap_found in the callback',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(joinElsewhere);
      clock.advance(3_000);
    },
    events: ['callback no_ap_found', disconnected('esp8266', 201, 'beacon_timeout', nobody, 'elsewhere')],
  },
  {
    what: 'calls a missing access point NO_AP_FOUND in the event and never calls back',
    chip: 'esp32',
    act: ({ station, clock }) => {
      station.run(joinElsewhere);
      clock.advance(60_000);
    },
    events: [disconnected('esp32', 201, 'NO_AP_FOUND', nobody, 'elsewhere')],
  },
  {
    what: 'joins by itself once the access point is there, which only the event tells',
    chip: 'esp8266',
    act: (all) => {
      home(all).on = false;
      all.station.run(join);
      all.clock.advance(3_000);
      expect(all.station.told()).toHaveLength(2);
      home(all).on = true;
      all.clock.advance(5_000);
    },
    events: [associated.esp8266, connected.esp8266],
  },
  {
    what: 'loses the access point six seconds after it fell silent, and finds it again by itself',
    chip: 'esp8266',
    act: (all) => {
      all.station.run(join);
      all.clock.advance(5_000);
      all.station.told();
      home(all).on = false;
      all.clock.advance(5_900);
      expect(all.station.told()).toEqual([]);
      all.clock.advance(200);
      home(all).on = true;
      all.clock.advance(10_000);
    },
    events: [disconnected('esp8266', 200, 'cipher_suite_rejected'), associated.esp8266, connected.esp8266],
  },
  {
    what: 'loses the access point and never tries again',
    chip: 'esp32',
    act: (all) => {
      all.station.run(join);
      all.clock.advance(5_000);
      all.station.told();
      home(all).on = false;
      all.clock.advance(10_000);
      home(all).on = true;
      all.clock.advance(3_600_000);
    },
    events: [disconnected('esp32', 200, 'BEACON_TIMEOUT')],
  },
  {
    what: 'tries twice in silence after a loss and comes back without a word of having been away',
    chip: 'esp32',
    release: 'head',
    act: (all) => {
      all.station.run(join);
      all.clock.advance(5_000);
      all.station.told();
      home(all).on = false;
      all.clock.advance(6_100);
      home(all).on = true;
      all.clock.advance(10_000);
    },
    events: [associated.esp32, connected.esp32],
  },
  {
    what: 'does not notice an access point that is back within its patience',
    chip: 'esp8266',
    act: (all) => {
      all.station.run(join);
      all.clock.advance(5_000);
      all.station.told();
      home(all).on = false;
      all.clock.advance(5_000);
      home(all).on = true;
      all.clock.advance(60_000);
    },
    events: [],
  },
  {
    what: 'hears dhcp_timeout and gets an address as soon as somebody answers',
    chip: 'esp8266',
    act: (all) => {
      home(all).dhcp = false;
      all.station.run(join);
      all.clock.advance(40_000);
      home(all).dhcp = true;
      all.clock.advance(5_000);
    },
    events: [associated.esp8266, 'dhcp_timeout null', 'callback null', connected.esp8266],
  },
  {
    what: 'hears nothing of a silent DHCP server',
    chip: 'esp32',
    act: (all) => {
      home(all).dhcp = false;
      all.station.run(join);
      all.clock.advance(60_000);
    },
    events: [associated.esp32],
  },
  {
    what: 'is sent away with a reason and comes back',
    chip: 'esp8266',
    act: (all) => {
      all.station.run(join);
      all.clock.advance(5_000);
      all.station.told();
      home(all).kick(4);
      all.clock.advance(5_000);
    },
    events: [disconnected('esp8266', 4, 'assoc_expire'), associated.esp8266, connected.esp8266],
  },
  {
    what: 'leaves the old network with an event when told to join another',
    chip: 'esp8266',
    act: ({ station, clock, network }) => {
      network.addAccessPoint('elsewhere', { password: 'secret12', subnet: '10.0.0' });
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(joinElsewhere);
      clock.advance(5_000);
    },
    events: [
      disconnected('esp8266', 8, 'assoc_leave'),
      'associated {"ssid":"elsewhere","mac":"02:00:00:00:00:02","channel":6}',
      'callback null',
      'connected {"ip":"10.0.0.100","mask":"255.255.255.0","gw":"10.0.0.1"}',
    ],
  },
  {
    what: 'swallows the event of an attempt that was given up for another network',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(joinElsewhere);
      clock.advance(1_000);
      station.run(join);
      clock.advance(5_000);
    },
    events: [associated.esp8266, 'callback null', connected.esp8266],
  },
  {
    what: 'calls back at once when it is with that network already',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(join);
      clock.advance(5_000);
    },
    events: ['callback null'],
  },
  {
    what: 'ignores a second connect() while the link stands',
    chip: 'esp32',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(join);
      clock.advance(60_000);
    },
    events: [],
  },
  {
    what: 'joins again, after connect() on a link that stood',
    chip: 'esp32',
    release: 'head',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(join);
      clock.advance(5_000);
    },
    events: [associated.esp32, 'callback null', connected.esp32],
  },
  {
    what: 'calls disconnect() back when the link is gone',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run('Wifi.disconnect(function () { print("callback") })');
      clock.advance(60_000);
    },
    events: ['callback', disconnected('esp8266', 8, 'assoc_leave')],
  },
  {
    what: 'calls disconnect() back twice, at once and when the link is gone',
    chip: 'esp32',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run('Wifi.disconnect(function () { print("callback") })');
      clock.advance(60_000);
    },
    events: ['callback', 'callback', disconnected('esp32', 8, 'ASSOC_LEAVE')],
  },
  {
    what: 'joins again when connect() follows disconnect() without a pause',
    chip: 'esp32',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(`Wifi.disconnect(); ${join}`);
      clock.advance(5_000);
    },
    events: [disconnected('esp32', 8, 'ASSOC_LEAVE'), associated.esp32, 'callback null', connected.esp32],
  },
  {
    what: 'joins again when connect() follows disconnect() without a pause',
    chip: 'esp8266',
    act: ({ station, clock }) => {
      station.run(join);
      clock.advance(5_000);
      station.told();
      station.run(`Wifi.disconnect(); ${join}`);
      clock.advance(5_000);
    },
    events: [
      disconnected('esp8266', 8, 'assoc_leave'),
      associated.esp8266,
      'callback null',
      connected.esp8266,
    ],
  },
];

describe('WiFi events, in their order', () => {
  it.each(rows)('$chip $release: $what', ({ chip, release, act, events }) => {
    const all = world(chip, release);
    all.station.run(watchWifi);
    if (release === undefined || chip === 'esp32') all.station.run('Wifi.stopAP()');
    act(all);
    all.clock.advance(1_500);
    expect(all.station.told()).toEqual(events);
  });

  it('shifts the texts of ESP8266 for the reasons from 200 on, and only those', () => {
    const all = world('esp8266');
    all.station.run(
      `Wifi.on("disconnected", function (d) { print(d.reason); }); Wifi.connect("home", {password: "guess"})`,
    );
    const texts = [200, 201, 202, 203, 204, 24, 12, 99].map((code) => {
      home(all).refusal = code;
      all.clock.advance(4_300);
      return all.station.told()[0];
    });
    expect(texts).toEqual([
      'cipher_suite_rejected',
      'beacon_timeout',
      'no_ap_found',
      'auth_failed',
      'assoc_failed',
      'cipher_suite_rejected',
      '12 - <Not Used>',
      'unspecified',
    ]);
  });

  it('does not emit connected to a listener that comes when the link stands', () => {
    const { station, clock } = onlineWorld('esp8266');
    station.run('Wifi.on("connected", function () { print("connected"); })');
    clock.advance(60_000);
    expect(station.told()).toEqual([]);
    expect(station.run('Wifi.getIP().ip')).toBe('192.168.1.100');
  });
});

describe('what WiFi tells when asked', () => {
  const json = (station: TestStation, code: string): unknown =>
    JSON.parse(String(station.run(`JSON.stringify(${code})`)));
  const mac = '5c:cf:7f:00:00:01';
  const nothing = { ip: '0.0.0.0', netmask: '0.0.0.0', gw: '0.0.0.0', mac };
  const lease = { ip: '192.168.1.100', netmask: '255.255.255.0', gw: '192.168.1.1', mac };

  it.each(['esp8266', 'esp32'] as const)('%s: no address before the link and after its loss', (chip) => {
    const all = world(chip);
    expect(json(all.station, 'Wifi.getIP()')).toEqual(nothing);
    all.station.run(join);
    all.clock.advance(5_000);
    expect(json(all.station, 'Wifi.getIP()')).toEqual(lease);
    home(all).on = false;
    all.clock.advance(10_000);
    expect(json(all.station, 'Wifi.getIP()')).toEqual(nothing);
  });

  it('esp8266: details with rssi, and the status in words', () => {
    const all = world('esp8266');
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({
      status: 'off',
      ssid: '',
      password: '',
      savedSsid: null,
    });
    all.station.run(join);
    const fixed = { ssid: 'home', password: 'secret12', savedSsid: null };
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({ ...fixed, status: 'connecting', rssi: 0 });
    all.clock.advance(5_000);
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({ ...fixed, status: 'connected', rssi: -55 });
    all.station.run(joinWrongly);
    all.clock.advance(3_500);
    expect(json(all.station, 'Wifi.getDetails()')).toMatchObject({ status: 'bad_password' });
  });

  it('esp32: details without rssi, and otherwise the reason of the last loss', () => {
    const all = world('esp32');
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({ status: 'Unknown reason' });
    all.station.run(join);
    all.clock.advance(5_000);
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({
      ssid: 'home',
      password: 'secret12',
      status: 'connected',
      authMode: 'wpa2',
    });
    expect(json(all.station, 'Wifi.getStatus()')).toMatchObject({
      station: 'connected',
      rssi: -55,
      mode: 'APSTA',
    });
    home(all).on = false;
    all.clock.advance(10_000);
    expect(json(all.station, 'Wifi.getDetails()')).toEqual({ status: 'BEACON_TIMEOUT' });
    expect(json(all.station, 'Wifi.getStatus()')).not.toHaveProperty('rssi');
  });

  it('esp8266: a status of mode, station and access point', () => {
    const { station } = onlineWorld('esp8266');
    expect(json(station, 'Wifi.getStatus()')).toMatchObject({
      mode: 'sta',
      station: 'connected',
      ap: 'disabled',
    });
  });

  it.each([
    [
      'esp8266',
      { rssi: -55, channel: 6, authMode: 'wpa2', isHidden: false, ssid: 'home', mac: '02:00:00:00:00:01' },
    ],
    ['esp32', { rssi: -55, authMode: 'wpa2', ssid: 'home', mac: '02:00:00:00:00:01', channel: '6' }],
  ] as const)('%s: a scan finds what is on the air, hidden names left out', (chip, entry) => {
    const { station, clock, network } = world(chip);
    network.addAccessPoint('shy', { hidden: true, rssiDbm: -80 });
    network.addAccessPoint('off', { on: false });
    station.run('Wifi.scan(function (list) { print(JSON.stringify(list)); })');
    expect(() => station.run('Wifi.scan(function () {})')).toThrow('A scan is already in progress');
    clock.advance(3_000);
    const found = JSON.parse(station.told()[0]!) as unknown[];
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual(entry);
    expect(found[1]).toMatchObject({ ssid: '', rssi: -80, authMode: 'open' });
  });

  it('refuses what Espruino refuses, in its words', () => {
    const { station } = world('esp8266');
    const refused = {
      'Wifi.connect(5)': 'No SSID provided',
      'Wifi.connect("home", function () {})': 'Expecting Object, got Function',
      'Wifi.connect("home", { password: 5 })': 'Expecting options.password to be a string but got Integer',
      'Wifi.startAP("me", { password: "short" })': 'Password must be string of at least 8 characters',
      'Wifi.startAP("me", { authMode: "wpa2" })': 'Password not set but authMode not open',
      'Wifi.ping("broker.local")': 'Not a valid IP address',
      'Wifi.getHostByName(5)': 'Hostname parameter is not a string',
      'require("TelnetServer").setOptions({ mode: "of" })': 'Unknown mode value',
    };
    for (const [code, message] of Object.entries(refused))
      expect(() => station.run(code), code).toThrow(message);
  });
});

describe('names and pings', () => {
  const ask = 'Wifi.getHostByName("broker.local", function (ip) { print(ip + " at " + now()); })';

  it('esp8266: resolves, and calls back with null when there is no such name or no answer within seven seconds', () => {
    const { station, clock, network } = onlineWorld('esp8266');
    network.dns.set('broker.local', '192.168.1.10');
    station.run(ask);
    station.run('Wifi.getHostByName("192.168.1.77", function (ip) { print("second " + ip); })');
    clock.advance(100);
    // One place for a callback: the second call took it.
    expect(station.told()).toEqual(['second 192.168.1.77']);
    network.dns.set('slow.local', { ip: '192.168.1.11', afterMs: 2_000 });
    station.run(ask.replace('broker', 'slow'));
    clock.advance(10_000);
    expect(station.told()).toEqual(['192.168.1.11 at 7100']);
    network.dns.set('mute.local', 'silence');
    station.run(ask.replace('broker', 'mute'));
    clock.advance(10_000);
    expect(station.told()).toEqual(['null at 22100']);
    station.run(ask.replace('broker', 'unknown'));
    clock.advance(10_000);
    expect(station.told()).toEqual(['null at 25104']);
  });

  it('esp32 in 2v29: null at once for a name that is not cached, and then an address of its own making', () => {
    const { station, clock, network } = onlineWorld('esp32');
    network.dns.set('broker.local', '192.168.1.10');
    station.run(ask);
    clock.advance(100);
    expect(station.told()).toEqual(['null at 5000']);
    station.run(ask);
    clock.advance(100);
    expect(station.told()).toEqual(['96.215.251.63 at 5100']);
  });

  it('esp32 in the head: as it should be', () => {
    const { station, clock, network } = onlineWorld('esp32', 'head');
    network.dns.set('broker.local', '192.168.1.10');
    station.run(ask);
    clock.advance(100);
    expect(station.told()).toEqual(['192.168.1.10 at 5004']);
  });

  const ping = (ip: string): string =>
    `Wifi.ping("${ip}", function (r) { print([now() - 5000, r.error, r.bytes, r.totalCount, r.timeoutCount, r.seqNo].join(" ")); })`;

  it('esp8266: five pings a second apart, a lost one told by error -1', () => {
    const { station, clock } = onlineWorld('esp8266');
    station.run(ping('192.168.1.1'));
    clock.advance(10_000);
    expect(station.told()).toEqual([
      '4 0 32 0 0 1',
      '1004 0 32 0 0 2',
      '2004 0 32 0 0 3',
      '3004 0 32 0 0 4',
      '4004 0 32 0 0 5',
    ]);
    station.run(ping('192.168.1.99'));
    clock.advance(1_500);
    expect(station.told()).toEqual(['11000 -1 0 0 0 0']);
  });

  it('esp32: half a second apart with running totals, and the last report twice', () => {
    const { station, clock, network } = onlineWorld('esp32');
    network.setUp('192.168.1.10', true);
    station.run(ping('192.168.1.10'));
    clock.advance(1_200);
    network.setUp('192.168.1.10', false);
    clock.advance(20_000);
    expect(station.told()).toEqual([
      '4 0 60 1 0 1',
      '508 0 60 2 0 2',
      '1012 0 60 3 0 3',
      '2512 0 65535 4 1 4',
      '4012 0 65535 5 2 5',
      '4512 0 65535 5 2 6',
    ]);
  });

  it('esp32 without a network: a single report of zeros', () => {
    const { station, clock } = world('esp32');
    station.run(ping('192.168.1.10'));
    clock.advance(20_000);
    expect(station.told()).toEqual(['-2500 0 0 0 0 1']);
  });
});

describe('what is open at power-on', () => {
  it.each([
    ['esp8266', '2v29', true],
    ['esp8266', 'head', true],
    ['esp32', '2v29', true],
    ['esp32', 'head', false],
  ] as const)(
    '%s %s: the access point is %s until the code stops it, the console is open',
    (chip, release, open) => {
      const { station } = world(chip, release);
      expect([station.attachment.accessPointOn, station.attachment.telnetOn]).toEqual([open, true]);
      station.run('Wifi.stopAP(); require("TelnetServer").setOptions({ mode: "off" })');
      expect([station.attachment.accessPointOn, station.attachment.telnetOn]).toEqual([false, false]);
      station.run(
        'Wifi.startAP("mine", { password: "password" }); require("TelnetServer").setOptions({ mode: "on" })',
      );
      expect([station.attachment.accessPointOn, station.attachment.telnetOn]).toEqual([true, true]);
    },
  );

  it('head of ESP32: with the access point running, a connect() after a failure starts nothing', () => {
    const all = world('esp32', 'head');
    all.station.run(watchWifi);
    all.station.run('Wifi.startAP("mine")');
    all.station.run(joinWrongly);
    all.clock.advance(20_000);
    expect(all.station.told()).toHaveLength(2);
    all.station.run(join);
    all.clock.advance(60_000);
    expect(all.station.told()).toEqual([]);
  });
});

describe('resets', () => {
  it('a power cut ends the link, a software reset does not, and nobody tells the new program', () => {
    const all = onlineWorld('esp8266');
    all.station.stop('software-reset');
    const second = new TestStation(all.network, all.clock, 'esp8266');
    second.run(watchWifi);
    all.clock.advance(60_000);
    expect(second.told()).toEqual([]);
    expect(second.run('Wifi.getIP().ip')).toBe('192.168.1.100');
    expect(home(all).stations).toHaveLength(1);
    home(all).on = false;
    all.clock.advance(7_000);
    expect(second.told()).toEqual([disconnected('esp8266', 200, 'cipher_suite_rejected')]);

    home(all).on = true;
    all.clock.advance(10_000);
    second.stop();
    expect(home(all).stations).toEqual([]);
    const third = new TestStation(all.network, all.clock, 'esp8266');
    all.clock.advance(60_000);
    expect(third.run('Wifi.getIP().ip')).toBe('0.0.0.0');
  });

  it('what Wifi.save() wrote is taken up after the boot code, also over what that code began', () => {
    const all = onlineWorld('esp8266');
    all.network.addAccessPoint('other', { subnet: '10.0.0' });
    all.station.run('Wifi.save()');
    all.station.stop();
    const second = new TestStation(all.network, all.clock, 'esp8266');
    second.run('Wifi.connect("other", {})');
    all.clock.advance(10_000);
    expect(second.run('Wifi.getDetails().ssid')).toBe('home');
    second.run('Wifi.save("clear")');
    second.stop();
    const third = new TestStation(all.network, all.clock, 'esp8266');
    all.clock.advance(10_000);
    expect(third.run('Wifi.getDetails().ssid')).toBe('');
  });

  it('a board that was switched off plans nothing any more', () => {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const interpreter = new BoardInterpreter({ clock, print: () => {} });
    const attachment = network.attach({ chip: 'esp8266', mac: '5c:cf:7f:00:00:01', interpreter });
    (attachment.wifi as { connect(ssid: string, options: object): void }).connect('nowhere', {});
    expect(clock.pending()).toBeGreaterThan(0);
    interpreter.halt();
    attachment.detach();
    expect(clock.pending()).toBe(0);
  });
});
