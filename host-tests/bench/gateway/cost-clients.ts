/** Boards that publish as fast as they are read, and a reader of all, as `cost-clients.ts <port> <boards> <messages> <qos>`. */
import { connect, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';

const [port, boards, messages, qos] = process.argv.slice(2).map(Number) as [number, number, number, 0 | 1];
const each = messages / boards;

let received = 0;
let wake = () => {};
const reader = await login('all', 'reader', (packet) => {
  if (packet.cmd === 'publish' && ++received === messages) wake();
});
reader.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'iot/#', qos: 0 }] }));
const sockets = await Promise.all(
  Array.from({ length: boards }, (_, index) => login('kits', `kit_${index + 1}`, () => undefined)),
);

process.on('message', () => void run());
process.send!('ready');

async function run(): Promise<void> {
  received = 0;
  const start = performance.now();
  const all = new Promise<void>((resolve) => (wake = resolve));
  // What the reader has not got by then was dropped.
  const late = setInterval(
    () => received > 0.5 * messages && performance.now() - start > 60_000 && wake(),
    1000,
  );
  await Promise.all(sockets.map((socket, index) => publishAll(socket, index + 1)));
  await all;
  clearInterval(late);
  process.send!({ seconds: (performance.now() - start) / 1000, received });
}

async function publishAll(socket: Socket, kit: number): Promise<void> {
  for (let sent = 0; sent < each; sent += 10) {
    const packets = Array.from({ length: 10 }, (_, index) =>
      generate({
        cmd: 'publish',
        topic: `iot/${kit}/telemetry`,
        payload: `{"temperatureC":24.0,"humidityPct":45.0,"light":512,"rssiDbm":-50,"uptimeS":2,"freeVars":1120,"reconnects":0,"boot":1,"seq":${sent + index}}`,
        qos,
        messageId: ((sent + index) % 65_535) + 1,
        dup: false,
        retain: false,
      }),
    );
    if (!socket.write(Buffer.concat(packets))) await new Promise((resolve) => socket.once('drain', resolve));
    // No more on the way than the reader can be told: what counts is work, not what is dropped.
    while (sent * boards - received > 5000) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function login(username: string, clientId: string, onPacket: (packet: Packet) => void): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const packets = parser();
    socket.on('data', (bytes) => packets.parse(bytes));
    packets.on('packet', (packet) => (packet.cmd === 'connack' ? resolve(socket) : onPacket(packet)));
    const password = Buffer.from('password');
    socket.write(
      generate({
        cmd: 'connect',
        ...{
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId,
          keepalive: 0,
          username,
          password,
        },
      }),
    );
  });
}
