import { describe, expect, it } from 'vitest';
import type { Chip, VirtualStream } from '../../../simulator/network';
import { TestStation, type World, brokerIp, onlineWorld } from './station';

const chips: readonly Chip[] = ['esp8266', 'esp32'];

/** A host that keeps what it is told and what it hears. */
class Peer {
  readonly streams: VirtualStream[] = [];
  /** What each connection has received. */
  readonly heard: string[] = [];
  readonly ends: string[] = [];
  readonly port;

  constructor({ network }: World, greet?: (stream: VirtualStream) => void) {
    this.port = network.listen(brokerIp, 1883, (stream) => {
      const index = this.streams.push(stream) - 1;
      this.heard[index] = '';
      stream.onData((data) => (this.heard[index] += data.toString('latin1')));
      stream.onClose((end) => (this.ends[index] = end));
      greet?.(stream);
    });
  }

  get stream(): VirtualStream {
    return this.streams.at(-1)!;
  }
}

/** A connected socket `s`, its first events already read. */
function connected(chip: Chip): World & { peer: Peer } {
  const all = onlineWorld(chip);
  const peer = new Peer(all);
  all.station.run(`var s = dial("${brokerIp}")`);
  all.clock.advance(100);
  all.station.told();
  return { ...all, peer };
}

interface Row {
  what: string;
  /** Where the chips differ. */
  chip?: Chip;
  greet?: (stream: VirtualStream) => void;
  /** Runs when the socket was asked for; `s` is the socket. */
  code?: string;
  act?: (world: World & { peer: Peer }) => void;
  events: string[];
}

const opened = ['connect', 'drain'];

const rows: Row[] = [
  { what: 'connects', events: opened },
  {
    what: 'sends what was written before, and tells of it first',
    code: 's.write("hello")',
    events: ['drain', 'connect', 'drain'],
  },
  { what: 'end() at once: no connection is seen', code: 's.end()', events: ['end', 'close false'] },
  {
    what: 'end(data) at once: connects, sends, closes',
    code: 's.end("bye")',
    events: ['connect', 'drain', 'end', 'close false'],
  },
  {
    what: 'end() when everything is sent',
    act: ({ station }) => station.run('s.end()'),
    events: [...opened, 'end', 'close false'],
  },
  {
    what: 'end(data): the data goes out, no drain',
    act: ({ station }) => station.run('s.end("bye")'),
    events: [...opened, 'end', 'close false'],
  },
  {
    what: 'the peer closes',
    act: ({ peer }) => peer.stream.destroy(),
    events: [...opened, 'end', 'close false'],
  },
  {
    what: 'the peer resets',
    chip: 'esp8266',
    act: ({ peer }) => peer.stream.reset(),
    events: [...opened, 'error -9 connection reset', 'end', 'close true'],
  },
  {
    what: 'the peer resets, which cannot be told from an orderly end',
    chip: 'esp32',
    act: ({ peer }) => peer.stream.reset(),
    events: [...opened, 'end', 'close false'],
  },
  {
    what: 'the peer closes while data waits to be sent',
    chip: 'esp8266',
    act: ({ station, peer }) => {
      station.run('s.write("x".repeat(1000))');
      peer.stream.destroy();
    },
    events: [...opened, 'error -8 unsent data', 'end', 'close true'],
  },
  { what: 'the peer greets', greet: (stream) => stream.write('hello'), events: [...opened, 'data 5'] },
  {
    what: 'a greeting that is there when anybody looks comes before connect',
    greet: (stream) => stream.write('hello'),
    code: 'busy(1000)',
    events: ['data 5', ...opened],
  },
  {
    what: 'a peer that has closed before anybody looks: no connect at all',
    greet: (stream) => stream.destroy(),
    code: 'busy(1000)',
    events: ['end', 'close false'],
  },
  {
    what: 'two writes in one go make one drain',
    act: ({ station }) => station.run('s.write("x".repeat(600)); s.write("x")'),
    events: [...opened, 'drain'],
  },
];

