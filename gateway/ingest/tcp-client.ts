import type { Socket } from 'node:net';
import { networkOf } from '../settings/address';
import { JsonSplitter } from './json-splitter';

/** What a client needs of the server that it is connected to. */
export interface TcpRoom {
  now(): number;
  /** Takes a reading; returns the id of its sensor. Throws one sentence. */
  take(json: unknown, address: string): string;
  /** A message was no reading, and why. */
  onProblem(sentence: string, address: string): void;
  onReported(client: TcpClient): void;
  /** Whether more is read of this address only later. */
  mustWait(address: string): boolean;
  charge(address: string, messages: number): void;
  /** Calls `goOn` when the clients before this one had their turn. */
  queue(client: TcpClient): void;
  /** Whether the client has something that needs `tick`. */
  watch(client: TcpClient, needsTicks: boolean): void;
  /** The client does not read its answers, or does again. */
  onStall(client: TcpClient, stalled: boolean): void;
}

/** Messages that are read before the other clients have their turn. */
const turnMax = 32;

/**
 * One connection: readings in, an answer to each. What it may hold is bounded: an unfinished object, a piece of bytes that
 * waits for its turn, and the answers that the client does not read, after which nothing more is read from it.
 */
export class TcpClient {
  readonly address: string;
  readonly network: string;
  /** When bytes came in last. */
  seenMs: number;
  hasReported = false;
  readonly #socket: Socket;
  readonly #room: TcpRoom;
  readonly #splitter: JsonSplitter;
  #answers = '';
  #told = 0;
  /** Bytes that were received and are yet to be read. */
  #rest: Buffer | undefined;
  #isLimited = false;
  #hasEnded = false;

  constructor(socket: Socket, room: TcpRoom) {
    this.#socket = socket;
    this.#room = room;
    this.address = socket.remoteAddress ?? '';
    this.network = networkOf(this.address);
    this.seenMs = room.now();
    this.#splitter = new JsonSplitter({
      message: (json) => this.#onMessage(json),
      problem: (sentence) => this.#onProblem(sentence),
      newline: () => (this.#answers += '\n'),
    });
    socket.on('data', (bytes) => {
      this.seenMs = room.now();
      this.#read(bytes);
    });
    // Told as soon as it has come, and not only when all that came before has been read.
    socket.on('end', () => {
      this.#hasEnded = true;
      if (!this.#rest) this.#finish();
    });
    socket.on('drain', () => {
      room.onStall(this, false);
      this.goOn();
    });
    // 'close' follows and is what counts.
    socket.on('error', () => undefined);
  }

  /** Gives up an object that stays open, and goes on when the address may send again. */
  tick(): void {
    this.#splitter.tick(this.#room.now());
    this.#send();
    if (this.#isLimited) this.goOn();
    this.#watch();
  }

  /** Reads on: after its answers were read, the others had their turn, or time has passed. */
  goOn(): void {
    if (this.#socket.destroyed || this.#socket.writableNeedDrain) return;
    if (this.#rest) this.#read(this.#rest);
    else this.#socket.resume();
  }

  /** What is sent already still arrives. */
  end(): void {
    this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#isLimited = this.#room.mustWait(this.address);
    this.#told = 0;
    const used = this.#isLimited ? 0 : this.#splitter.push(bytes, this.#room.now(), turnMax);
    if (this.#told > 0) this.#room.charge(this.address, this.#told);
    const mayGoOn = this.#send();
    this.#rest = used < bytes.length ? bytes.subarray(used) : undefined;
    this.#watch();
    if (this.#hasEnded && !this.#rest) return this.#finish();
    if (mayGoOn && !this.#rest) {
      if (this.#socket.isPaused()) this.#socket.resume();
      return;
    }
    this.#socket.pause();
    if (!mayGoOn) this.#room.onStall(this, true);
    else if (!this.#isLimited) this.#room.queue(this);
  }

  /** A client that has sent all it has still wants its answers. */
  #finish(): void {
    this.#splitter.end();
    this.#send();
    this.#socket.end();
  }

  #watch(): void {
    this.#room.watch(this, this.#isLimited || this.#splitter.waiting);
  }

  #onMessage(json: unknown): void {
    let sensor: string;
    try {
      sensor = this.#room.take(json, this.address);
    } catch (error) {
      this.#onProblem((error as Error).message);
      return;
    }
    this.#told++;
    this.#answers += `{"status":"ok","received":"${sensor}"}`;
    this.hasReported = true;
    this.#room.onReported(this);
  }

  #onProblem(error: string): void {
    this.#told++;
    this.#room.onProblem(error, this.address);
    this.#answers += JSON.stringify({ status: 'error', error });
  }

  /** False when the client has to read its answers before it is answered again. */
  #send(): boolean {
    const answers = this.#answers;
    this.#answers = '';
    if (!this.#socket.writable) return true;
    return answers === '' ? !this.#socket.writableNeedDrain : this.#socket.write(answers);
  }
}
