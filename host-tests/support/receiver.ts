import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { ReportSettings } from '../../shared/settings';
import type { VirtualNetwork } from '../../simulator/network';
import type { BrokerNetwork, BrokerStream } from './broker';
import { HostPort } from './host-port';

export type ReportedBy = ReportSettings['by'];

/** What a kit has sent at once: a body of HTTP, one message over TCP, or one datagram. */
export interface Batch {
  atMs: number;
  readings: Record<string, number | string>[];
  /** Without it nothing tells a batch that was sent twice. */
  key?: string;
  /** Request line and headers as they came, each a line. */
  head: string[];
}

/** What the receiver does wrong, until a test sets it right. */
export interface ReceiverFaults {
  /** Status of its answers; over TCP any but 201 is an error. */
  status: number;
  /** Takes everything and answers nothing. */
  mute: boolean;
  /** Takes a batch, and then loses the connection instead of answering. */
  dropAnswer: boolean;
  /** Does not close after its answer. */
  keepsOpen: boolean;
  /** Answers before it has read the body. */
  hasty: boolean;
}

/**
 * What a kit reports to: some server that takes HTTP, TCP or UDP, in the few lines that its protocol needs. It knows what a
 * gateway has to know: a batch whose key it has seen counts once.
 */
export class Receiver {
  readonly faults: ReceiverFaults = {
    status: 201,
    mute: false,
    dropAnswer: false,
    keepsOpen: false,
    hasty: false,
  };
  /** Everything that came whole, the oldest first, what came twice included. */
  readonly batches: Batch[] = [];
  /** Connections that stand, and all there were. */
  connectionCount = 0;
  connections = 0;
  /** The most that stood at once. */
  mostAtOnce = 0;
  /** Hears of each batch. */
  onBatch: (() => void) | undefined;

  constructor(
    readonly by: ReportedBy,
    private readonly now: () => number,
  ) {}

  /** The readings that count, in the order in which they came. */
  get readings(): Batch['readings'] {
    const keys = new Set<string>();
    return this.batches.flatMap(({ key, readings }) => {
      if (key !== undefined && keys.has(key)) return [];
      if (key !== undefined) keys.add(key);
      return readings;
    });
  }

  get sequence(): number[] {
    return this.readings.map(({ seq }) => Number(seq));
  }

  /** One connection. */
  accept(stream: BrokerStream): void {
    let bytes = '';
    let open = true;
    this.connections++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.connectionCount);
    const over = (): void => {
      if (open) this.connectionCount--;
      open = false;
    };
    const answer = (): void => {
      if (this.faults.mute || !open) return;
      this.#answer(stream);
      if (this.by === 'tcp' || this.faults.keepsOpen) return;
      stream.destroy();
      over();
    };
    stream.onClose(over);
    stream.onData((data) => {
      bytes += data.toString('latin1');
      if (this.faults.hasty && bytes.includes('\r\n\r\n')) answer();
      for (;;) {
        const found = this.by === 'http' ? request(bytes) : line(bytes);
        if (found === undefined || !open) return;
        bytes = bytes.slice(found.length);
        this.#take(found.head, found.body);
        if (this.faults.dropAnswer) {
          stream.reset();
          over();
        }
        answer();
      }
    });
  }

  takeDatagram(datagram: Buffer): void {
    this.#take([], datagram.toString('latin1'));
  }

  #take(head: string[], body: string): void {
    const parsed = JSON.parse(body) as Batch['readings'] | Batch['readings'][number];
    const key = head.find((text) => /^idempotency-key:/i.test(text))?.replace(/^[^:]*: */, '');
    const readings = Array.isArray(parsed) ? parsed : [parsed];
    // What is refused does not count.
    if (this.faults.status < 300)
      this.batches.push({ atMs: this.now(), readings, head, ...(key !== undefined && { key }) });
    this.onBatch?.();
  }

  #answer(stream: BrokerStream): void {
    const { status } = this.faults;
    if (this.by === 'tcp') {
      const error = { status: 'error', error: 'light: expected a number, got nothing' };
      const answer = status < 300 ? { status: 'ok', received: 'kit_2' } : error;
      stream.write(`${JSON.stringify(answer)}\n`);
      return;
    }
    const body = JSON.stringify({ stored: 1 });
    stream.write(
      `HTTP/1.1 ${status} ${status < 300 ? 'Created' : 'Oh dear'}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
}

interface Found {
  /** Bytes that it takes. */
  length: number;
  head: string[];
  body: string;
}

/** A whole HTTP request at the beginning of the text. */
function request(text: string): Found | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).split('\r\n');
  const length = Number(/^content-length: *(\d+)$/im.exec(text.slice(0, headEnd).replaceAll('\r', ''))![1]);
  if (text.length < headEnd + 4 + length) return undefined;
  return { length: headEnd + 4 + length, head, body: text.slice(headEnd + 4, headEnd + 4 + length) };
}

function line(text: string): Found | undefined {
  const end = text.indexOf('\n');
  return end < 0 ? undefined : { length: end + 1, head: [], body: text.slice(0, end) };
}

/** Where a receiver listens, what the kit's configuration says of it, and how that place is turned off. */
export interface ReceiverPlace {
  receiver: Receiver;
  settings: ReportSettings;
  /** False: nobody listens there, as when the server's program has ended. */
  setUp(up: boolean): void;
  close(): void;
}

const virtualIp = '192.168.1.20';
const ports: Record<ReportedBy, number> = { http: 5000, tcp: 9999, udp: 9998 };

/** On a host of its own in a simulated network. */
export function virtualReceiver(network: VirtualNetwork, by: ReportedBy, now: () => number): ReceiverPlace {
  const receiver = new Receiver(by, now);
  const port = ports[by];
  let close = (): void => {};
  const setUp = (up: boolean): void => {
    close();
    close = () => {};
    if (!up) return;
    if (by === 'udp') {
      ({ close } = network.listenUdp(virtualIp, port, (datagram) => receiver.takeDatagram(datagram)));
    } else ({ close } = network.listen(virtualIp, port, (stream) => receiver.accept(stream)));
  };
  setUp(true);
  return { receiver, settings: { by, host: virtualIp, port }, setUp, close: () => close() };
}

/** On a free port of this computer. */
export async function hostReceiver(by: ReportedBy, now: () => number): Promise<ReceiverPlace> {
  const receiver = new Receiver(by, now);
  const host = '127.0.0.1';
  if (by === 'udp') {
    let up = true;
    const socket = createSocket('udp4', (datagram) => {
      if (up) receiver.takeDatagram(datagram);
    });
    socket.bind(0, host);
    await once(socket, 'listening');
    const { port } = socket.address();
    return { receiver, settings: { by, host, port }, setUp: (on) => (up = on), close: () => socket.close() };
  }
  const place: HostPort & BrokerNetwork = await HostPort.open();
  const { port } = place;
  let listener = place.listen(host, port, (stream) => receiver.accept(stream));
  let listening = true;
  const setUp = (up: boolean): void => {
    if (up === listening) return;
    listening = up;
    if (up) listener = place.listen(host, port, (stream) => receiver.accept(stream));
    else listener.close();
  };
  return { receiver, settings: { by, host, port }, setUp, close: () => place.close() };
}