describe('socket events, in their order', () => {
  for (const chip of chips) {
    it.each(rows.filter((row) => row.chip === undefined || row.chip === chip))(
      `${chip}: $what`,
      ({ greet, code, act, events }) => {
        const all = onlineWorld(chip);
        const peer = new Peer(all, greet);
        all.station.run(`var s = dial("${brokerIp}"); ${code ?? ''}`);
        all.clock.advance(1_100);
        act?.({ ...all, peer });
        all.clock.advance(1_000);
        expect(all.station.told()).toEqual(events);
      },
    );
  }

  it.each(chips)('%s: on("connect") alone does as well as a callback, both together are refused', (chip) => {
    const all = onlineWorld(chip);
    new Peer(all);
    all.station.run(
      `var s = net.connect({ host: "${brokerIp}", port: 1883 });
       s.on("connect", function (socket) { print("connect " + (socket === s) + (this === s)); })`,
    );
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['connect truetrue']);
    expect(() => all.station.run(`dial("${brokerIp}").on("connect", function () {})`)).toThrow(
      'would corrupt it',
    );
  });

  it.each(chips)('%s: a handler that throws is reported and stays', (chip) => {
    const { station, clock, peer } = connected(chip);
    station.run('s.on("data", function () { throw new Error("no") })');
    peer.stream.write('a');
    clock.advance(100);
    peer.stream.write('b');
    clock.advance(100);
    expect(station.told().filter((line) => !line.startsWith(' '))).toEqual([
      'data 1',
      'Uncaught Error: no',
      'data 1',
      'Uncaught Error: no',
    ]);
  });
});

describe('bytes', () => {
  it.each(chips)('%s: arrive in pieces of at most one chunk, never across two segments', (chip) => {
    const { station, clock, peer } = connected(chip);
    peer.stream.write('x'.repeat(1_000));
    peer.stream.write('yz');
    clock.advance(100);
    const expected = chip === 'esp8266' ? [268, 268, 268, 196, 2] : [536, 464, 2];
    expect(station.told()).toEqual(expected.map((length) => `data ${length}`));
  });

  it('are split at every byte, or joined, when the network does so', () => {
    const { station, clock, network, peer } = connected('esp8266');
    network.segmentBytes = 1;
    peer.stream.write('abc');
    clock.advance(100);
    expect(station.told()).toEqual(['data 1', 'data 1', 'data 1']);
    network.segmentBytes = 1_460;
    network.joinMs = 50;
    peer.stream.write('abc');
    clock.advance(20);
    peer.stream.write('de');
    clock.advance(100);
    expect(station.told()).toEqual(['data 5']);
  });

  it.each(chips)('%s: pass unchanged in both directions, whatever their value', (chip) => {
    const { station, clock, peer } = connected(chip);
    station.run('var all = ""; for (var i = 0; i < 256; i++) all += String.fromCharCode(i); s.write(all)');
    station.run('var got = ""; s.on("data", function (d) { got += d; })');
    clock.advance(100);
    expect([...Buffer.from(peer.heard[0]!, 'latin1')]).toEqual([...Array(256).keys()]);
    peer.stream.write(Buffer.from([...Array(256).keys()]));
    clock.advance(100);
    expect(station.run('got === all')).toBe(true);
  });

  it('esp8266: one segment under way at a time, each waiting for its acknowledgement', () => {
    const { station, clock, network, peer } = connected('esp8266');
    network.latencyMs = 100;
    station.run('s.write("x".repeat(1000))');
    const lengths = [];
    for (let i = 0; i < 8; i++) {
      clock.advance(100.5);
      lengths.push(peer.heard[0]!.length);
    }
    expect(lengths).toEqual([268, 268, 536, 536, 804, 804, 1_000, 1_000]);
  });

  it('esp32: a window of 5744 bytes, one chunk at a time', () => {
    const { station, clock, network, peer } = connected('esp32');
    network.latencyMs = 100;
    station.run('s.write("x".repeat(8000))');
    clock.advance(101);
    expect(peer.heard[0]).toHaveLength(5_744);
    clock.advance(201);
    expect(peer.heard[0]).toHaveLength(8_000);
    clock.advance(201);
    expect(station.told()).toEqual(['drain']);
  });

  it('are taken from what String() makes of them; write() answers false', () => {
    const { station, clock, peer } = connected('esp8266');
    expect(
      station.run('[s.write([65, 66]), s.write(new Uint8Array([200, 1])), s.write(5), s.write()].join()'),
    ).toBe('false,false,false,false');
    clock.advance(100);
    expect(peer.heard[0]).toBe('65,66200,15');
  });

  it.each(chips)('%s: nothing can be written after end(), nor after the peer has closed', (chip) => {
    const { station, clock, peer } = connected(chip);
    peer.stream.destroy();
    clock.advance(100);
    expect(() => station.run('s.write("x")')).toThrow('This socket is closed');
    station.run(`s = dial("${brokerIp}"); s.end()`);
    expect(() => station.run('s.write("x")')).toThrow('This socket is closed');
    station.run('s.end()');
  });

  it.each(chips)('%s: 512 bytes are kept while nobody listens, and given to the first listener', (chip) => {
    const all = onlineWorld(chip);
    const peer = new Peer(all, (stream) => stream.write('x'.repeat(400)));
    all.station.run(`var s = watch(net.connect({ host: "${brokerIp}", port: 1883 }), true)`);
    all.clock.advance(100);
    all.station.told();
    expect(all.station.run('[s.available(), s.read(100).length, s.available()].join()')).toBe('400,100,300');
    peer.stream.write('y'.repeat(100));
    all.clock.advance(100);
    all.station.run('s.on("data", function (data) { print("data " + data.length); })');
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['data 400']);
  });

  it.each(chips)('%s: a socket whose data nobody has taken stays open until somebody does', (chip) => {
    const all = onlineWorld(chip);
    new Peer(all, (stream) => {
      stream.write('x'.repeat(1_000));
      stream.destroy();
    });
    all.station.run(`var s = watch(net.connect({ host: "${brokerIp}", port: 1883 }), true)`);
    all.clock.advance(60_000);
    expect(all.station.told()).not.toContain('end');
    expect(all.station.run('s.read().length')).toBeGreaterThanOrEqual(512);
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['end', 'close false']);
  });
});

