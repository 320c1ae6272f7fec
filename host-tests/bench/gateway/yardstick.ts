/** What the gateway is measured beside, as a process of its own: `aedes`, `relay` (aedes and ws) or `http`. Tells its ports. */
import { Aedes } from 'aedes';
import { createServer, type Server as WebServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

async function broker(): Promise<{ aedes: Aedes; mqtt: number }> {
  const aedes = await Aedes.createBroker();
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true);
    aedes.handle(socket);
  });
  return { aedes, mqtt: await listen(server) };
}

/** Sends every browser every message. */
async function relay(): Promise<Record<string, number>> {
  const { aedes, mqtt } = await broker();
  const web = createServer();
  const server = new WebSocketServer({ server: web, perMessageDeflate: false });
  aedes.on('publish', ({ topic, payload }) => {
    if (topic.startsWith('$')) return;
    const text = JSON.stringify({ topic, payload: payload.toString() });
    server.clients.forEach((client: WebSocket) => client.send(text));
  });
  return { mqtt, web: await listen(web) };
}

/** Reads the body and answers as much as the gateway does. */
function http(): WebServer {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = Buffer.concat(chunks);
      response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': answer.length });
      response.end(answer);
    });
  });
}

process.on('disconnect', () => process.exit());
const kind = process.argv[2];
if (kind === 'relay') process.send!(await relay());
else if (kind === 'http') process.send!({ web: await listen(http()) });
else process.send!({ mqtt: (await broker()).mqtt });
