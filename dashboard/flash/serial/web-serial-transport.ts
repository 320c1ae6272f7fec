import { PacedLine, type Transport } from '../../../flashing/console';
import { type LibraryLine, libraryLine, loadLibrary } from './library-line';
import { SteadyPort } from './steady-port';
import type { WebSerialPort } from './web-serial';

/** A board's console over Web Serial. */
export class WebSerialTransport implements Transport {
  onBytes: ((bytes: string) => void) | undefined;
  readonly closed: Promise<void>;
  readonly #line: PacedLine;
  #library: LibraryLine | undefined;

  private constructor(
    private readonly port: SteadyPort,
    wait: (ms: number) => Promise<void>,
  ) {
    this.closed = port.ended;
    this.#line = new PacedLine({
      send: (bytes) => this.#library?.write(bytes),
      isOpen: () => port.isOpen,
      wait,
    });
  }

  /** Opens a port that the user has chosen. `wait` keeps its time in a page that is not in front. Throws a BrowserError. */
  static async open(
    port: WebSerialPort,
    wait: (ms: number) => Promise<void>,
    load = loadLibrary,
  ): Promise<WebSerialTransport> {
    const steady = await SteadyPort.open(port);
    const transport = new WebSerialTransport(steady, wait);
    try {
      const listen = (line: LibraryLine): void => line.on('data', (bytes) => transport.#take(bytes));
      transport.#library = await libraryLine(steady, listen, load);
      return transport;
    } catch (error) {
      await steady.close();
      throw error;
    }
  }

  write(bytes: string): void {
    this.#line.write(bytes);
  }

  async close(): Promise<void> {
    await this.#line.drained();
    // The library's own close() goes on to read from what it has just forgotten.
    await this.port.close();
    await this.closed;
  }

  reset(): Promise<void> {
    return this.port.reset();
  }

  #take(bytes: string): void {
    const text = this.#line.take(bytes);
    if (text !== '') this.onBytes?.(text);
  }
}
