import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Port, SerialTransport } from '../../../cli/board-console/serial-transport';

/** A port that notes what it is given to send. */
class NotingPort extends EventEmitter {
  isOpen = true;
  readonly sent: string[] = [];
  readonly lines: unknown[] = [];

  write(bytes: Buffer): boolean {
    this.sent.push(bytes.toString('latin1'));
    return true;
  }

  close(done: () => void): void {
    this.isOpen = false;
    this.emit('close');
    done();
  }

  set(lines: unknown, done: (error: Error | null) => void): void {
    this.lines.push(lines);
    done(null);
  }
}

let port: NotingPort;
let transport: SerialTransport;

beforeEach(() => {
  vi.useFakeTimers();
  port = new NotingPort();
  transport = new SerialTransport(port as unknown as Port, '/dev/ttyUSB0');
});

afterEach(() => void vi.useRealTimers());

const said = (bytes: string): boolean => port.emit('data', Buffer.from(bytes, 'latin1'));

describe('what is written', () => {
  const long = 'x'.repeat(100);

  it('leaves in pieces that an ESP32 takes, with a pause between them', async () => {
    transport.write(long);
    expect(port.sent).toEqual(['x'.repeat(32)]);
    await vi.advanceTimersByTimeAsync(5);
    expect(port.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(port.sent.map(({ length }) => length)).toEqual([32, 32, 32, 4]);
  });

  it('waits from XOFF to XON, and both are kept from the reader', async () => {
    const heard: string[] = [];
    transport.onBytes = (bytes) => heard.push(bytes);
    transport.write(long);
    said('a\x13b');
    await vi.advanceTimersByTimeAsync(500);
    expect(port.sent).toHaveLength(1);
    said('\x11');
    await vi.advanceTimersByTimeAsync(100);
    expect(port.sent.join('')).toBe(long);
    expect(heard).toEqual(['ab']);
  });

  it('goes on after a second, since a board that wedges never says XON', async () => {
    said('\x13');
    transport.write(long);
    await vi.advanceTimersByTimeAsync(900);
    expect(port.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(port.sent.join('')).toBe(long);
  });

  it('is sent to its end before the port is closed', async () => {
    transport.write(long);
    const closed = transport.close();
    await vi.advanceTimersByTimeAsync(100);
    await closed;
    expect(port.sent.join('')).toBe(long);
    expect(port.isOpen).toBe(false);
  });
});

it('reset pulls EN low by RTS for a while, and leaves GPIO0 alone', async () => {
  const done = transport.reset();
  await vi.advanceTimersByTimeAsync(50);
  expect(port.lines).toEqual([{ dtr: false, rts: true }]);
  await vi.advanceTimersByTimeAsync(100);
  await done;
  expect(port.lines).toEqual([
    { dtr: false, rts: true },
    { dtr: false, rts: false },
  ]);
});
