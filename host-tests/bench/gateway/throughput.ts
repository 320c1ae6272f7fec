/** Messages a second from many boards to one reader of all, through the gateway, through aedes alone and through mosquitto. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MeasuredProcess, said, startGateway } from './measured-process';
import { median, type Row } from './row';

/** The gateway's own work may cost so much of what aedes alone brings. */
const costMax = 0.15;

interface Figures {
  perS: number[];
  cpuUs: number[];
}

export async function measureThroughput(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  const messages = quick ? 20_000 : 60_000;
  const rounds = quick ? 2 : 5;
  const rows: Row[] = [];
  try {
    for (const boards of [100, 1000]) {
      for (const qos of [0, 1]) {
        const servers = await startServers(join(folder, `${boards}-${qos}`));
        const figures = new Map(
          [...servers.keys()].map((name): [string, Figures] => [name, { perS: [], cpuUs: [] }]),
        );
        try {
          for (let round = 0; round < rounds; round++)
            for (const [name, server] of servers)
              await measureOnce(server, figures.get(name)!, boards, messages, qos);
        } finally {
          for (const server of servers.values()) await server.end();
        }
        rows.push(rowOf(boards, qos, figures));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

async function startServers(folder: string): Promise<Map<string, MeasuredProcess>> {
  const servers = new Map([
    ['gateway', await startGateway(folder)],
    ['aedes', await MeasuredProcess.fork('yardstick.ts', 'aedes')],
  ]);
  const mosquitto = await startMosquitto(folder);
  if (mosquitto) servers.set('mosquitto', mosquitto);
  return servers;
}

async function measureOnce(
  server: MeasuredProcess,
  figures: Figures,
  boards: number,
  messages: number,
  qos: number,
): Promise<void> {
  const script = fileURLToPath(new URL('cost-clients.ts', import.meta.url));
  const values = [server.ports.mqtt!, boards, messages, qos].map(String);
  const clients: ChildProcess = fork(script, values, { execArgv: ['--import', 'tsx'] });
  await said(clients, 'cost-clients.ts');
  const before = server.cpuUs;
  clients.send('run');
  const { seconds, received } = await said<{ seconds: number; received: number }>(clients, 'cost-clients.ts');
  // What was left to the history's thread counts as well.
  await rest(300);
  figures.cpuUs.push((server.cpuUs - before) / received);
  figures.perS.push(received / seconds);
  const ended = once(clients, 'exit');
  clients.kill();
  await ended;
}

function rowOf(boards: number, qos: number, figures: Map<string, Figures>): Row {
  const text = ({ perS, cpuUs }: Figures): string =>
    `${Math.round(median(perS)).toLocaleString('en')}/s, ${median(cpuUs).toFixed(1)} us`;
  const [gateway, aedes] = [figures.get('gateway')!, figures.get('aedes')!];
  // In turn, so that each round of one has a neighbour of the other.
  const part = median(gateway.perS.map((perS, round) => perS / aedes.perS[round]!));
  const mosquitto = figures.get('mosquitto');
  return {
    what: `messages in and out to one reader, ${boards} boards, QoS ${qos}`,
    measured: `${text(gateway)} CPU; ${part.toFixed(2)} of aedes`,
    beside: `aedes ${text(aedes)}${mosquitto ? `; mosquitto ${text(mosquitto)}` : '; no mosquitto here'}`,
    goal: `>= ${1 - costMax} of aedes`,
    isMet: part >= 1 - costMax,
  };
}

async function startMosquitto(folder: string): Promise<MeasuredProcess | undefined> {
  let program;
  try {
    program = execFileSync('sh', ['-c', 'PATH="$PATH:/usr/sbin" command -v mosquitto'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
  const port = await freePort();
  const file = `${folder}-mosquitto.conf`;
  // As many messages may wait for the reader as aedes lets.
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\nset_tcp_nodelay true\nlog_dest none\n`,
  );
  return MeasuredProcess.listening([program, '-c', file], port);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
