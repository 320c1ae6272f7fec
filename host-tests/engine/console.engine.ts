import { rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoardConsole, type BoardError, openBoard, readSlots } from '../../cli/board-console';
import { flashFindings } from '../../cli/doctor/flash-content';
import { kitJson } from '../../cli/kit-config';
import { rescue } from '../../cli/rescue';
import { slotFile } from '../../shared/slots';
import { bundle, usualSettings } from '../support/kit-image';
import { ConsoleWire } from './console-wire';
import { findForms, makeFlash } from './interpreter';
import { prelude } from './prelude';

vi.mock('../../cli/board-console', async (original) => ({
  ...(await original<typeof import('../../cli/board-console')>()),
  openBoard: vi.fn(),
}));

/** The Linux form loses a byte now and then, since one thread types while another reads. */
const retry = 2;
const greetMs = 10_000;
const good = 'print("Lamplighter 0.1.0, boot "+BOOT)';

function slot(sequence: number, body: string): string {
  return slotFile({ sequence, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}

describe.each(await findForms(process.env))('the console of $name for $chip', { retry }, (form) => {
  let folder: string;
  let wire: ConsoleWire;
  let board: BoardConsole;
  const lines: string[] = [];

  /** A board with these firmwares, the last of them the newest. */
  async function boot(...firmwares: string[]): Promise<void> {
    lines.length = 0;
    folder = await makeFlash(form, {
      '.bootcde': prelude({ chip: form.chip, quiet: true }) + bundle('loader'),
      kit0: slot(1, kitJson(usualSettings(form.chip))),
      ...Object.fromEntries(firmwares.map((text, index) => [`fw${index}`, slot(index + 1, text)])),
    });
    wire = new ConsoleWire(form, folder);
    board = new BoardConsole('/dev/ttyUSB0', wire);
    board.onLine = (line) => lines.push(line);
    vi.mocked(openBoard).mockResolvedValue(board);
  }

  /** Waits until the board has said it. */
  async function said(text: string): Promise<void> {
    await vi.waitFor(() => expect(wire.said).toContain(text), { timeout: 20_000, interval: 50 });
  }

  afterEach(async () => {
    await board.close();
    await rm(folder, { recursive: true });
  });

  describe('answers', () => {
    beforeEach(() => boot(good));

    it('past a half-typed line', async () => {
      wire.write('half=1;[1,(');
      await board.greet(undefined, greetMs);
      expect(board.version).toBe(form.name);
      expect(await board.evaluate('typeof half')).toBe('undefined');
    });

    it('with bytes, texts that look like marks, and exceptions', async () => {
      await board.greet(undefined, greetMs);
      expect(await board.evaluate('["\\xb0\\n",1.5,null,{a:"x>>"}]')).toEqual([
        '\xb0\n',
        1.5,
        null,
        { a: 'x>>' },
      ]);
      expect(await board.evaluate('"y".repeat(3000).length')).toBe(3000);
      await expect(board.evaluate('missing')).rejects.toThrow('"missing" is not defined');
      await expect(board.evaluate(')', 2000)).rejects.toThrow();
      expect(await board.evaluate('2')).toBe(2);
    });

    it('while the board prints', async () => {
      await board.greet(undefined, greetMs);
      board.send('setInterval(function(){print("noise")},5)');
      for (let i = 0; i < 20; i++) expect(await board.evaluate(String(i))).toBe(i);
      await vi.waitFor(() => expect(lines).toContain('noise'));
      expect(lines.filter((line) => /<<|>>/.test(line))).toEqual([]);
    });

    it('to the password, and to nothing else', async () => {
      await board.greet(undefined, greetMs);
      board.send('E.setPassword("right-one");E.lockConsole()');
      const refusal = (password?: string): Promise<string> =>
        board.greet(password, greetMs).catch((error: BoardError) => error.kind) as Promise<string>;
      expect(await refusal()).toBe('locked');
      expect(await refusal('wrong-one')).toBe('locked');
      await board.greet('right-one', greetMs);
      expect(await board.evaluate('1')).toBe(1);
      board.lock();
      expect(await refusal()).toBe('locked');
    });

    it('to lines of a pipe', async () => {
      await board.greet(undefined, greetMs);
      expect(await board.type('function f(){', 5000)).toBe('more');
      expect(await board.type('return 7}', 5000)).toBe('done');
      expect(await board.type('f()', 5000)).toBe('done');
      expect(lines.at(-1)).toBe('=7');
    });
  });

  it('tells the doctor what lies in the slots and how the boots went', async () => {
    await boot(good, good.replace('0.1.0', '0.1.1'));
    await said('Lamplighter 0.1.1, boot 1');
    await board.greet(undefined, greetMs);
    const findings = await flashFindings(board, usualSettings(form.chip), undefined);
    expect(findings.map(({ verdict, text }) => `${verdict}: ${text}`)).toEqual([
      expect.stringMatching(/^ok: [\d,]+ bytes free in the flash$/),
      'ok: the loader is the boot code',
      `ok: 0.1.1 in fw1, sequence 2, ${good.length} bytes, verified`,
      expect.stringMatching(/^ok: kit0, .* as kit\.config\.ts says$/),
      'ok: boot 1, no crash before it',
    ]);
  });

  describe.each([
    ['prints without end', 'print("WEDGED");setInterval(function(){print("noise")},1)'],
    ['locks the console', 'print("WEDGED");E.setPassword("nobody-knows");E.lockConsole()'],
    ['hangs in an endless loop', 'print("WEDGED");setTimeout(function(){while(1);},1000)'],
  ])('a firmware that %s', (_, wedge) => {
    beforeEach(async () => {
      await boot(good, wedge);
      await said('WEDGED');
    });

    it('is given up by rescue, and the one before it runs', async () => {
      const printed: string[] = [];
      await rescue({ port: '/dev/ttyUSB0', remedy: 'fallback' }, { print: (line) => printed.push(line) });
      expect(printed.slice(-2)).toEqual([
        'fw1 is given up; the board starts with fw0.',
        expect.stringMatching(/^It says: Lamplighter 0\.1\.0, boot \d+$/),
      ]);
    });

    it('is caught as soon as somebody presses reset', async () => {
      wire.reset = () => Promise.reject(new Error('no such line'));
      const printed: string[] = [];
      await rescue(
        { port: '/dev/ttyUSB0', remedy: 'erase' },
        {
          print(line) {
            printed.push(line);
            if (line.startsWith('Press')) setTimeout(() => void wire.pressReset(), 1000);
          },
        },
      );
      expect(printed).toContain('Caught: the firmware is not running.');
      expect(printed.at(-1)).toBe('The board is empty of Lamplighter; npm run flash puts it back.');
      wire = new ConsoleWire(form, folder);
      board = new BoardConsole('/dev/ttyUSB0', wire);
      await board.greet(undefined, greetMs);
      expect(await readSlots(board, 'fw')).toEqual(
        ['fw0', 'fw1'].map((name) => ({ name, intact: false, abandoned: false })),
      );
    });
  });
});
