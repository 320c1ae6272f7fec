import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSerialTransport } from '../../../dashboard/flash/serial/web-serial-transport';
import { FlashSession, type FlashState } from '../../../dashboard/flash/session';
import type { FlashFiles } from '../../../flashing';
import type { KitSettings } from '../../../shared/settings';
import { slotHeaderLength } from '../../../shared/slots';
import { createStorage, type Flash } from '../../../simulator';
import { bundle, usualSettings } from '../../support/kit-image';
import { fakePage } from './fake-page';
import { FakeSerial } from './fake-port';
import { UsbBoard } from './usb-board';

/** Says what a firmware says that has come online, and holds what a careless writer would corrupt. */
const firmware =
  'console.log("Lamplighter 9.9.9, boot "+BOOT+", board 5c:cf:7f:00:00:02");' +
  'console.log("link: online as kit_"+JSON.parse(require("Storage").read(KIT,32)).kit+", 10.0.0.2");' +
  '// `${backticks}` \\u0041 \\\\ "\' \xb0C \xea\xb0\x80\xff\x7f\t\n';
const silentFirmware = 'console.log("Lamplighter 9.9.9, boot "+BOOT+", board 5c:cf:7f:00:00:02");';

const boards: UsbBoard[] = [];

beforeEach(() => void fakePage(new FakeSerial(new Error())));

