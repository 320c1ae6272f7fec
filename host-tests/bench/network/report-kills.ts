/**
 * A reporter and its server, both killed and started again and again: what was acknowledged, doubled, lost. The server is the gateway in
 * a process of its own; both are killed with SIGKILL at moments that the seed decides. `npm run bench:report -- [kills] [seed]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../build/root';
import { newRandom } from '../../support/random';

const kills = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? 1);
const sensors = 3;
const random = newRandom(seed);
const place = mkdtempSync(join(tmpdir(), 'lamplighter-kills-'));
const cli = ['--import', 'tsx', join(root, 'cli', 'lamplighter.ts')];

const port = await freePort();
const gatewayFlags = [
  ...['--web-port', String(port), '--mqtt-port', 'off', '--tcp-port', 'off', '--udp-port', 'off'],
  ...[
    '--data',
    join(place, 'history.db'),
    '--credentials',
    join(place, 'credentials.json'),
    '--log-level',
    'warn',
  ],
];

/** Numbers of the readings that a reporter has taken on, which it must not lose, and that it was given, which it must not double. */
const acknowledged: number[] = [];
let made = 0;
let reporter = startReporter();
const feeding = setInterval(() => {
  // Never more than the queue holds: what is dropped since it is full is not lost by a crash.
  if (reporter.given.length > 50) return;
  for (let i = 0; i < sensors; i++) {
    const n = made++;
    reporter.given.push(n);
    reporter.child.stdin.write(
      JSON.stringify({ sensor_id: `s${n % sensors}`, n, timestamp: 1_700_000_000 + n }) + '\n',
    );
  }
}, 400);

let gateway: ChildProcess | undefined;
try {
  for (let kill = 0; kill < kills; kill++) {
    gateway = await startGateway();
    await sleep(random.int(1000, 4000));
    reporter.child.kill('SIGKILL');
    await once(reporter.child, 'close');
    reporter = startReporter();
    await sleep(random.int(1000, 5000));
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    process.stderr.write(
      `\r${kill + 1} of ${kills} kills of each, ${acknowledged.length} readings acknowledged`,
    );
  }
  process.stderr.write('\n');
  clearInterval(feeding);
  gateway = await startGateway();
  reporter.child.stdin.end();
  await once(reporter.child, 'close');
  const found: number[] = [];
  for (let i = 0; i < sensors; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/api/sensors/s${i}/data?from=0&limit=10000`);
    const { readings } = (await response.json()) as { readings: { values: { n: number } }[] };
    found.push(...readings.map(({ values }) => values.n));
  }
  const distinct = new Set(found);
  const lost = acknowledged.filter((n) => !distinct.has(n)).length;
  const doubled = found.length - distinct.size;
  console.log(
    `acknowledged ${acknowledged.length}, stored ${distinct.size}, twice ${doubled}, lost ${lost}, after ${kills} kills of the gateway and ${kills} of the reporter (seed ${seed})`,
  );
  if (lost || doubled) process.exitCode = 1;
} finally {
  clearInterval(feeding);
  for (const child of [reporter.child, gateway]) child?.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
}

/** With what it was given and has not acknowledged: when it is killed, nobody knows whether that is on its disk. */
function startReporter() {
  const given: number[] = [];
  const child = spawn(
    process.execPath,
    [
      ...cli,
      ...[
        'report',
        '--server',
        `http://127.0.0.1:${port}`,
        '--state',
        join(place, 'state'),
        '--ack',
        '--json',
      ],
      ...['--concurrency', String(sensors)],
    ],
    { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  // It may be killed while it is written to.
  child.stdin.on('error', () => undefined);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (/^ok \d+$/.test(line)) acknowledged.push(given.shift()!);
  });
  return { child, given };
}

async function startGateway(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...cli, 'gateway', ...gatewayFlags], { cwd: root, stdio: 'ignore' });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    if (await isUp()) return child;
    await sleep(100);
  }
  throw new Error('the gateway does not answer');
}

async function isUp(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
