/**
 * A server to be measured, as a process of its own: `hub` is the gateway's way from a broker to the dashboards,
 * `relay` is the plain one, which sends every browser every message. Tells its ports, and its CPU time when asked.
 */
import { Aedes } from 'aedes';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { parseReading } from '../../../gateway/reading';
import { Registry } from '../../../gateway/registry';
import { LiveHub } from '../../../gateway/web/live-hub';
import { LiveSockets } from '../../../gateway/web/live-socket';

const kind = process.argv[2];
const aedes = await Aedes.createBroker();
const mqtt = createTcpServer((socket) => {
  socket.setNoDelay(true);
  aedes.handle(socket);
});
const web = createServer();

if (kind === 'relay') {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const clients = new Set<WebSocket>();
  web.on('upgrade', (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (client) => {
      clients.add(client);
      client.on('close', () => clients.delete(client));
    }),
  );
  aedes.on('publish', ({ topic, payload }) => {
    if (topic.startsWith('$')) return;
    const text = JSON.stringify({ topic, payload: payload.toString() });
    for (const client of clients) client.send(text);
  });
} else {
  const registry = new Registry({ now: Date.now });
  const hub = new LiveHub({
    now: Date.now,
    command: () => Promise.resolve({ outcome: 'no answer' }),
    all: () => ({
      type: 'all',
      nowMs: Date.now(),
      version: '0',
      broker: 'connected',
      sensors: registry.views(),
    }),
  });
  const sockets = new LiveSockets(hub);
  registry.onEvent = (event) => hub.tell(event);
  web.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, {}));
  aedes.on('publish', ({ topic, payload }) => {
    const kit = /^iot\/(\d+)\/telemetry$/.exec(topic)?.[1];
    if (!kit) return;
    const reading = parseReading(JSON.parse(payload.toString()), Date.now(), `kit_${kit}`);
    registry.take(reading, { transport: 'mqtt' });
  });
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuUs: user + system });
});
process.on('disconnect', () => process.exit());
process.send!({ mqttPort: await listen(mqtt), webPort: await listen(web) });
