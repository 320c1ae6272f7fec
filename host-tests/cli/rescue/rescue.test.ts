import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoardError, openBoard } from '../../../cli/board-console';
import { rescue, type RescueOptions } from '../../../cli/rescue';
import { remedyOf } from '../../../cli/rescue/terminal';
import { slotFile } from '../../../shared/slots';
import { createStorage, Flash } from '../../../simulator';
import { crc32 } from 'node:zlib';
import { bundle, usualSettings } from '../../support/kit-image';
import { wiredBoard, type WiredBoard } from '../../flashing/console/wire';
import { network } from '../../flashing/slot-board';

vi.mock('../../../cli/board-console', async (original) => ({
  ...(await original<typeof import('../../../cli/board-console')>()),
  openBoard: vi.fn(),
}));

const tickMs = 10;
const usual = usualSettings('esp8266');
const settings = { ...usual, pins: { ...usual.pins, relay: 14 } };

/** Slots as two flashings leave them: `good` first, then what wedges. */
function flashWith(...firmwares: string[]): Flash {
  const flash = new Flash();
  const storage = createStorage(flash);
  const slot = (sequence: number, body: string): string =>
    slotFile({ sequence, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
  storage.write('.bootcde', bundle('loader'));
  storage.write('kit0', slot(1, JSON.stringify(settings)));
  firmwares.forEach((text, index) => storage.write(`fw${index}`, slot(index + 1, text)));
  storage.write('mine', 'not of this project');
  return flash;
}

const good = 'print("Lamplighter 0.1.0, boot "+BOOT)';
/** Prints without end and, like most of what follows, lights the lamp first. */
const noisy = 'digitalWrite(14,0);print("Lamplighter 0.1.1");setInterval(function(){print("noise")},1)';
const locked = 'digitalWrite(14,0);print("Lamplighter 0.1.1");E.setPassword("nobody-knows");E.lockConsole()';
/** Stands for an endless loop, in which a board hears nothing. */
const deaf = 'digitalWrite(14,0);print("Lamplighter 0.1.1");setTimeout(function(){print("DEAF")},1000)';

let wired: WiredBoard;
let printed: string[];

beforeEach(() => {
  vi.useFakeTimers();
  printed = [];
});

afterEach(() => void vi.useRealTimers());

/** A board that has run such a firmware for a while; time goes on for it as for everybody. */
async function running(...firmwares: string[]): Promise<void> {
  wired = wiredBoard('esp8266', { flash: flashWith(...firmwares), network });
  const { wire, board, clock } = wired;
  const receive = wire.write.bind(wire);
  let hears = true;
  board.onReset = () => (hears = true);
  wire.write = (bytes) => {
    if (hears) receive(bytes);
  };
  const say = wire.say.bind(wire);
  wire.say = (bytes) => {
    if (bytes.includes('DEAF')) hears = false;
    say(bytes);
  };
  vi.mocked(openBoard).mockResolvedValue(wired.console);
  setInterval(() => clock.advance(tickMs), tickMs);
  await vi.advanceTimersByTimeAsync(5000);
}

interface Person {
  answers?: string[];
  /** Presses reset so long after being asked; never when absent. */
  resetsAfterMs?: number;
}

async function rescued(
  options: RescueOptions,
  { answers, resetsAfterMs }: Person = {},
): Promise<Error | undefined> {
  const terminal = {
    print(line: string) {
      printed.push(line);
      if (resetsAfterMs !== undefined && /^Press/.test(line))
        setTimeout(() => wired.board.reset(), resetsAfterMs);
    },
    ...(answers && { ask: async () => answers.shift()! }),
  };
  const outcome = rescue({ port: '/dev/ttyUSB0', ...options }, terminal).then(
    () => undefined,
    (error: Error) => error,
  );
  await vi.advanceTimersByTimeAsync(120_000);
  return outcome;
}

const files = (): string[] => createStorage(wired.flash).list().sort();

describe.each([
  ['prints without end', noisy, 'listens'],
  ['locks the console with a password', locked, 'must be reset'],
  ['hangs in an endless loop a second after its start', deaf, 'must be reset'],
])('a firmware that %s', (_, wedge, habit) => {
  beforeEach(() => running(good, wedge));

  it('is given up, and the one before it runs', async () => {
    expect(wired.board.relay.level).toBe(0);
    expect(await rescued({ remedy: 'fallback' }, { resetsAfterMs: 3000 })).toBeUndefined();
    expect(printed).toEqual([
      ...(habit === 'listens' ? [] : ["Press the board's reset button (RST or EN) once; waiting for 60 s."]),
      'Caught: the firmware is not running.',
      `  fw0  sequence 1, ${good.length} bytes, verified`,
      `  fw1  sequence 2, ${wedge.length} bytes, verified, the one that starts`,
      'fw1 is given up; the board starts with fw0.',
      expect.stringMatching(/^It says: Lamplighter 0\.1\.0, boot \d+$/),
    ]);
    expect(createStorage(wired.flash).read('fw1')![25]).toBe('B');
    expect(wired.board.relay.level).toBe(1);
  });

  it('can be erased, and what is not ours stays', async () => {
    expect(await rescued({ remedy: 'erase' }, { resetsAfterMs: 3000 })).toBeUndefined();
    expect(files()).toEqual(['mine']);
    expect(printed.at(-1)).toBe('The board is empty of Lamplighter; npm run flash puts it back.');
  });
});

describe('a board that was caught', () => {
  it('starts once in safe mode', async () => {
    await running('print("Lamplighter 0.1.1, safe "+(typeof SAFE!="undefined"&&SAFE));RAN=typeof RAN');
    expect(await rescued({ remedy: 'safe-mode' })).toBeUndefined();
    expect(printed.slice(-2)).toEqual([
      'The board starts fw0 in safe mode; after the next restart it is as before.',
      'It says: Lamplighter 0.1.1, safe 1',
    ]);
    // Not on top of the one that had run.
    expect(wired.value('RAN')).toBe('undefined');
  });

  it('is empty after an erasure, though a power cut had left the copy of a loader that its guard would start', async () => {
    await running(good);
    const storage = createStorage(wired.flash);
    storage.write('loader', bundle('loader'));
    storage.write(
      '.bootPowerOn',
      'if(!require("Storage").read(".bootcde"))eval(require("Storage").read("loader"))',
    );
    expect(await rescued({ remedy: 'erase' })).toBeUndefined();
    expect(files()).toEqual(['mine']);
  });

  it('starts as it is, and its restart counts as no crash', async () => {
    await running(good);
    expect(await rescued({ remedy: 'restart' })).toBeUndefined();
    expect(printed.at(-1)).toMatch(/^It says: Lamplighter 0\.1\.0/);
    // After the base a pair for each boot: crashes before it, then whether it went well.
    expect(createStorage(wired.flash).read('boots0')!.slice(8, 12)).toBe('010\xff');
  });

  it('is interrupted when it does not listen, which an ESP32 obeys in an endless loop', async () => {
    await running(good, deaf);
    const { wire, board } = wired;
    const write = wire.write;
    wire.write = (bytes) => {
      if (bytes === '\x03') board.onReset!('interrupted');
      write(bytes);
    };
    expect(await rescued({ remedy: 'fallback' })).toBeUndefined();
    expect(printed).toContain('fw1 is given up; the board starts with fw0.');
  });

  it('asks what it shall be, until it is told one of the numbers', async () => {
    await running(good, noisy);
    expect(await rescued({}, { answers: ['7', 'help', '1'] })).toBeUndefined();
    expect(printed).toContain(
      '  1  give fw1 up, so that the firmware before it runs, which lies in fw0 (--fallback)',
    );
    expect(printed).toContain(
      "  3  erase Lamplighter's files: loader, firmware, configuration; other files stay (--erase)",
    );
    expect(createStorage(wired.flash).read('fw1')![25]).toBe('B');
  });

  it('is left alone when nothing is answered, or nobody is there to ask', async () => {
    await running(good, noisy);
    expect(await rescued({}, { answers: [''] })).toBeUndefined();
    expect(printed.at(-1)).toBe('Nothing was changed. The board stands still until it is reset.');
    wired.board.reset();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await rescued({})).toBeUndefined();
    expect(printed.at(-1)).toMatch(/^Nothing was changed\. .* choose one of these options\.$/);
    expect(createStorage(wired.flash).read('fw1')![25]).toBe('\xff');
  });

  it('cannot fall back where there is nothing to fall back to', async () => {
    await running(noisy);
    const error = await rescued({ remedy: 'fallback' });
    expect(error?.message).toBe(
      '--fallback is not possible: there is no other good firmware on the board. Possible: --safe-mode, --erase, --restart',
    );
  });

  it('is reset by its reset line where the port has one, and nobody is asked', async () => {
    await running(good, noisy);
    wired.wire.reset = async () => wired.board.reset();
    expect(await rescued({ remedy: 'fallback' })).toBeUndefined();
    expect(printed[0]).toBe('Caught: the firmware is not running.');
  });
});

it('a board that nobody resets is given up after a minute', async () => {
  await running(good, deaf);
  const error = await rescued({ remedy: 'erase' });
  expect([(error as BoardError).kind, error?.message]).toEqual([
    'silent',
    expect.stringContaining('did not answer after a reset'),
  ]);
  expect(files()).toContain('fw1');
});

it('the lamp goes off at once when a firmware that runs is stopped', async () => {
  await running('digitalWrite(14,0);print("Lamplighter 0.1.1");KEEP=1');
  expect(wired.board.relay.level).toBe(0);
  // Nobody presses reset: the console answers all the same.
  expect(await rescued({})).toBeUndefined();
  expect(printed).toContain('Caught: the firmware is not running.');
  expect(wired.board.relay.level).toBe(1);
});

it('one remedy at a time', () => {
  expect(remedyOf({ safeMode: true })).toBe('safe-mode');
  expect(remedyOf({})).toBeUndefined();
  expect(() => remedyOf({ erase: true, fallback: true })).toThrow(
    '--fallback and --erase: expected one of them',
  );
});
