import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../build/root';
import { Run } from './running';

const runs: Run[] = [];
const servers: Server[] = [];
afterAll(() => {
  runs.forEach((run) => run.signal('SIGKILL'));
  servers.forEach((server) => server.close());
});

function lamplighter(...args: string[]): Run {
  const run = new Run(process.execPath, ['--import', 'tsx', join(root, 'cli', 'lamplighter.ts'), ...args]);
  runs.push(run);
  return run;
}

const folder = () => mkdtempSync(join(tmpdir(), 'lamplighter-network-'));

describe('each command shows an example in its help', () => {
  test.each([
    'wifi info',
    'wifi scan',
    'wifi config',
    'wifi monitor',
    'discover',
    'ports',
    'bench serve',
    'bench run',
    'report',
    'send',
    'listen',
  ])('%s', async (command) => {
    const run = lamplighter(...command.split(' '), '--help');
    expect(await run.exit).toBe(0);
    expect(run.stdout).toMatch(
      new RegExp(`Usage: lamplighter ${command} .*[^]*Example:\n {2}\\$ .*lamplighter ${command}`),
    );
  });
});

test.each([
  [['discover', '--subnet', '8.8.8.0/24'], /^lamplighter: --subnet: 8\.8\.8\.0\/24 is not a private network/],
  [['discover', '--subnet', '10.0.0.0/8'], /at most a \/20/],
  [['discover', '--watch', '1s', '--subnet', '127.0.0.1'], /--watch: expected 10 s to a day/],
  [['ports', '1.1.1.1'], /not in a private network/],
  [['ports', '127.0.0.1', '--ports', '0-9'], /--ports: expected ports from 1 to 65535/],
  [['bench', 'run', '127.0.0.1', '--size', '9'], /--size: expected a whole number from 48 to 1400, got "9"/],
  [
    ['bench', 'run', '--kit', '127.0.0.1', '--size', '257'],
    /--size: a kit answers messages of at most 256 bytes/,
  ],
  [['bench', 'run'], /expected the address of a computer that runs lamplighter bench serve, or --kit/],
  [['report', '--server', 'pi:5000'], /--server: expected http:\/\//],
  [
    ['report', '--concurrency', '0', '--simulate', '1'],
    /--concurrency: expected a whole number from 1 to 64/,
  ],
  [['send', 'smoke'], /send: expected tcp, udp, http or mqtt, got "smoke"/],
  [['send', 'mqtt', '--sensor', 'x'], /over MQTT only kits report/],
  [['listen', 'http'], /listen: expected tcp or udp/],
  [['ports', '::1'], /::1 is an IPv6 address: expected a name or an IPv4 address/],
  [['wifi', 'infos'], /wifi: expected one of info, scan, config, monitor, got "infos"/],
  [['wifi', 'monitor', '--warn', '70'], /--warn: expected dBm/],
  [['wifi', 'monitor', '--source', '2'], /--source: expected kit: and its number/],
])('%j ends with one sentence', async (args, sentence) => {
  const run = lamplighter(...args);
  expect(await run.exit).toBe(1);
  expect(run.stderr).toMatch(sentence);
  expect(run.stderr.trim().split('\n').at(-1)).toMatch(/^lamplighter: /);
  expect(run.stderr).not.toMatch(/^ +at /m);
});

test('bench: the other end is measured over both protocols, in JSON, CSV and a drawing', async () => {
  const server = lamplighter('bench', 'serve', '--udp-port', '0', '--tcp-port', '0', '--json');
  const [text] = await server.until(/^\{[^]*\n\}/);
  const { udpPort, tcpPort } = JSON.parse(text) as { udpPort: number; tcpPort: number };
  const place = folder();
  const run = lamplighter(
    ...[
      'bench',
      'run',
      '127.0.0.1',
      '--count',
      '50',
      '--json',
      '--udp-port',
      `${udpPort}`,
      '--tcp-port',
      `${tcpPort}`,
    ],
    ...['--csv', join(place, 'b.csv'), '--svg', join(place, 'b.svg'), '--timeout', '20000'],
  );
  expect(await run.exit).toBe(0);
  const { results, words } = JSON.parse(run.stdout) as { results: { answered: number }[]; words: string[] };
  expect(results.map(({ answered }) => answered)).toEqual([50, 50]);
  expect(words).toHaveLength(5);
  expect(readFileSync(join(place, 'b.csv'), 'utf8').split('\n')).toHaveLength(102);
  expect(readFileSync(join(place, 'b.svg'), 'utf8')).toMatch(/^<svg/);
  server.signal('SIGINT');
  expect(await server.exit).toBe(0);
});

test('bench: a kit is measured beside a computer, or alone', async () => {
  const server = lamplighter('bench', 'serve', '--udp-port', '0', '--tcp-port', '0', '--json');
  const [text] = await server.until(/^\{[^]*\n\}/);
  const { udpPort, tcpPort } = JSON.parse(text) as { udpPort: number; tcpPort: number };
  const kit = ['--kit', '127.0.0.1', '--kit-udp-port', `${udpPort}`, '--kit-tcp-port', `${tcpPort}`];
  const few = ['--count', '5', '--warm-up', '0', '--timeout', '20000', '--json'];
  const ports = ['--udp-port', `${udpPort}`, '--tcp-port', `${tcpPort}`];
  for (const [args, kinds, words] of [
    [['127.0.0.1', ...ports, ...kit], ['computer', 'computer', 'kit', 'kit'], /^Pi against ESP32/],
    [kit, ['kit', 'kit'], /^Seen from a Raspberry Pi: the other end is a kit/],
  ] as const) {
    const run = lamplighter('bench', 'run', ...args, ...few);
    expect(await run.exit).toBe(0);
    const told = JSON.parse(run.stdout) as { results: { kind: string; answered: number }[]; words: string[] };
    expect(told.results.map(({ kind }) => kind)).toEqual(kinds);
    expect(told.results.map(({ answered }) => answered)).toEqual(kinds.map(() => 5));
    expect(told.words).toContainEqual(expect.stringMatching(words));
  }
  server.signal('SIGINT');
  expect(await server.exit).toBe(0);
});

test('bench: nobody there is found out soon, told, and a failure', async () => {
  const run = lamplighter(
    ...['bench', 'run', '127.0.0.1', '--udp-port', '9', '--tcp-port', '9', '--timeout', '50'],
  );
  expect(await run.exit).toBe(1);
  expect(run.stderr).toMatch(
    /UDP to 127\.0\.0\.1:9: nobody answers\nTCP to 127\.0\.0\.1:9: nothing listens there\n127\.0\.0\.1: start lamplighter bench serve there/,
  );
  expect(run.stdout).toMatch(/Nothing was answered/);
});

test('listen shows what send sends, and both end in order', async () => {
  const server = lamplighter('listen', 'tcp', '--port', '0', '--json');
  const [, port] = await server.untilTrue(
    () => /TCP 127\.0\.0\.1:(\d+)/.exec(server.stderr) ?? undefined,
    'a port',
  );
  const run = lamplighter(
    'send',
    'tcp',
    '--port',
    port!,
    '--count',
    '3',
    '--every',
    '0s',
    '--sensor',
    'desk_1',
  );
  expect(await run.exit).toBe(0);
  expect(run.stdout).toMatch(
    /-> \{"sensor_id":"desk_1".*\n<- \{"status":"ok","received":"desk_1"\}\n[^]*sent 3\/3\n$/,
  );
  server.signal('SIGINT');
  expect(await server.exit).toBe(0);
  const seen = server.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { sensor: string; address: string });
  expect(seen.map(({ sensor, address }) => [sensor, address])).toEqual(
    Array(3).fill(['desk_1', '127.0.0.1']),
  );
});

/** A server that does with what comes as the test says; returns its port. */
async function teaching(answer: (text: string, socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) =>
    socket.on('error', () => undefined).on('data', (data) => answer(String(data), socket)),
  ).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

test('send: an answer too many is not taken for that to the next reading, and a refusal is none', async () => {
  let messages = 0;
  const port = await teaching((_, socket) => {
    messages++;
    if (messages === 1) socket.write('{"status":"ok","n":1}\n{"status":"ok","too":"many"}\n');
    else socket.write(messages === 2 ? '{"status":"ok","n":2}\n' : '{"status":"error","error":"\u009b2J"}\n');
  });
  const run = lamplighter('send', 'tcp', '--port', port, '--count', '3', '--every', '300ms');
  expect(await run.exit).toBe(1);
  expect(run.stdout.match(/^<- .*/gm)).toEqual([
    '<- {"status":"ok","n":1}',
    '<- {"status":"ok","n":2}',
    '<- failed: {"status":"error","error":"\\x9b2J"}',
  ]);
  expect(run.stdout).toMatch(/sent 2\/3\n$/);
});

test('send: a web server at the port is no sensor’s gateway', async () => {
  const port = await teaching((_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const run = lamplighter('send', 'tcp', '--port', port, '--count', '1');
  expect(await run.exit).toBe(1);
  expect(run.stdout).toMatch(/<- failed: HTTP\/1\.1 400 Bad Request\nsent 0\/1\n$/);
});

test.each(['tcp', 'http', 'mqtt'])(
  'send %s: Ctrl-C ends it although the server says nothing',
  async (protocol) => {
    let heard = () => {};
    const hearing = new Promise<void>((resolve) => (heard = resolve));
    const port = await teaching(() => heard());
    const run = lamplighter('send', protocol, '--port', port);
    await hearing;
    const beganMs = performance.now();
    run.signal('SIGINT');
    expect(await run.exit).toBe(130);
    // Not the 5 s that an answer may take.
    expect(performance.now() - beganMs).toBeLessThan(4000);
    if (protocol !== 'mqtt') expect(run.stdout).toMatch(/<- failed: interrupted\nsent 0\/1\n$/);
  },
);

test('listen: what a stranger sends steers no terminal, in JSON neither', async () => {
  for (const more of [[], ['--json']]) {
    const server = lamplighter('listen', 'tcp', '--port', '0', ...more);
    const [, port] = await server.untilTrue(
      () => /TCP 127\.0\.0\.1:(\d+)/.exec(server.stderr) ?? undefined,
      'a port',
    );
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('{"sensor_id":"a","note":"\u009b2J\\u001b[2J\u202e"}\n');
    socket.write(Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x00, 0x0a]));
    await server.untilTrue(() => server.stdout.split('\n').length > 2 || undefined, 'two lines');
    socket.destroy();
    server.signal('SIGINT');
    expect(await server.exit).toBe(0);
    expect(server.stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    const line = server.stdout.split('\n')[0]!;
    if (more.length > 0)
      expect(JSON.parse(line)).toMatchObject({ values: { note: '\u009b2J\u001b[2J\u202e' } });
    expect(server.stderr).toMatch(/1 reading, [1-9] messages? not understood/);
  }
});

test('listen: a port in use is told with the option that chooses another', async () => {
  const port = await teaching(() => undefined);
  const run = lamplighter('listen', 'tcp', '--port', port);
  expect(await run.exit).toBe(1);
  expect(run.stderr).toBe(
    `lamplighter: port ${port} is already in use: stop the other program or choose another with --port\n`,
  );
});

test('report: what stdin says is on disk before it is acknowledged, and sent once with a key', async () => {
  const requests: { url: string; key: string; body: string }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      requests.push({ url: request.url!, key: String(request.headers['idempotency-key']), body });
      response.writeHead(201).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const state = folder();
  const run = lamplighter(
    'report',
    '--server',
    `http://127.0.0.1:${port}`,
    '--state',
    state,
    '--ack',
    '--wait',
    '600',
  );
  run.input('{"sensor_id":"a","temperature":21.5,"timestamp":1700000000}\nno json\n{"temperature":1}\n');
  expect(await run.exit).toBe(1);
  server.close();
  expect(run.stdout).toBe('ok 1\nsent 1/1; 2 lines not taken\n');
  expect(run.stderr).toMatch(/line 2: no JSON\nline 3: sensor_id: expected/);
  expect(requests).toEqual([
    {
      url: '/api/sensors/a/data',
      key: expect.stringMatching(/^report_[\da-f]{12}-1-[\da-f]{8}$/) as string,
      body: '[{"timestamp":1700000000,"temperature":21.5}]',
    },
  ]);
  expect(readFileSync(join(state, 'report.log'), 'utf8')).toMatch(
    / a: 1 as report_[\da-f]{12}-1-[\da-f]{8}: taken with 201\n$/,
  );
});

test('report: what could not be sent waits on disk for the next time', async () => {
  const state = folder();
  const report = (...more: string[]) =>
    // Port 9 is nobody's.
    lamplighter(
      'report',
      '--server',
      'http://127.0.0.1:9',
      '--state',
      state,
      '--wait',
      '0',
      '--json',
      ...more,
    );
  const first = report('--simulate', '1', '--count', '3', '--every', '0');
  expect(await first.exit).toBe(1);
  expect(JSON.parse(first.stdout)).toMatchObject({ accepted: 3, sent: 0, waiting: 3 });
  const second = report('--simulate', '1', '--count', '1', '--every', '0');
  await second.exit;
  expect(second.stderr).toMatch(/3 reports left from the last time/);
  expect(JSON.parse(second.stdout)).toMatchObject({ accepted: 4, waiting: 4 });
});

test('report ends at Ctrl-C while its input is still open', async () => {
  const run = lamplighter(
    'report',
    '--state',
    folder(),
    '--server',
    'http://127.0.0.1:9',
    '--sensor',
    'a',
    '--ack',
  );
  run.type('{"temperature":1}\n');
  await run.until(/ok 1/);
  run.signal('SIGINT');
  expect(await run.exit).toBe(130);
  expect(run.stdout).toMatch(/sent 0\/1; 1 waiting on disk for the next time/);
});

test.runIf(existsSync('/dev/full'))('output that a full disk does not take is a failure', async () => {
  const command = 'exec "$0" --import tsx cli/lamplighter.ts ports 127.0.0.1 --ports 9 > /dev/full';
  const run = new Run('sh', ['-c', command, process.execPath]);
  runs.push(run);
  expect(await run.exit).toBe(1);
  expect(run.stderr).toMatch(/^lamplighter: the output cannot be written: ENOSPC[^\n]*\n$/m);
});

test.runIf(existsSync('/proc/self'))(
  'discover: a state below /proc is told, and not made for ever',
  async () => {
    const run = lamplighter('discover', '--subnet', '127.0.0.1', '--state', '/proc/x/y');
    await run.exit;
    expect(run.stderr).toMatch(/the scan is not kept for the next time: cannot write \/proc\/x\/y/);
  },
);

test('report: a second one on the same queue is refused; what was killed is in nobody’s way', async () => {
  const state = folder();
  const flags = ['report', '--state', state, '--sensor', 'a', '--server', 'http://127.0.0.1:99', '--ack'];
  const first = lamplighter(...flags);
  first.type('{"temperature":1}\n');
  await first.until(/ok 1/);
  const second = lamplighter(...flags);
  expect(await second.exit).toBe(1);
  expect(second.stderr).toBe(
    `lamplighter: ${state} is in use by process ${first.pid}: end it, or choose another with --state\n`,
  );
  first.signal('SIGKILL');
  await first.exit;
  const third = lamplighter(...flags, '--wait', '0');
  third.input('');
  await third.exit;
  expect(third.stderr).toMatch(/^1 report left from the last time\n/);
});

test('report: the 501st makes the oldest give way, which is said and counted', async () => {
  const run = lamplighter(
    ...['report', '--state', folder(), '--sensor', 'a', '--server', 'http://127.0.0.1:99', '--wait', '0'],
  );
  const lines = Array.from({ length: 503 }, (_, n) => `{"n":${n}}\n`);
  run.input(`${lines.join('')}{"n":"${'x'.repeat(200_000)}"}\n{"\u009b2J":1}\n`);
  expect(await run.exit).toBe(1);
  expect(run.stdout).toBe(
    'sent 0/503; 3 dropped since the queue was full; 500 waiting on disk for the next time; 2 lines not taken\n',
  );
  expect(run.stderr.match(/500 wait, and more cannot/g)).toHaveLength(1);
  expect(run.stderr).toMatch(
    /\nline 504: longer than 65536 characters\nline 505: "\\x9b2J": expected a name/,
  );
});

test('report: a folder that cannot be made, and one that is not to be written to, are a sentence', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  for (const state of [join(file, 'x'), '/proc/x/y', '']) {
    const run = lamplighter('report', '--state', state);
    run.input('');
    expect(await run.exit).toBe(1);
    expect(run.stderr).toMatch(
      /^lamplighter: (?:cannot write|--state: expected the name of a folder)[^\n]*\n$/,
    );
  }
});

test('wifi monitor: one row a look, flushed; a row that a power cut has halved does not spoil the next', async () => {
  const place = folder();
  const programs = join(place, 'bin');
  mkdirSync(programs);
  const recorded = join(root, 'host-tests', 'network', 'wifi', 'recorded');
  writeFileSync(
    join(programs, 'iw'),
    `#!/bin/sh\ncase "$*" in dev) cat ${recorded}/iw-5.19-dev.txt;; *link) cat ${recorded}/iw-5.19-link.txt;; esac\n`,
    { mode: 0o755 },
  );
  const output = join(place, 'wifi.csv');
  writeFileSync(output, 'timestamp,ssid,signal_dbm,quality\n2026-01-02T03:0');
  const command = `PATH=${programs}:$PATH exec "$0" --import tsx cli/lamplighter.ts "$@"`;
  const flags = ['--every', '1', '--count', '2', '--warn', '-50', '--json', '-o', output];
  const run = new Run('sh', ['-c', command, process.execPath, 'wifi', 'monitor', ...flags]);
  runs.push(run);
  expect(await run.exit).toBe(0);
  expect(run.stderr).toMatch(/weak signal: -52 dBm, below -50 dBm/);
  expect(
    run.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { ssid: string }).ssid),
  ).toEqual(['classroom 5G', 'classroom 5G']);
  const rows = readFileSync(output, 'utf8').split('\n');
  expect(rows[1]).toBe('2026-01-02T03:0');
  expect(rows.slice(2)).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z,classroom 5G,-52,(\d+\/70)?$/),
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z,classroom 5G,-52,(\d+\/70)?$/),
    '',
  ]);
});

test('wifi config writes a file for its owner alone, with the password of .env, and not twice', async () => {
  const place = folder();
  writeFileSync(
    join(place, 'kit.config.ts'),
    `export default { networks: [{ ssid: '교실', password: { secret: 'WIFI_PASSWORD' }, country: 'KR' }], broker: { host: '10.0.0.1' }, kits: [{ kit: 2 }] };`,
  );
  writeFileSync(join(place, '.env'), 'WIFI_PASSWORD=correct horse\n');
  const output = join(place, 'wpa.conf');
  const config = (...more: string[]) =>
    lamplighter('wifi', 'config', '--config', join(place, 'kit.config.ts'), '-o', output, ...more);
  const run = config('--hash');
  expect(await run.exit).toBe(0);
  expect(readFileSync(output, 'utf8')).toMatch(/^country=KR\n[^]*\tpsk=[\da-f]{64}\n/);
  expect(statSync(output).mode & 0o777).toBe(0o600);
  const again = config();
  expect(await again.exit).toBe(1);
  expect(again.stderr).toMatch(/exists already: --force replaces it and keeps a backup/);
  expect(run.stdout + run.stderr + again.stderr).not.toMatch(/correct horse/);
});
