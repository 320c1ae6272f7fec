import { BrowserError, within } from './browser-error';
import type { WebSerialPort } from './web-serial';

/** Espruino's speed on ESP8266 and ESP32. */
const baudRate = 115_200;
/** What a board says while the page is busy; 255 bytes unless told otherwise. */
const bufferSize = 16_384;
const openMs = 10_000;
const closeMs = 3000;
const signalsMs = 2000;
/** How long the reset line is held low, in milliseconds. */
const resetMs = 100;
/** Errors in a row, without a byte between them, after which a port is given up. */
const errorsMax = 100;

/**
 * An open port as @espruino-tools/core expects one, but steady. What its own reading does not survive ends here: what
 * a chip's first loader says at 74,880 baud is a framing error to a browser, and a cable that is pulled out an
 * exception that nobody catches. Its close() fails since it never stops reading; this one stops first.
 */
export class SteadyPort {
  /** Settles when the cable is out, or the port closed and free for others. */
  readonly ended: Promise<void>;
  readonly readable = { getReader: () => ({ read: () => this.#read(), releaseLock: () => {} }) };
  readonly writable = {
    getWriter: () => ({ write: (bytes: BufferSource) => this.#write(bytes), releaseLock: () => {} }),
  };
  #end!: () => void;
  #open = true;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  private constructor(private readonly port: WebSerialPort) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    port.addEventListener?.('disconnect', () => this.#lost());
  }

  /** Opens the port. Throws a BrowserError. */
  static async open(port: WebSerialPort): Promise<SteadyPort> {
    try {
      await within(port.open({ baudRate, bufferSize }), openMs, 'opening the port');
    } catch (error) {
      if (error instanceof BrowserError) throw error;
      throw new BrowserError('port-not-opened', String(error));
    }
    return new SteadyPort(port);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The library opens what it is given; it is open. */
  open(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (!this.#open) return this.ended;
    this.#open = false;
    const closed = async (): Promise<void> => {
      await this.#reader?.cancel().catch(() => {});
      await this.#writer?.close().catch(() => {});
      this.#release();
      await this.port.close();
    };
    // A port that cannot be closed is lost, and the browser's to tidy up.
    await within(closed(), closeMs, 'closing the port').catch(() => {});
    this.#end();
  }

  /** The usual circuit of NodeMCU and DevKit boards: RTS alone pulls EN low, DTR alone would pull GPIO0 low. */
  async reset(): Promise<void> {
    const set = (requestToSend: boolean): Promise<void> =>
      within(
        this.port.setSignals?.({ dataTerminalReady: false, requestToSend }) ?? Promise.resolve(),
        signalsMs,
        'pulling the reset line',
      );
    await set(true);
    await new Promise((resolve) => setTimeout(resolve, resetMs));
    await set(false);
  }

  async #read(): Promise<{ value?: Uint8Array; done: boolean }> {
    for (let errors = 0; errors < errorsMax && this.#open && this.port.readable;) {
      try {
        this.#reader ??= this.port.readable.getReader();
        const { value, done } = await this.#reader.read();
        // A copy of its own: the library takes all of the buffer behind it.
        if (value && value.length > 0) return { value: value.slice(), done: false };
        if (done) break;
      } catch {
        // The next stream, if there is one, goes on after what could not be read.
        errors++;
        this.#reader?.releaseLock();
        this.#reader = undefined;
      }
    }
    this.#lost();
    return { done: true };
  }

  async #write(bytes: BufferSource): Promise<void> {
    if (!this.#open || !this.port.writable) return;
    const copy = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer);
    try {
      this.#writer ??= this.port.writable.getWriter();
      await this.#writer.write(copy);
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#release();
    // It is no more the browser's to hold either; where it is gone already, this fails.
    void this.port
      .close()
      .catch(() => {})
      .then(() => this.#end());
  }

  #release(): void {
    try {
      this.#reader?.releaseLock();
      this.#writer?.releaseLock();
    } catch {
      // A read that is still under way keeps its lock, and ends with the port.
    }
  }
}
