/** A broker as a process, as `cost-server.ts <variant>`; says its port, and its CPU time in microseconds when asked. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { Broker } from '../../../gateway/broker';
import { EmbeddedBus } from '../../../gateway/embedded-bus';
import { Ingest } from '../../../gateway/ingest/ingest';
import { MqttIngest } from '../../../gateway/ingest/mqtt';
import { Registry } from '../../../gateway/registry';

const variant = process.argv[2];
const port = variant === 'aedes' ? await plain() : await broker();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuUs: user + system });
});
process.send!({ port });
process.on('SIGINT', () => process.exit());

async function plain(): Promise<number> {
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => aedes.handle(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function broker(): Promise<number> {
  const verify = async (name: string) => ({ name, role: name === 'all' ? 'controller' : 'kits' }) as const;
  const broker = new Broker({ port: 0, ...(variant !== 'open' && { authenticator: { verify } }) });
  await broker.start();
  if (variant === 'listening' || variant === 'ingest') {
    const bus = new EmbeddedBus(broker);
    if (variant === 'ingest') ingestFrom(bus);
    await bus.start();
  }
  process.on('disconnect', () => process.stderr.write(`${variant} ${JSON.stringify(broker.counters)}\n`));
  return broker.port;
}

function ingestFrom(bus: EmbeddedBus): void {
  const now = Date.now;
  const registry = new Registry({ now });
  registry.onEvent = () => undefined;
  const store = { append: () => undefined, appendOnce: async () => 'stored' as const };
  const { ingest } = new Ingest({ registry, store, now });
  const commands = { takeText: () => undefined, takeResult: () => undefined };
  const onEvent = () => undefined;
  new MqttIngest({ bus, registry, ingest, commands: commands as never, onEvent, now }).start();
}