describe('an ESP8266 that cannot connect', () => {
  const world = (): World => onlineWorld('esp8266');
  const dial = `var s = dial("${brokerIp}")`;

  it('throws at once without an address', () => {
    const all = world();
    all.network.accessPoints.get('home')!.on = false;
    all.clock.advance(10_000);
    expect(() => all.station.run(dial)).toThrow('Unable to create socket');
    expect(all.station.attachment.socketCount()).toBe(0);
  });

  it('hears of a refusal as a reset', () => {
    const all = world();
    new Peer(all).port.mode = 'refuse';
    all.station.run(dial);
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['error -9 connection reset', 'end', 'close true']);
  });

  it('never hears of a SYN that was lost, unless it has something to send', () => {
    const all = world();
    new Peer(all).port.mode = 'ignore';
    all.station.run(dial);
    all.clock.advance(3_600_000);
    expect(all.station.told()).toEqual([]);
    all.station.run('s.write("x")');
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['error -11 no connection', 'end', 'close true']);
  });

  it('gets through when the host answers a later SYN', () => {
    const all = world();
    const { port } = new Peer(all);
    port.mode = 'ignore';
    all.station.run(dial);
    all.clock.advance(8_000);
    port.mode = 'accept';
    all.clock.advance(900);
    expect(all.station.told()).toEqual([]);
    all.clock.advance(200);
    expect(all.station.told()).toEqual(opened);
  });

  it.each([
    ['there is no such name', 'no such name', 5_004],
    ['no name server answers', 'silence', 12_000],
  ] as const)('hears -6 when %s', (_, answer, atMs) => {
    const all = world();
    all.network.dns.set('broker.local', answer);
    all.station.run('var s = dial("broker.local"); s.on("close", function () { print(now()); })');
    all.clock.advance(20_000);
    expect(all.station.told()).toEqual(['error -6 not found', 'end', 'close true', String(atMs)]);
  });

  it('connects by name the first time, and hangs on the cached answer the second time, its slot lost', () => {
    const all = world();
    new Peer(all);
    all.network.dns.set('broker.local', brokerIp);
    all.station.run('var s = dial("broker.local")');
    all.clock.advance(100);
    expect(all.station.told()).toEqual(opened);
    for (let i = 0; i < 9; i++) all.station.run('dial("broker.local").end()');
    all.clock.advance(60_000);
    expect(new Set(all.station.told())).toEqual(new Set(['end', 'close false']));
    expect(all.station.attachment.socketCount()).toBe(1);
    expect(() => all.station.run('dial("broker.local")')).toThrow('Unable to create socket');
    expect(() => all.station.run(dial)).toThrow('Unable to create socket');
  });
});

