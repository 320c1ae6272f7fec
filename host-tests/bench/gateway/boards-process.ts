/** Many boards in a process of their own, as `boards-process.ts <port> <count> <shared|own|open>`; told what to do on stdin. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { generate, parser } from 'mqtt-packet';

const [port, count, users] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const topics = (kit: number) => [`iot/${kit}`, `iot/${kit}/+/set`];
const sockets: Socket[] = [];

/** Everything that a kit says when it comes online; resolves with CONNACK's code, or 0 when it is subscribed. */
function comeOnline(kit: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const packets = parser();
    socket.on('data', (bytes) => packets.parse(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(-1));
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        if (packet.returnCode) return resolve(packet.returnCode);
        const subscriptions = topics(kit).map((topic) => ({ topic, qos: 1 as const }));
        socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
      } else if (packet.cmd === 'suback') {
        const publish = (topic: string, payload: string, retain: boolean) =>
          generate({ cmd: 'publish', topic, payload, retain, qos: 0, dup: false });
        const state = `{"lamp":"OFF","cause":"boot","remaining":0,"led":"OFF","dark":false,"board":"nodemcu","version":"0.1.0","ip":"10.0.0.2","mac":"02:00:00:00:00:02"}`;
        socket.write(
          Buffer.concat([
            publish(`iot/${kit}`, `Connection has established with nodeMCU_Kit Number ${kit}`, false),
            publish(`iot/${kit}/status`, 'online', true),
            publish(`iot/${kit}/state`, state, true),
          ]),
        );
        resolve(0);
      }
    });
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: `kit_${kit}`,
        keepalive: 30,
        will: { topic: `iot/${kit}/status`, payload: Buffer.from('offline'), qos: 0, retain: true },
        ...(users === 'shared' && { username: 'kits', password: Buffer.from('shared password') }),
        ...(users === 'own' && { username: `kit${kit}`, password: Buffer.from(`password ${kit}`) }),
      }),
    );
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'connect') {
    const codes = await Promise.all(Array.from({ length: count }, (_, index) => comeOnline(index + 1)));
    const online = codes.filter((code) => code === 0).length;
    process.stdout.write(`${online} online\n`);
  } else if (line === 'drop') {
    for (const socket of sockets.splice(0)) socket.resetAndDestroy();
    process.stdout.write('dropped\n');
  } else process.exit();
}
