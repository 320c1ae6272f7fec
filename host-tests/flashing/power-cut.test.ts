import { describe, expect, test } from 'vitest';
import { createStorage, Flash } from '../../simulator';
import { bootLines, flashBoard, kitThatSays } from './slot-board';

const before = 'loader A, firmware A, kit A';
const after = 'loader B, firmware B, kit B';

/** A board that was flashed once, by the same means. */
async function flashedBefore(): Promise<Flash> {
  const flash = new Flash();
  await flashBoard(flash, kitThatSays('A'));
  return flash;
}

/** What the board boots after a power cut at each change of the flash, in order, without repetitions. */
function boots(states: Flash[]): string[] {
  // It counts boots in the flash that it boots from.
  const said = states.map((flash) => bootLines(flash).join(', '));
  return said.filter((boot, index) => boot !== said[index - 1]);
}

test('a power cut at any write leaves a board that boots what it booted, or the new one', async () => {
  const states = await flashBoard(await flashedBefore(), kitThatSays('B'));
  // A change for every four bytes: loader twice, firmware, configuration.
  expect(states.length).toBeGreaterThan(500);
  expect(boots(states)).toEqual([
    before,
    'loader B, firmware A, kit A',
    'loader B, firmware A, kit B',
    after,
  ]);
});

test('with --config-only there is nothing between the old configuration and the new one', async () => {
  const { kitJson } = kitThatSays('B');
  const states = await flashBoard(await flashedBefore(), { kitJson });
  expect(boots(states)).toEqual([before, 'loader A, firmware A, kit B']);
});

test('a board that was never flashed says what it lacks until it has it', async () => {
  const said = boots(await flashBoard(new Flash(), kitThatSays('A')));
  expect(said[0]).toBe('');
  expect(said.at(-1)).toBe(before);
  expect(said.length).toBeGreaterThan(2);
  for (const boot of said.slice(1, -1)) expect(boot).toMatch(/^loader A, Lamplighter: no (?:firmware|kit)/);
});

test('a board with somebody’s saved program runs that until it is a kit', async () => {
  const flash = new Flash();
  createStorage(flash).write('.bootrst', 'print("firmware of somebody")');
  const states = await flashBoard(flash, kitThatSays('A'));
  const some = states.filter((_, cut) => cut % 40 === 0 || cut > states.length - 8);
  const said = boots(some);
  expect(said.at(-1)).toBe(before);
  // While the loader takes its place, its copy may run first, and finds nothing to start.
  for (const boot of said.slice(0, -1))
    expect(boot).toMatch(/^(?:loader A, Lamplighter: no kit\.json.*, )?firmware of somebody$/);
});

test('after a power cut the board is flashed anew, whatever the cut has left', async () => {
  const states = await flashBoard(await flashedBefore(), kitThatSays('B'));
  for (const [cut, flash] of states.entries()) {
    if (cut % 17 > 0) continue;
    await flashBoard(flash, kitThatSays('B'));
    expect(bootLines(flash).join(', '), `cut before write ${cut + 1}`).toBe(after);
  }
});

describe('a flash that is full of what was replaced', () => {
  const bare = '';
  const noKit = 'loader B, Lamplighter: no kit.json in the flash';
  const noFirmware = 'loader B, Lamplighter: no firmware in the flash';

  /** A board that runs A, with no room for B beside it. */
  async function fullBoard(): Promise<Flash> {
    const flash = await flashedBefore();
    const storage = createStorage(flash);
    storage.write('trash', 'x', 0, storage.getFree() - 600);
    storage.erase('trash');
    return flash;
  }

  test('is erased, and a cut from then on leaves no firmware, and after most writes a kit that waits for one', async () => {
    const wanted = kitThatSays('B');
    const firmware = wanted.firmware! + '//'.padEnd(14_000, 'x');
    const states = await flashBoard(await fullBoard(), { ...wanted, firmware });
    const some = states.filter((_, cut) => cut % 12 === 0 || cut === states.length - 1);
    expect(boots(some)).toEqual([before, bare, noKit, noFirmware, after]);
    // Loader and configuration are back first.
    const waiting = some.filter((flash) => bootLines(flash).join(', ') === noFirmware);
    expect(waiting.length / some.length).toBeGreaterThan(0.8);
  });

  test('that lost its power in the middle, and once more in the repair, is the new one after the next flashing', async () => {
    const states = await flashBoard(await fullBoard(), kitThatSays('B'));
    for (const [cut, flash] of states.entries()) {
      if (cut % 89 > 0) continue;
      const repair = await flashBoard(flash, kitThatSays('B'));
      const second = repair[Math.floor(repair.length * ((cut % 7) / 7))]!;
      expect([before, bare, noKit, noFirmware, after]).toContain(bootLines(second).join(', '));
      await flashBoard(second, kitThatSays('B'));
      expect(bootLines(second).join(', '), `cut before write ${cut + 1}, and in the repair`).toBe(after);
    }
  });
});