afterEach(() => {
  for (const { board } of boards.splice(0)) board.powerOff();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function plugIn(...options: ConstructorParameters<typeof UsbBoard>): UsbBoard {
  const board = new UsbBoard(...options);
  boards.push(board);
  return board;
}

interface Desk {
  session: FlashSession;
  /** Every state, in its order, by name. */
  states: string[];
  /** Settles in that state. */
  until: (at: FlashState['at'], step?: string) => Promise<void>;
}

function desk(
  board: UsbBoard,
  kits: KitSettings[],
  changes: Partial<FlashFiles> = {},
  onState: (state: FlashState) => void = () => {},
): Desk {
  const states: string[] = [];
  const waiting = new Set<() => void>();
  const session: FlashSession = new FlashSession({
    files: {
      firmware,
      loader: bundle('loader').replace(/;?\s*$/, ''),
      kits: kits.map((settings) => JSON.stringify(settings)),
      ...changes,
    },
    serial: new FakeSerial(board.port),
    openTransport: (port) => WebSerialTransport.open(port, () => Promise.resolve()),
    greetMs: 1300,
    onChange: () => {
      const { state } = session;
      onState(state);
      const name = state.at === 'flash' ? `flash ${state.step}` : state.at;
      if (states.at(-1) !== name) states.push(name);
      for (const look of waiting) look();
    },
  });
  const until = (at: string, step?: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (states.at(-1) !== (step === undefined ? at : `${at} ${step}`)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { session, states, until };
}

function body(flash: Flash, name: string): string | undefined {
  return createStorage(flash).read(name)?.slice(slotHeaderLength);
}

const kit = (changes: Partial<KitSettings> = {}): KitSettings => usualSettings('esp8266', changes);

test('a new board is looked at, flashed byte for byte and online; flashed again there is nothing to write', async () => {
  const board = plugIn();
  const { session, states } = desk(board, [kit(), kit({ kit: 3 })]);
  await session.connect();
  expect(session.state).toMatchObject({
    at: 'found',
    kit: undefined,
    facts: { version: '2v29', build: 'ESP8266_4MB', mac: '5c:cf:7f:00:00:02' },
  });
  await session.flash(3);
  expect(session.state).toMatchObject({ at: 'done', kit: 3, outcome: 'online' });
  expect(states).toEqual([
    'choose',
    'connect',
    'found',
    ...['look', 'stop', 'write', 'verify', 'commit', 'start'].map((step) => `flash ${step}`),
    'done',
  ]);
  expect(body(board.flash, 'fw0')).toBe(firmware);
  expect(body(board.flash, 'kit0')).toBe(JSON.stringify(kit({ kit: 3 })));
  expect(session.lines.join('\n')).toMatch(/^Lamplighter 9\.9\.9, boot 1, .*\nlink: online as kit_3, /);
  expect(board.port.opened).toBeUndefined();

  await session.connect();
  expect(session.state).toMatchObject({ at: 'found', kit: 3, facts: { kitNumber: 3 } });
  await session.flash(3);
  expect(session.state).toMatchObject({ at: 'done', outcome: 'nothing' });
});

test('a board that is unplugged while it is written runs what it ran, and is flashed when it is back', async () => {
  const board = plugIn();
  const first = desk(board, [kit()]);
  await first.session.connect();
  await first.session.flash(2);

  const longer = { firmware: `${firmware}${'//'.padEnd(20_000, 'x')}\n` };
  const second = desk(board, [kit()], longer, (state) => {
    if (state.at === 'flash' && state.written > 10_000) board.unplug();
  });
  await second.session.connect();
  await second.session.flash(2);
  expect(second.session.state).toMatchObject({ at: 'failed', problem: { kind: 'lost', after: 'as-before' } });

  const back = plugIn({ flash: board.flash });
  const third = desk(back, [kit()]);
  await third.session.connect();
  expect(third.session.state).toMatchObject({ at: 'found', kit: 2, facts: { kitNumber: 2 } });
  await third.session.flash(2);
  expect(third.session.state).toMatchObject({ at: 'done', outcome: 'nothing' });
});

test('an upload that is stopped leaves a board that is restarted as it was', async () => {
  const board = plugIn();
  const first = desk(board, [kit()]);
  await first.session.connect();
  await first.session.flash(2);
  const second = desk(board, [kit({ kit: 3 })], { firmware: `${firmware}//` });
  await second.session.connect();
  const flashing = second.session.flash(3);
  await second.until('flash', 'write');
  second.session.interrupt();
  await flashing;
  expect(second.session.state).toMatchObject({
    at: 'failed',
    problem: { kind: 'interrupted', after: 'as-before' },
  });
  expect(board.port.typed).toMatch(/E\.reboot\(\)\n$/);
  expect(body(board.flash, 'fw0')).toBe(firmware);
});

test('who does not wait for the link has a board that is flashed', async () => {
  const { session, until } = desk(plugIn(), [kit()], { firmware: silentFirmware });
  await session.connect();
  const flashing = session.flash(2);
  await until('flash', 'start');
  session.interrupt();
  await flashing;
  expect(session.state).toMatchObject({ at: 'done', outcome: 'started' });
});

test('a kit of another board is refused before anything is stopped', async () => {
  const board = plugIn();
  const { session, states } = desk(board, [kit({ mac: 'aa:00:00:00:00:03' })]);
  await session.connect();
  const before = board.flash.bytes.slice();
  await session.flash(2);
  expect(session.state).toMatchObject({
    at: 'failed',
    problem: { kind: 'wrong-board', after: 'untouched' },
  });
  expect(states).not.toContain('flash stop');
  expect(board.flash.bytes).toEqual(before);
});

test('of the kits’ passwords the one that the console takes is sent; with none of them it is said', async () => {
  const board = plugIn();
  board.board.evaluate('E.setPassword("open sesame");E.lockConsole()');
  const right = desk(board, [kit({ console: 'open barley' }), kit({ kit: 3, console: 'open sesame' })]);
  await right.session.connect();
  expect(right.session.state).toMatchObject({ at: 'found' });
  await right.session.leave();
  // It is locked again.
  const wrong = desk(board, [kit({ console: 'open barley' })]);
  await wrong.session.connect();
  expect(wrong.session.state).toMatchObject({ at: 'failed', problem: { kind: 'locked' } });
  expect(JSON.stringify(wrong.session.state)).not.toContain('barley');
  const none = desk(board, [kit()]);
  await none.session.connect();
  expect(none.session.state).toMatchObject({ at: 'failed', problem: { kind: 'locked' } });
});

test('a board whose firmware says nothing and hears nothing is caught through its reset line', async () => {
  const board = plugIn();
  const first = desk(board, [kit()]);
  await first.session.connect();
  await first.session.flash(2);
  // Its console goes nowhere until it is reset.
  const { onTyped, onReset } = board.port;
  board.port.onTyped = () => {};
  board.port.onReset = () => {
    board.port.onTyped = onTyped;
    onReset();
  };
  const second = desk(board, [kit({ kit: 5 })]);
  await second.session.connect();
  expect(second.states).toEqual(['choose', 'connect', 'press-reset', 'found']);
  await second.session.flash(5);
  expect(second.session.state).toMatchObject({ at: 'done', outcome: 'online', kit: 5 });
});

test('a board that was caught and is not flashed after all is told to start', async () => {
  const board = plugIn();
  const { onTyped, onReset } = board.port;
  board.port.onTyped = () => {};
  board.port.onReset = () => {
    board.port.onTyped = onTyped;
    onReset();
  };
  const { session } = desk(board, [kit()]);
  await session.connect();
  await session.leave();
  expect(session.state).toEqual({ at: 'ready' });
  expect(board.port.typed).toMatch(/E\.reboot\(\)\n$/);
});

test.each([
  ['nothing', new DOMException('No port selected by the user.', 'NotFoundError'), 'no-port-chosen'],
  ['what the browser forbids', new DOMException('Blocked by policy.', 'SecurityError'), 'forbidden'],
])('who chooses %s is told', async (_what, error, kind) => {
  const session: FlashSession = new FlashSession({
    files: { firmware, loader: '', kits: [] },
    serial: new FakeSerial(error as Error),
    openTransport: () => Promise.reject(new Error('not reached')),
    onChange: () => {},
  });
  await session.connect();
  expect(session.state).toMatchObject({ at: 'failed', problem: { kind, after: 'untouched' } });
});

test('a cable that is pulled out between the look and the flash is told', async () => {
  const board = plugIn();
  const { session, until } = desk(board, [kit()]);
  await session.connect();
  board.unplug();
  await until('failed');
  expect(session.state).toMatchObject({ problem: { kind: 'lost', after: 'untouched' } });
});

test('a flash that is full is erased first; unplugged after that, the board is said to hold no program', async () => {
  const full = (): UsbBoard => {
    const board = plugIn();
    const storage = createStorage(board.flash);
    storage.write('big', 'x'.repeat(194_000));
    storage.erase('big');
    return board;
  };
  const board = full();
  const whole = desk(board, [kit()]);
  await whole.session.connect();
  await whole.session.flash(2);
  expect(whole.states).toContain('flash erase');
  expect(whole.session.state).toMatchObject({ at: 'done', outcome: 'online' });

  const other = full();
  const cut = desk(other, [kit()], {}, (state) => {
    if (state.at === 'flash' && state.step === 'write' && state.written > 0) other.unplug();
  });
  await cut.session.connect();
  await cut.session.flash(2);
  expect(cut.session.state).toMatchObject({ at: 'failed', problem: { kind: 'lost', after: 'erased' } });
});

test('a flash that is full of somebody else’s files is left as it is', async () => {
  const board = plugIn();
  createStorage(board.flash).write('big', 'x'.repeat(194_000));
  const { session, states } = desk(board, [kit()]);
  await session.connect();
  await session.flash(2);
  expect(session.state).toMatchObject({ at: 'failed', problem: { kind: 'no-room', after: 'untouched' } });
  expect(states).not.toContain('flash stop');
  expect(createStorage(board.flash).read('big')).toHaveLength(194_000);
});