describe('an ESP32 that cannot connect', () => {
  const attempt = (host: string): string =>
    `var before = now(), outcome;
     setTimeout(function () { print("timer at " + (now() - before)); }, 100);
     try { dial("${host}"); outcome = "returned"; } catch (error) { outcome = error.toString(); }
     outcome + " after " + (now() - before)`;

  it.each<[string, string, string, number, string[], (world: World) => void]>([
    [
      'without an address',
      brokerIp,
      'Unable to create socket',
      0,
      ['ERROR: Connect failed (err 118)'],
      ({ network, clock }) => {
        network.accessPoints.get('home')!.on = false;
        clock.advance(10_000);
      },
    ],
    [
      'refused',
      brokerIp,
      'Unable to create socket',
      4,
      ['ERROR: Connect failed (err 104)'],
      (all) => {
        new Peer(all).port.mode = 'refuse';
      },
    ],
    [
      'by nobody answering',
      brokerIp,
      'Unable to create socket',
      18_500,
      ['ERROR: Connect failed (err 113)'],
      (all) => {
        new Peer(all).port.mode = 'ignore';
      },
    ],
    ['by an unknown name', 'broker.local', 'Unable to locate host', 4, [], () => {}],
    [
      'by a silent name server',
      'broker.local',
      'Unable to locate host',
      7_000,
      [],
      ({ network }) => {
        network.dns.set('broker.local', 'silence');
      },
    ],
  ])('%s: throws, and all JavaScript stands still until then', (_, host, message, ms, printed, prepare) => {
    const all = onlineWorld('esp32');
    prepare(all);
    all.station.told();
    expect(all.station.run(attempt(host))).toBe(`InternalError: ${message} after ${ms}`);
    all.clock.advance(60_000);
    expect(all.station.told()).toEqual([...printed, `timer at ${Math.max(100, ms)}`]);
    expect(all.station.attachment.socketCount()).toBe(0);
  });

  it('blocks while it looks up and connects; the second time it knows the address', () => {
    const all = onlineWorld('esp32');
    new Peer(all, (stream) => stream.write('hello'));
    all.network.dns.set('broker.local', { ip: brokerIp, afterMs: 3_000 });
    all.network.latencyMs = 250;
    expect(all.station.run(attempt('broker.local'))).toBe('returned after 3500');
    all.clock.advance(10_000);
    expect(all.station.told()).toEqual(['timer at 3500', ...opened, 'data 5']);
    expect(all.station.run(attempt('broker.local'))).toBe('returned after 500');
  });
});

