import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { EchoSettings } from '../../shared/settings';
import type { VirtualNetwork } from '../../simulator/network';

/** A computer in the kit's network that speaks to the ports on which the kit listens. */
export interface Caller {
  /** Those ports. */
  readonly ports: EchoSettings;
  /** Sends a datagram to the kit. */
  send(text: string): void;
  /** What came back, oldest first. */
  readonly datagrams: readonly string[];
  /** Connects to the kit. */
  connect(): Call;
  close(): void;
}

/** One connection to the kit. */
export interface Call {
  write(text: string): void;
  /** Everything that has come. */
  readonly received: string;
  /** The kit has closed it, or nobody was there. */
  readonly over: boolean;
  hangUp(): void;
}

const virtualIp = '192.168.1.30';
const kitIp = '192.168.1.100';
const host = '127.0.0.1';

/** On a host of its own in a simulated network, whose first board is the kit. */
export function virtualCaller(network: VirtualNetwork): Caller {
  const ports = { udpPort: 9999, tcpPort: 9997 };
  const from = { address: virtualIp, port: 40_000 };
  const datagrams: string[] = [];
  const listener = network.listenUdp(virtualIp, from.port, (datagram) =>
    datagrams.push(datagram.toString('latin1')),
  );
  return {
    ports,
    datagrams,
    send: (text) => network.sendDatagram(from, kitIp, ports.udpPort, Buffer.from(text, 'latin1')),
    connect() {
      const stream = network.dial(kitIp, ports.tcpPort);
      const call = {
        received: '',
        over: stream === undefined,
        write: (text: string) => stream?.write(text),
        hangUp: () => stream?.destroy(),
      };
      stream?.onData((data) => (call.received += data.toString('latin1')));
      stream?.onClose(() => (call.over = true));
      return call;
    },
    close: () => listener.close(),
  };
}

/** On this computer, to a kit on free ports of it; `changed` hears of everything that comes. */
export async function hostCaller(changed = (): void => {}): Promise<Caller> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const datagrams: string[] = [];
  socket.on('message', (datagram) => {
    datagrams.push(datagram.toString('latin1'));
    changed();
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  const ports = { udpPort: await freeUdpPort(), tcpPort: await freeTcpPort() };
  return {
    ports,
    datagrams,
    send: (text) => socket.send(Buffer.from(text, 'latin1'), ports.udpPort, host),
    connect() {
      const stream = connect({ host, port: ports.tcpPort, noDelay: true });
      const call = {
        received: '',
        over: false,
        write: (text: string) => void stream.write(text, 'latin1'),
        hangUp: () => void stream.destroy(),
      };
      stream.on('error', () => {});
      stream.on('data', (data) => {
        call.received += data.toString('latin1');
        changed();
      });
      stream.on('close', () => {
        call.over = true;
        changed();
      });
      return call;
    },
    close: () => socket.close(),
  };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
