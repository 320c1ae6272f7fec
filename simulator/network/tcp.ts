import { bytesFromString, stringFromBytes } from '../bytes';
import { lwip, type TcpHabits } from './habits';
import type { Hardware } from './hardware';
import type { Wire, WireEvents } from './network';

/** Espruino's own codes for what can go wrong with a socket. Source: libs/network/socketerrors.h */
export const socketError = {
  closed: -1,
  timeout: -3,
  noRoute: -4,
  notFound: -6,
  unsentData: -8,
  reset: -9,
  notConnected: -11,
} as const;

const texts = [
  'connection closed',
  'out of memory',
  'timeout',
  'no route',
  'busy',
  'not found',
  'max sockets',
  'unsent data',
  'connection reset',
  'unknown error',
  'no connection',
];

export function socketErrorText(code: number): string {
  return texts[-1 - code] ?? 'unknown error';
}

/** A chip's TCP as Espruino's sockets see it: polled in each idle pass. Results below 0 are error codes. */
export interface TcpSocket {
  /** Takes bytes to send and says how many; 0 while it can take none. */
  send(bytes: string): number;
  /** The next bytes that have arrived, at most one chunk; '' when there are none. */
  receive(): string | number;
  close(): void;
}

export interface TcpListener {
  accept(): TcpSocket | undefined;
  close(): void;
}

export interface Tcp {
  /** Throws a BoardError when it fails at once. */
  connect(host: string, port: number): TcpSocket;
  listen(port: number): TcpListener;
}

/** What differs between the chips once a connection stands. */
export interface ConnectionRules {
  habits: TcpHabits;
  /** ESP8266: a segment goes out only when the one before is acknowledged, and nothing after the peer's end. */
  oneSegmentAtATime: boolean;
  resetCode: number;
  timeoutCode: number;
}

/** One connection of the chip, from the first SYN until its slot is free again. */
export class TcpConnection implements TcpSocket, WireEvents {
  readonly #received: Uint8Array[] = [];
  #wire: Wire | undefined;
  #error = 0;
  #ended = false;
  #closed = false;
  #underWay = 0;
  #cancelTimeout: (() => void) | undefined;
  /** Called when JavaScript closes a socket that is not connected yet. */
  onAbandoned: (() => void) | undefined;

  constructor(
    private readonly rules: ConnectionRules,
    private readonly hardware: Hardware,
    private readonly onActivity: () => void,
    private readonly onReleased: (connection: TcpConnection) => void,
  ) {}

  get connected(): boolean {
    return this.#wire !== undefined;
  }

  establish(wire: Wire): void {
    this.#wire = wire;
    this.onActivity();
  }

  fail(code: number): void {
    if (this.#error === 0) this.#error = code;
    this.#cancelTimeout?.();
    this.onActivity();
  }

  send(bytes: string): number {
    const { habits, oneSegmentAtATime } = this.rules;
    if (this.#error !== 0) return this.#error;
    if (this.#ended && oneSegmentAtATime) return socketError.closed;
    if (this.#wire === undefined || (oneSegmentAtATime && this.#underWay > 0)) return 0;
    const count = Math.min(bytes.length, habits.window - this.#underWay);
    if (count <= 0) return 0;
    this.#underWay += count;
    this.#watchAcknowledgements();
    this.#wire.send(bytesFromString(bytes.slice(0, count)));
    return count;
  }

  receive(): string | number {
    const segment = this.#received[0];
    if (segment === undefined) {
      if (this.#error !== 0) return this.#error;
      if (this.#wire === undefined) return socketError.notConnected;
      return this.#ended ? socketError.closed : '';
    }
    const { chunk } = this.rules.habits;
    if (segment.length > chunk) this.#received[0] = segment.subarray(chunk);
    else this.#received.shift();
    return stringFromBytes(segment.subarray(0, chunk));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimeout?.();
    if (this.#wire === undefined) {
      if (this.onAbandoned !== undefined) this.onAbandoned();
      else this.#release();
      return;
    }
    if (this.#error !== 0) {
      this.#release();
      return;
    }
    // The slot stays taken until the peer agrees, or until lwIP stops asking.
    this.#cancelTimeout = this.hardware.later(lwip.dataTimeoutMs, () => this.#release());
    this.#wire.close(() => this.#release());
  }

  onData(segment: Uint8Array): void {
    if (this.#closed || this.#error !== 0) return;
    this.#received.push(segment);
    this.onActivity();
  }

  onEnd(): void {
    this.#ended = true;
    this.onActivity();
  }

  onReset(): void {
    if (this.#closed) this.#release();
    else this.fail(this.rules.resetCode);
  }

  onAcknowledged(count: number): void {
    this.#underWay -= count;
    this.#watchAcknowledgements();
    this.onActivity();
  }

  #watchAcknowledgements(): void {
    if (this.#closed) return;
    this.#cancelTimeout?.();
    this.#cancelTimeout =
      this.#underWay > 0
        ? this.hardware.later(lwip.dataTimeoutMs, () => this.fail(this.rules.timeoutCode))
        : undefined;
  }

  #release(): void {
    this.#cancelTimeout?.();
    this.onReleased(this);
  }
}
