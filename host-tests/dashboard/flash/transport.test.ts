import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BrowserError } from '../../../dashboard/flash/serial/browser-error';
import { loadLibrary } from '../../../dashboard/flash/serial/library-line';
import { WebSerialTransport } from '../../../dashboard/flash/serial/web-serial-transport';
import { fakePage } from './fake-page';
import { FakePort, FakeSerial } from './fake-port';

let port: FakePort;
let serial: FakeSerial;
let body: ReturnType<typeof fakePage>['body'];

const atOnce = (): Promise<void> => Promise.resolve();

beforeEach(() => {
  port = new FakePort();
  serial = new FakeSerial(port);
  ({ body } = fakePage(serial));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function opened(): Promise<{ transport: WebSerialTransport; heard: () => string }> {
  const transport = await WebSerialTransport.open(port, atOnce);
  let heard = '';
  transport.onBytes = (bytes) => (heard += bytes);
  return { transport, heard: () => heard };
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'none',
    (error: unknown) => error,
  );
  return error instanceof BrowserError ? error.kind : String(error);
}

const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
/** XON and XOFF are said to the page, not to who reads. */
const everyReadable = every.replace(/[\x11\x13]/g, '');

test('every byte goes through unchanged in both directions, backticks and ${ among them', async () => {
  const { transport, heard } = await opened();
  const text = every + '`${code}`'.repeat(20);
  transport.write(text);
  await vi.waitFor(() => expect(port.typed).toBe(text));
  port.say(everyReadable);
  port.say('`${code}`');
  await vi.waitFor(() => expect(heard()).toBe(everyReadable + '`${code}`'));
  await transport.close();
});

test('the library asks nobody: its window is gone at once, and the port is the one that was chosen before', async () => {
  const { transport } = await opened();
  expect(body.children).toEqual([]);
  expect(serial.asked).toBe(0);
  expect(Object.hasOwn(serial, 'requestPort')).toBe(false);
  expect(port.opened).toMatchObject({ baudRate: 115_200 });
  await transport.close();
});

test('what a chip says at another speed as it starts does not end the reading', async () => {
  const { transport, heard } = await opened();
  port.say('before ');
  for (let error = 0; error < 5; error++) {
    port.framingError();
    await new Promise((resolve) => setTimeout(resolve));
  }
  port.say('after');
  await vi.waitFor(() => expect(heard()).toMatch(/after$/));
  await transport.close();
});

test('a cable that is pulled out closes the connection; writing to it afterwards harms nobody', async () => {
  const { transport } = await opened();
  port.unplug();
  await transport.closed;
  transport.write('reset()\n');
  await transport.close();
});

test('a closed port is free for others, and is opened again', async () => {
  const { transport } = await opened();
  transport.write('E.reboot()\n');
  await transport.close();
  expect(port.typed).toBe('E.reboot()\n');
  expect(port.opened).toBeUndefined();
  const again = await opened();
  port.say('hello');
  await vi.waitFor(() => expect(again.heard()).toBe('hello'));
  await again.transport.close();
});

test('the reset line is RTS alone: DTR would pull GPIO0', async () => {
  const { transport } = await opened();
  await transport.reset();
  expect(port.signals).toEqual([
    { dataTerminalReady: false, requestToSend: true },
    { dataTerminalReady: false, requestToSend: false },
  ]);
  await transport.close();
});

describe('what cannot work is named', () => {
  test('a port that another program has, or that this user may not open', async () => {
    port.refusal = new DOMException('Failed to open serial port.', 'NetworkError');
    expect(await failure(opened())).toBe('port-not-opened');
  });

  test('a port that is never opened', async () => {
    vi.useFakeTimers();
    port.hangs = true;
    const kind = failure(opened());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await kind).toBe('browser-silent');
  });

  test('a library that is not there; the port is free again', async () => {
    const missing = (): ReturnType<typeof loadLibrary> => Promise.reject(new TypeError('Failed to fetch'));
    expect(await failure(WebSerialTransport.open(port, atOnce, missing))).toBe('page-broken');
    expect(port.opened).toBeUndefined();
  });

  test('a library that never comes', async () => {
    vi.useFakeTimers();
    const kind = failure(WebSerialTransport.open(port, atOnce, () => new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await kind).toBe('browser-silent');
    expect(port.opened).toBeUndefined();
  });

  test('a library that offers no Web Serial, or never connects', async () => {
    const line = { on: () => {}, write: () => {} };
    const library = (): ReturnType<typeof loadLibrary> =>
      Promise.resolve({
        DeviceController: class {
          UART = { connect: () => line };
        },
      });
    expect(await failure(WebSerialTransport.open(port, atOnce, library))).toBe('page-broken');
  });
});
