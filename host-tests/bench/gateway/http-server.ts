/**
 * A server to be measured, as a process of its own: `bare` is node:http that reads a body and answers, `gateway` is the
 * whole way of a reading: checked, into the registry, and into a database on disk (its folder is the second argument);
 * `unstored` is the same with a store that forgets at once. Tells its port, and its CPU time, all threads included, when asked.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ingest } from '../../../gateway/ingest/ingest';
import { Registry } from '../../../gateway/registry';
import { SqliteStore } from '../../../gateway/store/sqlite-store';
import { WebServer } from '../../../gateway/web/web-server';
import { silentLog } from '../../gateway/web/web-bench';

const [kind, folder] = process.argv.slice(2) as ['bare' | 'unstored' | 'gateway', string];

const forgetful = { append: () => undefined, appendOnce: () => Promise.resolve('stored' as const) };

let stop = (): void => process.exit();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuUs: user + system });
});
process.on('disconnect', () => void stop());
process.send!({ port: await (kind === 'bare' ? startBare() : startGateway(kind === 'gateway')) });

function startBare(): Promise<number> {
  const answer = '{"status":"ok"}';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': answer.length });
      response.end(answer);
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

async function startGateway(stores: boolean): Promise<number> {
  const now = Date.now;
  const store = new SqliteStore({
    file: join(folder, 'bench.db'),
    retentionDays: 0,
    now,
    say: (sentence) => console.error(sentence),
  });
  await store.start();
  const registry = new Registry({ now });
  const web = new WebServer(
    {
      host: '127.0.0.1',
      port: 0,
      rules: { hosts: [], loginNeeded: false, openIngest: false },
      folder,
      version: '0',
    },
    {
      credentials: {
        verify: () => Promise.resolve(undefined),
        identity: () => undefined,
        hasKit: () => false,
        onChange: () => undefined,
      },
      sensors: registry,
      ingestion: new Ingest({ registry, store: stores ? store : forgetful, now }),
      commands: { send: () => Promise.resolve({ outcome: 'no answer' }) },
      store,
      broker: () => 'connected',
      counters: () => ({ store: store.counters }),
    },
    { log: silentLog, now, token: () => 'none' },
  );
  registry.onEvent = (event) => web.tell(event);
  await web.start();
  stop = () => void store.stop().then(() => process.exit());
  return web.port!;
}
