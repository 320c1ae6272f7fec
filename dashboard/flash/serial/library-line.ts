import { BrowserError, within } from './browser-error';
import type { SteadyPort } from './steady-port';

/** What is used of the connection that @espruino-tools/core makes. A character of a string is a byte. */
export interface LibraryLine {
  on(event: 'data', listener: (bytes: string) => void): void;
  write(bytes: string): void;
}

/** Of @espruino-tools/core. */
interface Library {
  DeviceController: new () => { UART: { connect(opened: () => void): LibraryLine } };
}

const loadMs = 20_000;
const connectMs = 5000;

/** Loaded by the first board that is plugged in: it brings a compiler along. */
export function loadLibrary(): Promise<Library> {
  return import('@espruino-tools/core') as unknown as Promise<Library>;
}

/**
 * The library's Web Serial connection over a port that is open already. Only its connection is used: its loadCode()
 * corrupts code with backticks, its reset() erases saved code, its connect() types to pins that a kit uses for a lamp,
 * its eval() refuses 127.0.0.1, its close() throws, and it has no word for a port that was not chosen or not opened.
 * `listen` is called before the first byte. Throws a BrowserError.
 */
export async function libraryLine(
  port: SteadyPort,
  listen: (line: LibraryLine) => void,
  load = loadLibrary,
): Promise<LibraryLine> {
  const { DeviceController } = await within(loaded(load), loadMs, 'loading @espruino-tools/core');
  const { UART } = new DeviceController();
  let line: LibraryLine | undefined;
  const opened = new Promise<void>((resolve) => {
    line = UART.connect(resolve);
    listen(line);
    pressWebSerial(port);
  });
  await within(opened, connectMs, 'connecting through @espruino-tools/core');
  return line!;
}

async function loaded(load: typeof loadLibrary): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    throw new BrowserError('page-broken', `@espruino-tools/core was not loaded: ${String(error)}`);
  }
}

/**
 * The library asks in a window of its own which kind of connection it shall be, and the browser then which port. Both
 * are answered before anything is painted: the port was chosen and opened by us, who can tell what went wrong with it.
 */
function pressWebSerial(port: SteadyPort): void {
  const choices = document.body.lastElementChild?.lastElementChild?.children ?? [];
  const choice = Array.from(choices).find(({ textContent }) => textContent?.includes('Web Serial'));
  if (!choice) throw new BrowserError('page-broken', '@espruino-tools/core offers no Web Serial');
  const serial: object = (navigator as unknown as { serial: object }).serial;
  const own = Object.getOwnPropertyDescriptor(serial, 'requestPort');
  Object.defineProperty(serial, 'requestPort', { configurable: true, value: () => Promise.resolve(port) });
  try {
    (choice as HTMLElement).click();
  } finally {
    if (own) Object.defineProperty(serial, 'requestPort', own);
    else delete (serial as { requestPort?: unknown }).requestPort;
  }
}
