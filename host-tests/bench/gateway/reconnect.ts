/** How long 1,000 boards take to come online at once, and how long the event loop of the broker stands still meanwhile. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Broker } from '../../../gateway/broker';
import { Credentials } from '../../../gateway/credentials';
import { identityFor } from '../../../gateway/credentials/credential';
import { writeCredentials } from '../../../gateway/credentials/file';
import { EmbeddedBus } from '../../../gateway/embedded-bus';
import { ScryptQueue } from '../../../gateway/credentials/scrypt-queue';

const boards = Number(process.argv[2] ?? 1000);
const boardsProcess = fileURLToPath(new URL('boards-process.ts', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'reconnect-'));
try {
  const file = join(folder, 'credentials.json');
  await makeCredentials(file);
  for (const users of ['open', 'shared', 'own'] as const) await measure(users, file);
} finally {
  await rm(folder, { recursive: true });
}

async function makeCredentials(file: string): Promise<void> {
  const queue = new ScryptQueue();
  const one = async (name: string, password: string) => {
    const salt = randomBytes(16).toString('base64');
    const hash = (await queue.hash(password, salt)).toString('base64');
    return [name, { identity: identityFor(name, {}), salt, hash }] as const;
  };
  const numbers = Array.from({ length: boards }, (_, index) => index + 1);
  const own = await Promise.all(numbers.map((kit) => one(`kit${kit}`, `password ${kit}`)));
  await writeCredentials(file, new Map([await one('kits', 'shared password'), ...own]));
}

async function measure(users: 'open' | 'shared' | 'own', file: string): Promise<void> {
  const credentials = await Credentials.load(file, { now: () => performance.now(), random: randomBytes });
  const broker = new Broker({ port: 0, ...(users !== 'open' && { authenticator: credentials }) });
  await broker.start();
  const bus = new EmbeddedBus(broker);
  await bus.start();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', boardsProcess, String(broker.port), String(boards), users],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (what: string) => {
    child.stdin.write(`${what}\n`);
    return (await lines.next()).value as string;
  };
  for (const attempt of ['first time', 'again', 'once more']) {
    globalThis.gc?.();
    const heldBefore = held();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const cpu = process.cpuUsage();
    delay.enable();
    const start = performance.now();
    const result = await ask('connect');
    const tookMs = performance.now() - start;
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${users}, ${attempt}: ${result} after ${(tookMs / 1000).toFixed(2)} s; longest stall ${(delay.max / 1e6).toFixed(0)} ms, p99 ${(delay.percentile(99) / 1e6).toFixed(0)} ms; CPU ${((user + system) / 1e6).toFixed(2)} s`,
    );
    globalThis.gc?.();
    console.log(
      `  ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB resident; ${((held() - heldBefore) / boards / 1024).toFixed(1)} kB held for a board`,
    );
    await ask('drop');
  }
  await ask('connect');
  const stopMs = performance.now();
  await broker.stop();
  console.log(`  stopped with all of them connected within ${(performance.now() - stopMs).toFixed(0)} ms`);
  child.stdin.write('end\n');
  await new Promise((resolve) => child.once('close', resolve));
}

/** Exact with --expose-gc only. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
