import type { WebSerialPort } from '../../../dashboard/flash/serial/web-serial';

/**
 * A serial port as Chromium gives it to a page: streams that are locked while they are read or written, an exception
 * for who closes it locked, a new stream after an error of the line, none after the cable was pulled out.
 */
export class FakePort implements WebSerialPort {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  /** What the page has typed; each character is a byte. */
  typed = '';
  readonly signals: unknown[] = [];
  opened: unknown;
  /** What open() throws, and whether it ever ends. */
  refusal: Error | undefined;
  hangs = false;
  /** The board's end. */
  onTyped: (bytes: string) => void = () => {};
  onReset: () => void = () => {};
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #onDisconnect: () => void = () => {};

  async open(options: { baudRate: number }): Promise<void> {
    if (this.hangs) await new Promise(() => {});
    if (this.refusal) throw this.refusal;
    if (this.opened) throw new DOMException('The port is already open.', 'InvalidStateError');
    this.opened = options;
    this.#newReadable();
    this.writable = new WritableStream({
      write: (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        this.typed += text;
        this.onTyped(text);
      },
    });
  }

  async close(): Promise<void> {
    if (!this.opened) throw new DOMException('The port is already closed.', 'InvalidStateError');
    if (this.readable?.locked || this.writable?.locked) throw new TypeError('Cannot cancel a locked stream');
    this.opened = undefined;
    this.readable = this.writable = null;
  }

  async setSignals(signals: { requestToSend?: boolean }): Promise<void> {
    this.signals.push(signals);
    if (signals.requestToSend === false) this.onReset();
  }

  addEventListener(_type: 'disconnect', listener: () => void): void {
    this.#onDisconnect = listener;
  }

  /** The board says something. */
  say(bytes: string): void {
    // A view into a larger buffer, as a browser may hand it over.
    const chunk = new Uint8Array(bytes.length + 8).subarray(4, 4 + bytes.length);
    chunk.set(Buffer.from(bytes, 'latin1'));
    try {
      this.#controller?.enqueue(chunk);
    } catch {
      // Nobody listens any more.
    }
  }

  /** What a chip's first loader says at another speed. */
  framingError(): void {
    const broken = this.#controller;
    this.#newReadable();
    broken?.error(new DOMException('A framing error was detected.', 'FramingError'));
  }

  unplug(): void {
    const broken = this.#controller;
    this.readable = this.writable = null;
    broken?.error(new DOMException('The device has been lost.', 'NetworkError'));
    this.#onDisconnect();
  }

  #newReadable(): void {
    this.readable = new ReadableStream({ start: (controller) => void (this.#controller = controller) });
  }
}

/** What navigator.serial is to the page. */
export class FakeSerial {
  asked = 0;

  constructor(private readonly choice: FakePort | Error) {}

  async requestPort(): Promise<FakePort> {
    this.asked++;
    if (this.choice instanceof Error) throw this.choice;
    return this.choice;
  }
}
