/**
 * What the gateway's broker costs beside aedes alone, in CPU time of its process for each message that comes in and goes
 * out to one reader. CPU time, since other work on the machine does not count in it. As `cost.ts <boards> <messages> <rounds>`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const variants = ['aedes', 'open', 'roles', 'listening', 'ingest'];
const [boards, messages, rounds] = [100, 100_000, 5].map((usual, index) =>
  Number(process.argv[index + 2] ?? usual),
);

for (const qos of [0, 1]) {
  const figures = new Map(variants.map((variant) => [variant, [] as number[]]));
  for (let round = 0; round < rounds!; round++)
    for (const variant of variants) figures.get(variant)!.push(await measure(variant, qos));
  const median = (numbers: number[]) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1]!;
  const yardstick = median(figures.get('aedes')!);
  for (const [variant, all] of figures)
    console.log(
      `QoS ${qos}, ${boards} boards, ${variant}: ${median(all).toFixed(1)} us a message, ${(median(all) / yardstick).toFixed(2)} of aedes; ${all.map((one) => one.toFixed(1)).join(' ')}`,
    );
}

async function measure(variant: string, qos: number): Promise<number> {
  const server = start('cost-server.ts', [variant]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const clients = start('cost-clients.ts', [port, boards!, messages!, qos].map(String));
  await once(clients, 'message');
  await run(clients);
  const before = await cpuOf(server);
  const { received } = await run(clients);
  const cpuUs = (await cpuOf(server)) - before;
  for (const child of [clients, server]) {
    child.disconnect();
    child.kill();
    await once(child, 'exit');
  }
  return cpuUs / received;
}

async function run(clients: ChildProcess): Promise<{ seconds: number; received: number }> {
  clients.send('run');
  return ((await once(clients, 'message')) as [{ seconds: number; received: number }])[0];
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  return ((await once(server, 'message')) as [{ cpuUs: number }])[0].cpuUs;
}

function start(file: string, options: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), options, { execArgv: ['--import', 'tsx'] });
}
