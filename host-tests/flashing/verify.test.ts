import { expect, test } from 'vitest';
import { commit, verify } from '../../flashing/commit';
import { readFacts } from '../../flashing/board-facts';
import { filesOf, makePlan } from '../../flashing/plan';
import { uploadScript } from '../../flashing/upload-script';
import { Flash } from '../../simulator';
import { wiredBoard } from './console/wire';
import { bootLines, flashBoard, kitThatSays, network } from './slot-board';

/** A board that runs A and to which B was uploaded, not yet verified. */
async function uploaded() {
  const flash = new Flash();
  await flashBoard(flash, kitThatSays('A'));
  const { board, console } = wiredBoard('esp8266', { flash, network });
  board.evaluate('reset()');
  const facts = await readFacts(console);
  const plan = makePlan(facts, kitThatSays('B'), true);
  for (const line of uploadScript(filesOf(plan)).split('\n')) board.evaluate(line);
  return { flash, console, facts, plan };
}

/** Where a text lies in the flash, the last of its kind. */
function addressOf(flash: Flash, text: string): number {
  const at = Buffer.from(flash.bytes).lastIndexOf(text);
  if (at < 0) throw new Error(`${text} is not in the flash`);
  return at;
}

test.each([
  ['a byte of the firmware', 'firmware B', 'fw1 has the checksum'],
  ['a byte of the loader', 'loader B', 'loader has the checksum'],
  ['a byte of the configuration', '"word":"B"', 'kit1 has the checksum'],
  ['a byte of a header', '00000002', 'the header of kit1 is not what was sent'],
])(
  '%s that was changed on its way is found, and the board runs what it ran',
  async (_what, text, sentence) => {
    const { flash, console, plan } = await uploaded();
    flash.bytes[addressOf(flash, text)]! &= 0x20;
    await expect(verify(console, plan)).rejects.toMatchObject({ kind: 'not-verified' });
    await expect(verify(console, plan)).rejects.toThrow(sentence);
    expect(bootLines(flash)).toEqual(['loader A', 'firmware A, kit A']);
  },
);

test('a file that is missing is found', async () => {
  const { console, plan } = await uploaded();
  await console.evaluate('require("Storage").erase("fw1")');
  await expect(verify(console, plan)).rejects.toThrow('fw1 has 0 bytes instead of');
});

test('what is right is committed', async () => {
  const { flash, console, facts, plan } = await uploaded();
  await verify(console, plan);
  await commit(console, plan, facts);
  expect(bootLines(flash)).toEqual(['loader B', 'firmware B, kit B']);
});
