import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';

/** A broker for one client, on loopback: grants everything, forwards nothing, tells every packet, sends what it is told. */
export class PlainBroker {
  /** Packets of the client, oldest first. */
  readonly packets: Packet[] = [];
  #socket: Socket | undefined;
  #waiting: { fact: () => boolean; done: () => void } | undefined;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async listen(): Promise<PlainBroker> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PlainBroker(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Messages of the client under `iot/<kit>/`, by the rest of their topic. */
  count(name: string): number {
    return this.packets.filter((packet) => packet.cmd === 'publish' && packet.topic.endsWith(`/${name}`))
      .length;
  }

  /** All packets in one write. */
  send(...packets: Packet[]): void {
    this.sendBytes(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  sendBytes(bytes: Buffer): void {
    this.#socket?.write(bytes);
  }

  drop(): void {
    this.#socket?.destroy();
  }

  /** Resolves to whether `fact` came to hold, looked at after each packet. */
  until(fact: () => boolean, withinMs: number): Promise<boolean> {
    if (fact()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        clearTimeout(deadline);
        this.#waiting = undefined;
        resolve(held);
      };
      const deadline = setTimeout(() => end(false), withinMs);
      this.#waiting = { fact, done: () => end(true) };
    });
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #serve(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => this.#onPacket(socket, packet));
    packets.on('error', () => socket.destroy());
    socket.on('data', (data) => packets.parse(data));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
  }

  #onPacket(socket: Socket, packet: Packet): void {
    const answer = answerTo(packet);
    if (answer && !socket.destroyed) socket.write(generate(answer));
    this.packets.push(packet);
    if (this.#waiting?.fact()) this.#waiting.done();
  }
}

function answerTo(packet: Packet): Packet | undefined {
  if (packet.cmd === 'connect') return { cmd: 'connack', returnCode: 0, sessionPresent: false };
  if (packet.cmd === 'subscribe') {
    const granted = packet.subscriptions.map(({ qos }) => qos);
    return { cmd: 'suback', messageId: packet.messageId!, granted };
  }
  if (packet.cmd === 'publish' && packet.qos > 0) return { cmd: 'puback', messageId: packet.messageId! };
  if (packet.cmd === 'pingreq') return { cmd: 'pingresp' };
  return undefined;
}
