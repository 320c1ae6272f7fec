import type { Page } from 'playwright-core';
import type { UsbBoard } from './usb-board';

/** What the page and the test say to each other. */
interface Cable {
  /** Of the test: what the page has typed, with one of these words in front. */
  lamplighterTyped(bytes: string): Promise<void>;
  /** Of the page: what the board says. */
  lamplighterSay(bytes: string): void;
  lamplighterFramingError(): void;
  lamplighterUnplug(): void;
  /** Name of the exception that the choice of a port ends with; absent: the port. */
  lamplighterRefusal?: string | undefined;
  lamplighterBusy?: boolean;
}

/**
 * Runs in the page before anything else: Web Serial with one port, whose other end is a virtual board of the test's. It is
 * made of the browser's own streams, so locks, errors and views into buffers are as with a real port.
 */
function fakeSerial(): void {
  const cable = window as unknown as Cable;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const newReadable = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ start: (made) => void (controller = made) });

  class FakeSerialPort extends EventTarget {
    readable: ReadableStream<Uint8Array> | null = null;
    writable: WritableStream<Uint8Array> | null = null;

    async open(): Promise<void> {
      if (cable.lamplighterBusy) throw new DOMException('Failed to open serial port.', 'NetworkError');
      if (this.readable) throw new DOMException('The port is already open.', 'InvalidStateError');
      this.readable = newReadable();
      this.writable = new WritableStream({
        write: (bytes) => cable.lamplighterTyped(String.fromCharCode(...bytes)),
      });
    }

    async close(): Promise<void> {
      if (!this.readable) throw new DOMException('The port is already closed.', 'InvalidStateError');
      await Promise.all([this.readable.cancel(), this.writable!.abort()]);
      this.readable = this.writable = null;
    }

    async setSignals(): Promise<void> {}
  }

  const port = new FakeSerialPort();
  cable.lamplighterSay = (bytes) => {
    const chunk = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
    if (port.readable) controller?.enqueue(chunk);
  };
  cable.lamplighterFramingError = () => {
    const broken = controller;
    port.readable = newReadable();
    broken?.error(new DOMException('A framing error was detected.', 'FramingError'));
  };
  cable.lamplighterUnplug = () => {
    const broken = controller;
    port.readable = port.writable = null;
    broken?.error(new DOMException('The device has been lost.', 'NetworkError'));
    port.dispatchEvent(new Event('disconnect'));
  };
  const serial = {
    requestPort(): Promise<FakeSerialPort> {
      const { lamplighterRefusal } = cable;
      const activation = navigator.userActivation.isActive;
      if (!activation)
        return Promise.reject(new DOMException('Must be handling a user gesture.', 'SecurityError'));
      if (lamplighterRefusal)
        return Promise.reject(new DOMException('No port selected.', lamplighterRefusal));
      return Promise.resolve(port);
    },
  };
  Object.defineProperty(navigator, 'serial', { configurable: true, value: serial });
}

/** Plugs a virtual board into the computer that the browser of this page runs on. To be called before the page is opened. */
export async function plugInto(page: Page, board: UsbBoard): Promise<void> {
  const { onTyped } = board.port;
  await page.exposeFunction('lamplighterTyped', (bytes: string) => onTyped(bytes));
  let saying: Promise<unknown> = Promise.resolve();
  board.port.say = (bytes) => {
    saying = saying
      .then(() => page.evaluate((text) => (window as unknown as Cable).lamplighterSay(text), bytes))
      .catch(() => {});
  };
  await page.addInitScript(fakeSerial);
}

export function framingError(page: Page): Promise<void> {
  return page.evaluate(() => (window as unknown as Cable).lamplighterFramingError());
}

export function unplug(page: Page): Promise<void> {
  return page.evaluate(() => (window as unknown as Cable).lamplighterUnplug());
}

/** How the next choice of a port ends; undefined: with the port. */
export function refuse(page: Page, name: string | undefined): Promise<void> {
  return page.evaluate((given) => void ((window as unknown as Cable).lamplighterRefusal = given), name);
}

export function occupy(page: Page, busy: boolean): Promise<void> {
  return page.evaluate((given) => void ((window as unknown as Cable).lamplighterBusy = given), busy);
}
