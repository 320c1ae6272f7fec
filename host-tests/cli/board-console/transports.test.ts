import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BoardError, openBoard } from '../../../cli/board-console';
import { permissionAdvice, serialProblem } from '../../../cli/board-console/open-failure';
import { parsePort } from '../../../cli/board-console/port-address';
import { Console } from '../../../simulator/console';
import { ConsoleServer } from '../../../simulator/console-server';
import { SerialCable } from './serial-cable';
import { printingBoard } from '../../flashing/console/wire';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function failure(promise: Promise<unknown>): Promise<BoardError> {
  return promise.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

describe('the name of a port', () => {
  it.each([
    ['/dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0' }],
    ['COM3', { kind: 'serial', path: 'COM3' }],
    ['tcp://192.168.0.42:23', { kind: 'tcp', host: '192.168.0.42', port: 23 }],
    ['tcp://192.168.0.42', { kind: 'tcp', host: '192.168.0.42', port: 23 }],
    ['tcp://[::1]:2323/', { kind: 'tcp', host: '::1', port: 2323 }],
    ['TCP://kit-2.lan:2323', { kind: 'tcp', host: 'kit-2.lan', port: 2323 }],
  ])('%s', (text, address) => {
    expect(parsePort(text)).toEqual(address);
  });

  it.each([
    '',
    ' ',
    'tcp://',
    'tcp://:23',
    'tcp://kit:0',
    'tcp://kit:70000',
    'tcp://a b:1',
    'http://kit',
    'tcp://kit:23/x',
  ])('"%s" is none', (text) => {
    expect(() => parsePort(text)).toThrow(
      `"${text}" is no port of a board: expected a serial port such as /dev/ttyUSB0 or COM3, or an address`,
    );
  });
});

describe('over the network', () => {
  async function boardOnPort(): Promise<{ port: string; server: ConsoleServer }> {
    const { board, shown } = printingBoard();
    const server = new ConsoleServer(board);
    shown.print = (line) => server.print(line);
    const port = `tcp://127.0.0.1:${await server.listen(0)}`;
    cleanUps.push(() => server.close());
    return { port, server };
  }

  it('a board answers', async () => {
    const { port } = await boardOnPort();
    const console = await openBoard(port);
    expect([console.version, console.canReset, await console.evaluate('6*7')]).toEqual(['2v29', false, 42]);
    await console.close();
    // It is free again.
    await (await openBoard(port)).close();
  });

  it('a board whose console somebody else has says so', async () => {
    const { port } = await boardOnPort();
    const first = await openBoard(port);
    cleanUps.push(() => first.close());
    const error = await failure(openBoard(port));
    expect([error.kind, error.message]).toEqual([
      'busy',
      `the console at ${port} is in use by another connection`,
    ]);
  });

  it('a board that goes away ends the question that waits', async () => {
    const { port, server } = await boardOnPort();
    const console = await openBoard(port);
    const question = failure(
      console.evaluate('new Promise(function(){})', 60_000).then(() => console.evaluate('1')),
    );
    await server.close();
    await console.closed;
    expect((await question).kind).toBe('lost');
  });

  it('where nothing listens, that is said', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(openBoard(`tcp://127.0.0.1:${port}`));
    expect([error.kind, error.message]).toEqual([
      'refused',
      expect.stringContaining(`tcp://127.0.0.1:${port} cannot be reached: nothing listens there`),
    ]);
  });
});

