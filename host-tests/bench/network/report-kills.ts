/**
 * A reporter whose server is killed and started again and again: what was sent, doubled, lost. The server is the gateway in a process
 * of its own, killed with SIGKILL at moments that the seed decides. `npm run bench:report -- [kills] [seed]`.
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

const reporter = spawn(
  process.execPath,
  [
    ...cli,
    ...['report', '--server', `http://127.0.0.1:${port}`, '--state', join(place, 'state'), '--ack', '--json'],
    ...['--concurrency', String(sensors)],
  ],
  { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] },
);
let said = '';
reporter.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
const acknowledged = () => said.match(/^ok \d+$/gm)?.length ?? 0;

let made = 0;
const feeding = setInterval(() => {
  // Never more than the queue holds: what is dropped since it is full is not lost by a crash.
  if (made - Number(acknowledged()) > 50) return;
  for (let i = 0; i < sensors; i++)
    reporter.stdin.write(
      JSON.stringify({ sensor_id: `s${i}`, n: made++, timestamp: 1_700_000_000 + made }) + '\n',
    );
}, 400);

let gateway: ChildProcess | undefined;
try {
  for (let kill = 0; kill < kills; kill++) {
    gateway = await startGateway();
    await sleep(random.int(3000, 9000));
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    process.stderr.write(`\r${kill + 1} of ${kills} kills, ${acknowledged()} readings acknowledged`);
  }
  process.stderr.write('\n');
  clearInterval(feeding);
  gateway = await startGateway();
  reporter.stdin.end();
  await once(reporter, 'exit');
  const found: number[] = [];
  for (let i = 0; i < sensors; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/api/sensors/s${i}/data?from=0&limit=10000`);
    const { readings } = (await response.json()) as { readings: { values: { n: number } }[] };
    found.push(...readings.map(({ values }) => values.n));
  }
  const distinct = new Set(found);
  const lost = made - distinct.size;
  const doubled = found.length - distinct.size;
  console.log(`sent ${made}, duplicated ${doubled}, lost ${lost}, after ${kills} kills (seed ${seed})`);
  if (lost || doubled) process.exitCode = 1;
} finally {
  clearInterval(feeding);
  for (const child of [reporter, gateway]) child?.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
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
