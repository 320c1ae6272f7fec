import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  compareScans,
  discover,
  type FoundHost,
  parseArp,
  parseGetent,
  servicesText,
} from '../../../network/discover/discover';
import { parseNeighbours, presentNeighbours } from '../../../network/discover/neighbours';
import { Pace } from '../../../network/discover/pace';
import { type Probe, type PortState, tcpProbe } from '../../../network/discover/probe';
import { parsePorts, usualPorts } from '../../../network/discover/services';
import {
  defaultInterface,
  hostsOf,
  isPrivate,
  parseIPv4,
  parseSubnet,
  subnetOf,
} from '../../../network/discover/subnet';

describe('a subnet', () => {
  test.each([
    ['192.168.0.0/24', '192.168.0.0/24', 254, '192.168.0.1', '192.168.0.254'],
    ['192.168.0.77/24', '192.168.0.0/24', 254, '192.168.0.1', '192.168.0.254'],
    ['10.1.2.3/20', '10.1.0.0/20', 4094, '10.1.0.1', '10.1.15.254'],
    ['172.31.255.252/30', '172.31.255.252/30', 2, '172.31.255.253', '172.31.255.254'],
    ['10.0.0.4/31', '10.0.0.4/31', 2, '10.0.0.4', '10.0.0.5'],
    ['10.0.0.4', '10.0.0.4/32', 1, '10.0.0.4', '10.0.0.4'],
  ])('%s is %s with %d hosts from %s to %s', (text, whole, count, first, last) => {
    const subnet = parseSubnet(text);
    const hosts = hostsOf(subnet);
    expect([subnet.text, hosts.length, hosts[0], hosts.at(-1)]).toEqual([whole, count, first, last]);
  });

  test.each([
    ['10.0.0.0/19', 'at most a /20'],
    ['10.0.0.0/33', 'expected an address and a prefix'],
    ['10.0.0/24', 'expected an address and a prefix'],
    ['10.0.0.256/24', 'expected an address and a prefix'],
    ['here', 'expected an address and a prefix'],
    ['8.8.8.0/24', 'not a private network'],
    ['172.32.0.0/24', 'not a private network'],
  ])('%s is refused', (text, reason) => {
    expect(() => parseSubnet(text)).toThrow(reason);
  });

  test('a public one is scanned when that is allowed, a larger one never', () => {
    expect(parseSubnet('203.0.113.0/30', true).count).toBe(2);
    expect(() => parseSubnet('8.0.0.0/8', true)).toThrow('at most a /20');
  });

  test('private ends where it ends', () => {
    const edges = [
      '9.255.255.255',
      '10.0.0.0',
      '11.0.0.0',
      '172.15.255.255',
      '172.16.0.0',
      '192.168.255.255',
      '192.169.0.0',
    ];
    expect(edges.map((ip) => isPrivate(parseIPv4(ip)!))).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('the default route with the lowest metric decides', () => {
    const routes = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
`;
    expect(defaultInterface(routes)).toBe('eth0');
    expect(defaultInterface(routes.split('\n').slice(0, 1).join('\n'))).toBeUndefined();
  });

  test.each([
    ['192.168.0.7', '255.255.255.0', '192.168.0.0/24'],
    ['10.1.2.3', '255.255.240.0', '10.1.0.0/20'],
    ['10.1.2.3', '255.255.255.255', '10.1.2.3/32'],
  ])('%s with the mask %s is in %s', (address, mask, subnet) => {
    expect(subnetOf(address, mask)).toBe(subnet);
  });
});

describe('a list of ports', () => {
  test('has each once, ascending', () => {
    expect(parsePorts('80,22, 8000 - 8002,8001')).toEqual([22, 80, 8000, 8001, 8002]);
    expect(parsePorts('1-65535')).toHaveLength(65_535);
  });

  test.each(['', '0', '65536', '5-3', '22,', 'ssh', '-1', '1-2-3'])('%j is refused', (text) => {
    expect(() => parsePorts(text)).toThrow('expected ports from 1 to 65535');
  });
});

describe('the pace', () => {
  test('begins no more jobs a second than allowed, and runs no more at once', async () => {
    let nowMs = 0;
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const pace = new Pace({
      concurrency: 3,
      perSecond: 100,
      now: () => nowMs,
      sleep: (ms) => {
        nowMs += ms;
        return Promise.resolve();
      },
    });
    const job = async () => {
      most = Math.max(most, ++running);
      begun.push(nowMs);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      running--;
    };
    await Promise.all(Array.from({ length: 50 }, () => pace.run(job)));
    expect(most).toBeLessThanOrEqual(3);
    // 49 gaps of 10 ms, but for the places in which a clock that three sleepers push runs ahead.
    expect(begun.at(-1)! - begun[0]!).toBeGreaterThanOrEqual(460);
  });

  test('a job that fails gives its place back', async () => {
    const pace = new Pace({ concurrency: 1, perSecond: 1e6, now: () => 0, sleep: () => Promise.resolve() });
    await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run(() => Promise.resolve(7))).toBe(7);
  });
});

test('an abort ends what waits for its turn at once', async () => {
  const controller = new AbortController();
  let slept = 0;
  const sleep = () => Promise.resolve(void slept++);
  const pace = new Pace({ concurrency: 1, perSecond: 10, now: () => 0, sleep });
  const running = Array.from({ length: 100 }, () =>
    pace.run(() => Promise.resolve(controller.abort(new Error('interrupted'))), controller.signal),
  );
  const ends = await Promise.allSettled(running);
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(99);
  expect(slept).toBe(0);
});

test('a TCP port is open while something listens there, and closed after', async () => {
  const probe = tcpProbe(() => 0);
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect((await probe('127.0.0.1', port, 5000)).state).toBe('open');
  await new Promise((resolve) => server.close(resolve));
  expect((await probe('127.0.0.1', port, 5000)).state).toBe('closed');
});

describe('discover', () => {
  /** A network in which these ports answer so; every other is silent. */
  const lan = (hosts: Record<string, Record<number, PortState>>) => {
    const asked: string[] = [];
    const probe: Probe = (host, port) => {
      asked.push(`${host}:${port}`);
      return Promise.resolve({ port, state: hosts[host]?.[port] ?? 'filtered', ms: 1 });
    };
    return { probe, asked };
  };
  const parts = (probe: Probe, more: Partial<Parameters<typeof discover>[1]> = {}) => ({
    probe,
    pace: new Pace({ concurrency: 100, perSecond: 1e6, now: () => 0, sleep: () => Promise.resolve() }),
    ping: undefined,
    neighbours: () => Promise.resolve(new Map<string, string>()),
    reverseName: () => Promise.resolve(undefined),
    timeoutMs: 1000,
    progress: () => undefined,
    ...more,
  });
  const hosts = hostsOf(parseSubnet('10.0.0.0/29'));

  test('a closed port is as good an answer as an open one; who is silent is not asked for the rest', async () => {
    const { probe, asked } = lan({ '10.0.0.2': { 22: 'open', 9999: 'open' }, '10.0.0.4': { 80: 'closed' } });
    expect(await discover(hosts, parts(probe))).toEqual([
      { ip: '10.0.0.2', ports: [22, 9999] },
      { ip: '10.0.0.4', ports: [] },
    ]);
    expect(asked.filter((line) => line.startsWith('10.0.0.5:'))).toHaveLength(3);
    expect(asked.filter((line) => line.startsWith('10.0.0.2:'))).toHaveLength(usualPorts.length);
  });

  test('who filters everything is found by ping, or by ARP with its address', async () => {
    const { probe } = lan({});
    const found = await discover(
      hosts,
      parts(probe, {
        ping: (host) => Promise.resolve(host === '10.0.0.3'),
        neighbours: () => Promise.resolve(new Map([['10.0.0.6', 'b8:27:eb:00:00:01']])),
        reverseName: (ip) => Promise.resolve(ip === '10.0.0.6' ? 'pi.lan' : undefined),
      }),
    );
    expect(found).toEqual([
      { ip: '10.0.0.3', ports: [] },
      { ip: '10.0.0.6', name: 'pi.lan', mac: 'b8:27:eb:00:00:01', ports: [] },
    ]);
  });

  test('an abort ends it', async () => {
    const controller = new AbortController();
    controller.abort(new Error('interrupted'));
    const { signal } = controller;
    const ping = () => Promise.resolve(false);
    await expect(discover(hosts, parts(lan({}).probe, { signal, ping }))).rejects.toThrow('interrupted');
  });
});

test('the first name that getent says is the name of a host', () => {
  expect(parseGetent('192.168.0.10    pi.lan raspberrypi\n')).toBe('pi.lan');
  expect(parseGetent('')).toBe(undefined);
});

describe('neighbours', () => {
  const table = `192.168.0.1 dev wlan0 lladdr B8:27:EB:00:00:01 router REACHABLE
192.168.0.9 dev wlan0 FAILED
192.168.0.10 dev wlan0 INCOMPLETE
192.168.0.11 dev wlan0 lladdr b8:27:eb:00:00:02 DELAY
192.168.0.12 dev wlan0 lladdr b8:27:eb:00:00:03 used 0/0/0 probes 4 STALE
`;

  test('are those with an address that have not failed to answer', () => {
    expect([...parseNeighbours(table)]).toEqual([
      ['192.168.0.1', { mac: 'b8:27:eb:00:00:01', state: 'REACHABLE' }],
      ['192.168.0.11', { mac: 'b8:27:eb:00:00:02', state: 'DELAY' }],
      ['192.168.0.12', { mac: 'b8:27:eb:00:00:03', state: 'STALE' }],
    ]);
  });

  test('who was known before and says nothing now is waited for until the kernel has asked him again', async () => {
    const states = ['DELAY', 'DELAY', 'PROBE', 'FAILED'];
    let pausedMs = 0;
    const look = () => Promise.resolve(parseNeighbours(table.replace('DELAY', states.shift()!)));
    const pause = (ms: number) => Promise.resolve(void (pausedMs += ms));
    expect([...(await presentNeighbours(look, new Set(), pause)).keys()]).toEqual([
      '192.168.0.1',
      '192.168.0.12',
    ]);
    expect(pausedMs).toBe(1500);
    const present = await presentNeighbours(
      () => Promise.resolve(parseNeighbours(table)),
      new Set(['192.168.0.11']),
      () => Promise.reject(new Error('nobody is in doubt')),
    );
    expect(present.get('192.168.0.11')).toBe('b8:27:eb:00:00:02');
  });

  test('a doubt that does not end is not waited for for ever', async () => {
    let pauses = 0;
    const present = await presentNeighbours(
      () => Promise.resolve(parseNeighbours(table)),
      new Set(),
      () => Promise.resolve(void pauses++),
    );
    expect([[...present.keys()], pauses]).toEqual([['192.168.0.1', '192.168.0.12'], 18]);
  });
});

test('only complete entries of the ARP table are neighbours', () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
192.168.0.1      0x1         0x2         B8:27:EB:00:00:01     *        eth0
192.168.0.9      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.0.10     0x1         0x6         b8:27:eb:00:00:02     *        eth0
`;
  expect([...parseArp(table)]).toEqual([
    ['192.168.0.1', 'b8:27:eb:00:00:01'],
    ['192.168.0.10', 'b8:27:eb:00:00:02'],
  ]);
});

describe('between two scans', () => {
  const host = (ip: string, mac?: string): FoundHost => ({ ip, ports: [], ...(mac && { mac }) });
  const ips = (changes: ReturnType<typeof compareScans>) =>
    [changes.joined, changes.left].map((list) => list.map(({ ip }) => ip));

  test('devices join and leave', () => {
    expect(
      ips(compareScans([host('10.0.0.1'), host('10.0.0.2')], [host('10.0.0.2'), host('10.0.0.3')])),
    ).toEqual([['10.0.0.3'], ['10.0.0.1']]);
  });

  test('a device with a new address is not new', () => {
    expect(ips(compareScans([host('10.0.0.1', 'aa:bb')], [host('10.0.0.9', 'aa:bb')]))).toEqual([[], []]);
  });

  test('another device at the same address is new', () => {
    expect(ips(compareScans([host('10.0.0.1', 'aa:bb')], [host('10.0.0.1', 'cc:dd')]))).toEqual([
      ['10.0.0.1'],
      ['10.0.0.1'],
    ]);
  });

  test('a device whose MAC was not seen the last time is known by its address', () => {
    expect(ips(compareScans([host('10.0.0.1')], [host('10.0.0.1', 'aa:bb')]))).toEqual([[], []]);
    expect(ips(compareScans([host('10.0.0.1', 'aa:bb')], [host('10.0.0.1')]))).toEqual([[], []]);
  });
});

test('services are told with their names', () => {
  expect(servicesText([22, 1883, 9999])).toBe('22 SSH, 1883 MQTT, 9999 Lamplighter ingest');
});