describe('a connection in trouble', () => {
  const quarterHour = 15 * 60_000;

  it.each(chips)(
    '%s: silence of the access point is not noticed, and the connection goes on when it is back',
    (chip) => {
      const { station, clock, network, peer } = connected(chip);
      const home = network.accessPoints.get('home')!;
      home.on = false;
      station.run('s.write("from the board")');
      peer.stream.write('from the host');
      clock.advance(5_000);
      expect(station.told()).toEqual(['drain']);
      expect(peer.heard[0]).toBe('');
      home.on = true;
      clock.advance(5_000);
      expect(station.told()).toEqual(['data 13']);
      expect(peer.heard[0]).toBe('from the board');
    },
  );

  it.each(chips)('%s: another address after the access point was gone ends it', (chip) => {
    const { station, clock, network } = connected(chip);
    const home = network.accessPoints.get('home')!;
    home.freshAddresses = true;
    home.on = false;
    clock.advance(7_000);
    home.on = true;
    station.run('Wifi.connect("home", { password: "secret12" })');
    clock.advance(5_000);
    const error = chip === 'esp8266' ? ['error -9 connection reset'] : [];
    expect(station.told()).toEqual([...error, 'end', `close ${chip === 'esp8266'}`]);
  });

  it.each(chips)('%s: a half-open connection tells nothing until TCP gives up', (chip) => {
    const { station, clock, peer } = connected(chip);
    peer.stream.vanish();
    station.run('s.write("x")');
    peer.stream.write('y');
    clock.advance(quarterHour - 1_000);
    expect(station.told()).toEqual(['drain']);
    clock.advance(2_000);
    expect(station.told()).toEqual(
      chip === 'esp8266' ? ['error -3 timeout', 'end', 'close true'] : ['end', 'close false'],
    );
  });

  it('esp8266: end() with data that nobody acknowledges does not close it for a quarter of an hour', () => {
    const { station, clock, peer } = connected('esp8266');
    peer.stream.vanish();
    station.run('s.write("x".repeat(300)); s.end()');
    clock.advance(quarterHour - 1_000);
    expect(station.told()).toEqual([]);
    clock.advance(2_000);
    expect(station.told()).toEqual(['error -3 timeout', 'end', 'close true']);
  });

  it.each(chips)('%s: a host that forgot it answers the next bytes with a reset', (chip) => {
    const { station, clock, peer } = connected(chip);
    peer.stream.forget();
    clock.advance(3_600_000);
    expect(station.told()).toEqual([]);
    station.run('s.write("x")');
    clock.advance(100);
    expect(station.told().at(-1)).toBe(`close ${chip === 'esp8266'}`);
  });

  it.each(chips)('%s: a host without its cable is silent, and goes on when it has it back', (chip) => {
    const { station, clock, network, peer } = connected(chip);
    network.setUp(brokerIp, false);
    station.run('s.write("x")');
    clock.advance(60_000);
    expect(peer.heard[0]).toBe('');
    network.setUp(brokerIp, true);
    clock.advance(2_000);
    expect(peer.heard[0]).toBe('x');
  });

  it.each(chips)(
    '%s: while the host takes nothing there is no end of drain, and then all of it passes',
    (chip) => {
      const { station, clock, peer } = connected(chip);
      peer.stream.stalled = true;
      station.run('s.write("x".repeat(10000))');
      clock.advance(60_000);
      expect(station.told()).toEqual([]);
      peer.stream.stalled = false;
      clock.advance(5_000);
      expect(station.told()).toEqual(['drain']);
      expect(peer.heard[0]).toHaveLength(10_000);
    },
  );

  it.each(chips)('%s: a mute host takes everything and says nothing', (chip) => {
    const all = onlineWorld(chip);
    const peer = new Peer(all);
    peer.port.mode = 'mute';
    all.station.run(`var s = dial("${brokerIp}"); s.write("x".repeat(5000))`);
    all.clock.advance(60_000);
    expect(all.station.told().filter((line) => line !== 'drain')).toEqual(['connect']);
    expect(peer.streams).toEqual([]);
    expect(all.network.streams[0]!.delivered.fromBoard).toBe(5_000);
  });

  it.each([
    ['end', ['data 3', 'end', 'close false']],
    ['reset', ['data 3', 'error -9 connection reset', 'end', 'close true']],
    ['silence', ['data 3']],
  ] as const)('is cut by %s after three of five bytes', (by, events) => {
    const all = onlineWorld('esp8266');
    const peer = new Peer(all);
    peer.port.cut = { toBoard: 3, by };
    all.station.run(`var s = dial("${brokerIp}")`);
    all.clock.advance(100);
    all.station.told();
    peer.stream.write('hello');
    all.clock.advance(60_000);
    expect(all.station.told()).toEqual(events);
  });

  it('is cut in the middle of what the board sends', () => {
    const all = onlineWorld('esp8266');
    const peer = new Peer(all);
    peer.port.cut = { fromBoard: 300, by: 'reset' };
    all.station.run(`var s = dial("${brokerIp}"); s.write("x".repeat(1000))`);
    all.clock.advance(1_000);
    expect(peer.heard[0]).toHaveLength(300);
    expect(peer.ends).toEqual(['reset']);
    expect(all.station.told().at(-1)).toBe('close true');
  });

  it('is out of reach beyond the gateway when that is down', () => {
    const all = onlineWorld('esp32');
    all.network.listen('10.9.9.9', 1883, () => {});
    expect(all.station.run('dial("10.9.9.9"); 1')).toBe(1);
    all.network.accessPoints.get('home')!.gateway = false;
    expect(() => all.station.run('dial("10.9.9.9")')).toThrow('Unable to create socket');
    all.clock.advance(60_000);
    new Peer(all);
    expect(all.station.run(`dial("${brokerIp}"); 1`)).toBe(1);
  });
});

