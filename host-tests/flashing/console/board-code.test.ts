import { expect, test } from 'vitest';
import { markGood } from '../../../flashing/console';
import { createStorage, Flash } from '../../../simulator';
import { bareBoard } from '../../simulator/bare-board';

const counted = '000000070\xff';

test.each([
  ['0: the firmware has marked the boot already', 'GOOD=0', counted],
  ['missing: no loader of ours', '', counted],
  ['the place of the mark', 'GOOD=9<<1', '0000000701'],
])(
  'a boot is marked only where the loader says, and the count of boots stays; GOOD is %s',
  (_how, code, boots) => {
    const flash = new Flash();
    const storage = createStorage(flash);
    storage.write('boots0', counted.slice(0, 9), 0, counted.length);
    const { board } = bareBoard('esp8266', undefined, { flash });
    board.evaluate(code + ';' + markGood);
    expect(storage.read('boots0')).toBe(boots);
  },
);
