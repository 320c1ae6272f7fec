import type { SerialPort } from 'serialport';
import { BoardError, PacedLine, type Transport } from '../../flashing/console';
import { openFailure } from './open-failure';

/** Espruino's speed on ESP8266 and ESP32. */
export const usualBaudRate = 115_200;

/** How long the reset line is held low, in milliseconds. */
const resetMs = 100;

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
  readonly #line: PacedLine;

  constructor(
    private readonly port: Port,
    private readonly path: string,
  ) {
    this.#line = new PacedLine({
      send: (bytes) => port.write(Buffer.from(bytes, 'latin1')),
      isOpen: () => port.isOpen,
    });
    this.closed = new Promise((resolve) => port.once('close', () => resolve()));
    // A cable that is pulled out gives an error, then 'close'.
    port.on('error', () => {});
    port.on('data', (data: Buffer) => {
      const bytes = this.#line.take(data.toString('latin1'));
      if (bytes !== '') this.onBytes?.(bytes);
    });
  }

  write(bytes: string): void {
    this.#line.write(bytes);
  }

  async close(): Promise<void> {
    if (this.port.isOpen) {
      await this.#line.drained();
      await new Promise<void>((resolve) => this.port.close(() => resolve()));
    }
    await this.closed;
  }

  /** The usual circuit of NodeMCU and DevKit boards: RTS alone pulls EN low, DTR alone would pull GPIO0 low. */
  async reset(): Promise<void> {
    try {
      await this.#set({ dtr: false, rts: true });
      await new Promise((resolve) => setTimeout(resolve, resetMs));
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
}