describe('ends of a board', () => {
  it('a power cut is silent; the host learns of it from the reset that the board answers with when it is back', () => {
    const all = connected('esp8266');
    all.station.stop('power-lost');
    all.peer.stream.write('hello');
    all.clock.advance(60_000);
    expect(all.peer.ends).toEqual([]);
    const again = new TestStation(all.network, all.clock, 'esp8266');
    again.run('Wifi.connect("home", { password: "secret12" })');
    all.clock.advance(10_000);
    expect(all.peer.ends).toEqual(['reset']);
  });

  it('reset() and load() close every socket in order', () => {
    const all = connected('esp8266');
    all.station.stop('software-reset');
    all.clock.advance(100);
    expect(all.peer.ends).toEqual(['end']);
    expect(all.network.streams).toEqual([]);
  });

  it.each(chips)('%s: ten sockets are all there are, and a closed one makes room', (chip) => {
    const all = onlineWorld(chip);
    new Peer(all);
    all.station.run(`var list = []; for (var i = 0; i < 10; i++) list.push(dial("${brokerIp}"))`);
    expect(() => all.station.run(`dial("${brokerIp}")`)).toThrow('Unable to create socket');
    all.clock.advance(100);
    expect(all.station.attachment.socketCount()).toBe(10);
    all.station.run('list[3].end()');
    all.clock.advance(100);
    expect(all.station.attachment.socketCount()).toBe(9);
    all.station.run(`dial("${brokerIp}")`);
  });

  it.each(chips)('%s: after 1,000 connections of every fate nothing is left behind', (chip) => {
    const all = onlineWorld(chip);
    const peer = new Peer(all);
    const before = { listeners: all.station.attachment.listenerCount(), pending: all.clock.pending() };
    const fates = [
      () => all.station.run('s.end()'),
      () => peer.stream.destroy(),
      () => peer.stream.reset(),
      () => {
        peer.stream.forget();
        all.station.run('s.write("x")');
      },
    ];
    for (let i = 0; i < 1_000; i++) {
      all.station.run(`var s = dial("${brokerIp}"); s.write("hello")`);
      all.clock.advance(50);
      fates[i % fates.length]!();
      all.clock.advance(50);
    }
    expect(all.station.attachment.socketCount()).toBe(0);
    expect(all.network.streams).toEqual([]);
    expect({ listeners: all.station.attachment.listenerCount(), pending: all.clock.pending() }).toEqual(
      before,
    );
  });
});

describe('a server on a board', () => {
  it.each(chips)('%s: is dialled, answers, and stops', (chip) => {
    const all = onlineWorld(chip);
    all.station.run(
      `var server = net.createServer(function (socket) {
         print("client");
         watch(socket);
         socket.write("welcome");
       });
       server.listen(80)`,
    );
    expect(all.station.attachment.socketCount()).toBe(1);
    const client = all.network.dial('192.168.1.100', 80)!;
    let heard = '';
    let end = '';
    client.onData((data) => (heard += data.toString()));
    client.onClose((kind) => (end = kind));
    client.write('question');
    all.clock.advance(100);
    expect(heard).toBe('welcome');
    expect(all.station.told()).toEqual(expect.arrayContaining(['client', 'data 8', 'drain']));
    expect(all.station.attachment.socketCount()).toBe(2);
    client.destroy();
    all.clock.advance(100);
    expect(all.station.told()).toEqual(['end', 'close false']);
    expect(end).toBe('');
    all.station.run('server.close()');
    expect(all.network.dial('192.168.1.100', 80)).toBeUndefined();
    expect(all.station.attachment.socketCount()).toBe(0);
  });
});
