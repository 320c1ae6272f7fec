import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';

/** An MQTT client that says what the test says and nothing of its own. */
export class RawClient {
  readonly packets: Packet[] = [];
  closed = false;
  #wake: () => void = () => undefined;

  constructor(readonly stream: Duplex) {
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet: Packet) => {
      this.packets.push({ ...packet });
      this.#wake();
    });
    stream.on('data', (bytes: Buffer) => packets.parse(bytes));
    stream.on('error', () => undefined);
    // A WebSocket that was closed ends.
    for (const event of ['close', 'end'])
      stream.on(event, () => {
        this.closed = true;
        this.#wake();
      });
  }

  static to(port: number): RawClient {
    return new RawClient(connect(port, '127.0.0.1'));
  }

  /** Connects, and resolves with CONNACK's code. */
  async login(fields: Partial<IConnectPacket> = {}): Promise<number> {
    this.send({
      cmd: 'connect',
      ...{ protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0, clientId: 'kit_2' },
      ...fields,
    });
    const packet = await this.next('connack');
    return packet.cmd === 'connack' ? packet.returnCode! : -1;
  }

  send(...packets: Packet[]): void {
    this.stream.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  publish(topic: string, payload: string | Buffer = 'x', fields: object = {}): void {
    this.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...fields });
  }

  /** What each filter is granted: a QoS, or 128. */
  async subscribe(...filters: string[]): Promise<number[]> {
    const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const }));
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    const packet = await this.next('suback');
    return packet.cmd === 'suback' ? (packet.granted as number[]) : [];
  }

  /** Resolves when everything that was sent before has been dealt with. */
  async ping(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    await this.next('pingresp');
  }

  /** Takes the next packet of the kind, and leaves the others. Rejects when the connection ends first. */
  async next(kind: Packet['cmd']): Promise<Packet> {
    for (;;) {
      const index = this.packets.findIndex(({ cmd }) => cmd === kind);
      if (index >= 0) return this.packets.splice(index, 1)[0]!;
      if (this.closed) throw new Error(`closed while waiting for ${kind}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async end(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  destroy(): void {
    if (this.stream instanceof Socket && !(this.stream instanceof TLSSocket)) this.stream.resetAndDestroy();
    else this.stream.destroy();
  }
}

/** What was published to the client, as `topic payload`, so far, without what was taken. */
export function texts(client: RawClient): string[] {
  return client.packets.flatMap((packet) =>
    packet.cmd === 'publish' ? [`${packet.topic} ${String(packet.payload)}`] : [],
  );
}
