import type { SerialPort } from 'serialport';
import { BoardError, type Transport } from '../../flashing/console';
import { openFailure } from './open-failure';

/** Espruino's speed on ESP8266 and ESP32. */
export const usualBaudRate = 115_200;

/**
 * Espruino 2v29 on ESP32 loses what comes in packets of more than 64 bytes, so bytes leave in small pieces.
 * Source: Espruino issue 2718.
 */
const pieceLength = 32;
/** Longer than a piece takes at 115,200 baud, so that two of them do not become one packet. */
const pieceMs = 6;
/** Longest wait for a board that has said XOFF: one that wedges never says XON. */
const pausedMsMax = 1000;

const xon = '\x11';
const xoff = '\x13';

/** A serial port, opened. */
export async function openSerial(path: string, baudRate: number): Promise<Transport> {
  // Its native part is loaded only by those who need it.
  const { SerialPort } = await import('serialport');
  // Without hupcl closing the port does not move DTR, which would reset some boards.
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error) openFailure(path, error).then(reject, reject);
      else resolve();
    });
  });
  return new SerialTransport(port, path);
}

/** What a transport uses of a port. */
export type Port = Pick<SerialPort, 'isOpen' | 'on' | 'once' | 'write' | 'close' | 'set'>;

export class SerialTransport implements Transport {
  onBytes: ((bytes: string) => void) | undefined;
  readonly closed: Promise<void>;
  #queue = '';
  #sending = false;
  #paused = false;
  #resume: (() => void) | undefined;

  constructor(
    private readonly port: Port,
    private readonly path: string,
  ) {
    this.closed = new Promise((resolve) => port.once('close', () => resolve()));
    // A cable that is pulled out gives an error, then 'close'.
    port.on('error', () => {});
    port.on('data', (data: Buffer) => this.#take(data.toString('latin1')));
  }

  write(bytes: string): void {
    this.#queue += bytes;
    if (!this.#sending) void this.#send();
  }

  async close(): Promise<void> {
    if (this.port.isOpen) {
      while (this.#sending && this.port.isOpen) await later(pieceMs);
      await new Promise<void>((resolve) => this.port.close(() => resolve()));
    }
    await this.closed;
  }

  /** The usual circuit of NodeMCU and DevKit boards: RTS alone pulls EN low, DTR alone would pull GPIO0 low. */
  async reset(): Promise<void> {
    try {
      await this.#set({ dtr: false, rts: true });
      await later(100);
      await this.#set({ dtr: false, rts: false });
    } catch {
      throw new BoardError('no-port', `${this.path} has no reset line that could be pulled`);
    }
  }

  #set(lines: { dtr: boolean; rts: boolean }): Promise<void> {
    return new Promise((resolve, reject) =>
      this.port.set(lines, (error) => (error ? reject(error) : resolve())),
    );
  }

  #take(bytes: string): void {
    const last = Math.max(bytes.lastIndexOf(xon), bytes.lastIndexOf(xoff));
    if (last >= 0) {
      this.#paused = bytes[last] === xoff;
      if (!this.#paused) this.#resume?.();
    }
    const text = bytes.replaceAll(xon, '').replaceAll(xoff, '');
    if (text !== '') this.onBytes?.(text);
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#queue !== '' && this.port.isOpen) {
      if (this.#paused) await this.#resumed();
      const piece = this.#queue.slice(0, pieceLength);
      this.#queue = this.#queue.slice(pieceLength);
      this.port.write(Buffer.from(piece, 'latin1'));
      await later(pieceMs);
    }
    this.#queue = '';
    this.#sending = false;
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#paused = false;
        this.#resume = undefined;
        resolve();
      };
      const timer = setTimeout(go, pausedMsMax);
      this.#resume = go;
    });
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