// A pseudo-terminal stands in for the cable. Windows has none that is a device, and macOS sets no speed on one.
describe.skipIf(process.platform !== 'linux')('over a serial port', () => {
  async function boardOnCable(): Promise<SerialCable> {
    const cable = await SerialCable.plugIn();
    cleanUps.push(() => cable.unplug());
    const { board, shown } = printingBoard();
    const screen = new Console(board, (bytes) => cable.send(bytes));
    shown.print = (line) => screen.print(line);
    cable.onBytes = (bytes) => screen.receive(bytes);
    return cable;
  }

  it('a board answers, bytes above 127 as they are', async () => {
    const cable = await boardOnCable();
    const console = await openBoard(cable.path);
    const lines: string[] = [];
    console.onLine = (line) => lines.push(line);
    expect(await console.evaluate('(print("25\\xb0C"),6*7)')).toBe(42);
    expect(lines).toEqual(['25\xb0C']);
    await console.close();
    await (await openBoard(cable.path)).close();
  });

  it('a long line arrives whole', async () => {
    const cable = await SerialCable.plugIn();
    cleanUps.push(() => cable.unplug());
    const console = await openBoard(cable.path, { greet: false });
    cleanUps.push(() => console.close());
    const line = `"${'0123456789'.repeat(30)}"`;
    const arrived = new Promise<void>((resolve) => {
      cable.onBytes = () => {
        if (cable.received.endsWith('\n')) resolve();
      };
    });
    console.send(line);
    await arrived;
    expect(cable.received).toBe(`\x1b[2H\x10${line}\n`);
  });

  it('a port that another program has open is said to be busy', async () => {
    const cable = await boardOnCable();
    const first = await openBoard(cable.path);
    cleanUps.push(() => first.close());
    const error = await failure(openBoard(cable.path));
    expect([error.kind, error.message]).toEqual([
      'busy',
      `${cable.path} is in use by another program: close the serial monitor, IDE or console that has it open`,
    ]);
  });

  it('a cable that is pulled out ends the question that waits', async () => {
    const cable = await boardOnCable();
    const console = await openBoard(cable.path);
    cable.onBytes = () => cable.unplug();
    expect((await failure(console.evaluate('1', 60_000))).kind).toBe('lost');
  });

  it('a port that is not there is said to be missing', async () => {
    const error = await failure(openBoard('/dev/ttyUSB99'));
    expect([error.kind, error.message]).toEqual([
      'no-port',
      expect.stringContaining('there is no port /dev/ttyUSB99: is the board plugged in'),
    ]);
  });

  it.each(['a file', 'a device that is no port'])('%s is no serial port', async (what) => {
    const folder = mkdtempSync(join(tmpdir(), 'port-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const path = what === 'a file' ? join(folder, 'file') : '/dev/null';
    if (what === 'a file') writeFileSync(path, '');
    const error = await failure(openBoard(path));
    expect([error.kind, error.message]).toEqual([
      'bad-port',
      `${path} is no serial port: expected one such as /dev/ttyUSB0`,
    ]);
  });

  it('has a reset line, and says when it cannot be pulled', async () => {
    const cable = await boardOnCable();
    const console = await openBoard(cable.path);
    cleanUps.push(() => console.close());
    expect(console.canReset).toBe(true);
    expect((await failure(console.reset())).message).toBe(
      `${cable.path} has no reset line that could be pulled`,
    );
  });

  it('nothing is wrong with a port that can be opened', async () => {
    const cable = await boardOnCable();
    expect(serialProblem(cable.path)).toBeUndefined();
    closeSync(openSync(cable.path, 'r+'));
  });
});

describe('who may open a port', () => {
  const groups = 'root:x:0:\ndialout:x:20:ann,ben\nuucp:x:986:\n';

  it.each([
    [
      20,
      'mia',
      [1000],
      'it belongs to group dialout; `sudo usermod -aG dialout mia`, then log out and in again',
    ],
    [986, 'mia', [1000], 'it belongs to group uucp; `sudo usermod -aG uucp mia`, then log out and in again'],
    [20, 'ben', [1000], 'ben has joined its group dialout since logging in; log out and in again'],
    [0, 'mia', [1000], 'it belongs to root alone; a udev rule for USB serial adapters would mend that'],
    [77, 'mia', [1000], 'it belongs to root alone; a udev rule for USB serial adapters would mend that'],
  ])('a device of group %i, for %s', (gid, user, joined, advice) => {
    expect(permissionAdvice(gid, groups, user, joined)).toBe(advice);
  });
});
