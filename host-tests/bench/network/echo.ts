/**
 * The loopback table of `lamplighter bench run`, 1,000 messages of 100 bytes over each protocol, beside an echo of a few lines that
 * answers the same: in C, or in Python where there is no C compiler. Where there is one, a client in C asks the echo in C too: what
 * the system takes in any case. All in turn, so that a busy computer is as busy for each. `npm run bench:echo`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../build/root';
import { run } from '../../../network/bench/run';
import { tcpLine, udpLine } from '../../../network/bench/sockets';
import { type Statistics, statisticsOf } from '../../../network/bench/statistics';

const rounds = 10;
const perRound = 100;
const warmUp = 50;
const bytes = 100;
const timeoutMs = 5000;

type Protocol = 'udp' | 'tcp';
type Ports = Record<Protocol, number>;

/** A way to ask and a way to answer, and the round trips in milliseconds. */
interface Pair {
  name: string;
  protocol: Protocol;
  ask: () => Promise<(number | undefined)[]>;
  roundTrips: (number | undefined)[];
}

const place = mkdtempSync(join(tmpdir(), 'lamplighter-echo-'));
const children: ChildProcess[] = [];
try {
  const ours = await started(process.execPath, [
    ...['--import', 'tsx', join(root, 'cli', 'lamplighter.ts')],
    ...['bench', 'serve', '--udp-port', '0', '--tcp-port', '0', '--json'],
  ]);
  const program = compiled();
  const other = program ? await started(program, ['serve']) : await python();
  const pairs: Pair[] = (['udp', 'tcp'] as const).flatMap((protocol) => [
    pair('bench run, bench serve', protocol, () => asked(protocol, ours[protocol])),
    pair(`bench run, ${program ? 'C' : 'Python'}`, protocol, () => asked(protocol, other[protocol])),
    ...(program ? [pair('C, C', protocol, () => askedByC(program, protocol, other[protocol]))] : []),
  ]);
  for (let round = 0; round < rounds; round++)
    for (const one of pairs) one.roundTrips.push(...(await one.ask()));
  show(pairs);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
}

function pair(name: string, protocol: Protocol, ask: Pair['ask']): Pair {
  return { name, protocol, ask, roundTrips: [] };
}

/** As `bench run` asks: each connection warms up first. */
async function asked(protocol: Protocol, port: number): Promise<(number | undefined)[]> {
  const line =
    protocol === 'udp' ? await udpLine('127.0.0.1', port) : await tcpLine('127.0.0.1', port, timeoutMs);
  const { roundTrips } = await run(line, {
    count: warmUp + perRound,
    ...{ size: bytes, everyMs: 0, timeoutMs, now: () => performance.now(), progress: () => undefined },
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  });
  line.close();
  return roundTrips.slice(warmUp);
}

function askedByC(program: string, protocol: Protocol, port: number): Promise<number[]> {
  const args = ['ask', protocol, `${port}`, `${warmUp + perRound}`, `${bytes}`];
  const text = execFileSync(program, args, { encoding: 'utf8' });
  const times = text.trim().split('\n').map(Number);
  return Promise.resolve(times.slice(warmUp).map((microseconds) => microseconds / 1000));
}

function compiled(): string | undefined {
  const program = join(place, 'echo');
  const source = join(root, 'host-tests', 'bench', 'network', 'echo.c');
  const { status } = spawnSync('cc', ['-O2', '-w', '-o', program, source]);
  return status === 0 ? program : undefined;
}

async function python(): Promise<Ports> {
  console.log('no C compiler: the echo beside is in Python');
  return started('python3', [join(root, 'host-tests', 'bench', 'network', 'echo.py')]);
}

/** Starts a server; what it says first are its two ports. */
async function started(program: string, args: string[]): Promise<Ports> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!/\d+\D+\d+\D*\n$/.test(said.replace('127.0.0.1', ''))) await once(child.stdout, 'data');
  const [udp, tcp] = said.replace('127.0.0.1', '').match(/\d+/g)!.map(Number);
  return { udp: udp!, tcp: tcp! };
}

function show(pairs: readonly Pair[]): void {
  const all = pairs.map(({ roundTrips }) => statisticsOf(roundTrips, 0));
  const columns: (keyof Statistics)[] = ['lost', 'min', 'mean', 'median', 'p95', 'p99', 'max', 'deviation'];
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  console.log(
    `${rounds * perRound} messages of ${bytes} bytes on loopback; microseconds; load average ${load}`,
  );
  console.log(row('', '', columns));
  for (const [index, { name, protocol }] of pairs.entries())
    console.log(
      row(
        protocol.toUpperCase(),
        name,
        columns.map((column) =>
          column === 'lost' ? `${all[index]![column]}` : (all[index]![column] * 1000).toFixed(0),
        ),
      ),
    );
}

function row(protocol: string, name: string, cells: readonly string[]): string {
  return `${protocol.padEnd(5)}${name.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}
