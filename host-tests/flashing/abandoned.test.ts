import { expect, test, vi } from 'vitest';
import { readFacts } from '../../flashing/board-facts';
import { slotToBoot } from '../../flashing/console';
import { filesOf, makePlan } from '../../flashing/plan';
import { quiet } from '../../flashing/quiet';
import { uploadScript } from '../../flashing/upload-script';
import { writeFiles } from '../../flashing/write-files';
import { createStorage, Flash } from '../../simulator';
import { wiredBoard } from './console/wire';
import { flashBoard, kitThatSays, network } from './slot-board';

/** A board that runs A, and whose firmware was stopped to make room for B. */
async function stopped() {
  const flash = new Flash();
  await flashBoard(flash, kitThatSays('A'));
  const wired = wiredBoard('esp8266', { flash, network });
  wired.clock.advance(3000);
  const facts = await readFacts(wired.console);
  vi.useFakeTimers();
  // Time goes on for the board as for everybody.
  setInterval(() => wired.clock.advance(10), 10);
  const quieted = quiet(wired.console, slotToBoot(facts.kit));
  await vi.advanceTimersByTimeAsync(2000);
  await quieted;
  vi.useRealTimers();
  const files = filesOf(makePlan(facts, kitThatSays('B'), true));
  const lines: string[] = [];
  wired.console.onLine = (line) => lines.push(line);
  return { ...wired, lines, flash, files };
}

const minutes = 60_000;

test.each<[string, (board: Awaited<ReturnType<typeof stopped>>) => Promise<void>]>([
  ['before the first byte', async () => {}],
  [
    'in the middle of the command’s upload',
    async ({ board, clock, files }) => {
      // Espruino's tool resets the board first, and every timer goes with that.
      board.evaluate('reset()');
      clock.advance(1);
      for (const line of uploadScript(files).split('\n').slice(0, 3)) board.evaluate(line);
    },
  ],
  [
    'in the middle of the page’s upload',
    async ({ console, files }) => {
      const interruption = new AbortController();
      const onWritten = (): void => interruption.abort();
      await writeFiles(console, files, { onWritten, signal: interruption.signal }).catch(() => {});
    },
  ],
])(
  'a board that is abandoned %s restarts by itself, as it was, and has not crashed',
  async (_when, upload) => {
    const left = await stopped();
    await upload(left);
    left.clock.advance(1 * minutes);
    expect(left.lines.join()).not.toContain('firmware A');
    left.clock.advance(2 * minutes);
    expect(left.lines).toContain('firmware A, kit A');
    // No crash before the last start.
    expect(createStorage(left.flash).read('boots0')).toMatch(/^\d{8}(?:01)+0\xff/);
  },
);

test('an upload that takes long is not taken for an abandoned one', async () => {
  const { board, clock, files, lines } = await stopped();
  for (const line of uploadScript(files).split('\n')) {
    board.evaluate(line);
    clock.advance(1 * minutes);
  }
  expect(lines.join()).not.toContain('firmware');
});
