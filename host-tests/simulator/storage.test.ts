import { describe, expect, test } from 'vitest';
import { Flash, PowerCut, createStorage } from '../../simulator';
import { forSeeds } from '../support/random';
import { bareBoard, thrown } from './bare-board';

// What is expected here was seen on the real interpreter, release 2v29.
describe('Storage', () => {
  test('reads what was written, whole or in part', () => {
    const storage = createStorage(new Flash());
    storage.write('a', 'Hello World');
    expect(storage.read('a')).toBe('Hello World');
    expect(storage.read('a', 6)).toBe('World');
    expect(storage.read('a', 6, 3)).toBe('Wor');
    expect(storage.read('a', 6, -1)).toBe('World');
    expect(storage.read('a', 99)).toBe('');
    expect(storage.read('b')).toBeUndefined();
  });

  test('fills a file of a given size piece by piece, the rest reads as 0xFF', () => {
    const storage = createStorage(new Flash());
    storage.write('a', 'Hello', 0, 14);
    expect(storage.read('a')).toBe('Hello' + '\xff'.repeat(9));
    storage.write('a', ' ', 5);
    storage.write('a', 'World!!!', 6);
    expect(storage.read('a')).toBe('Hello World!!!');
  });

  test('writes every byte once: another byte in its place is refused, and so is the same', () => {
    const storage = createStorage(new Flash());
    storage.write('a', 'Hello', 0, 14);
    expect(() => storage.write('a', 'x', 2)).toThrow('File already written with different data');
    expect(() => storage.write('a', 'l', 2)).toThrow('File already written with different data');
  });

  test('starts the file anew when it is written at offset 0', () => {
    const storage = createStorage(new Flash());
    storage.write('a', '\xff234', 0, 8);
    storage.write('a', '1', 0);
    expect(storage.read('a')).toBe('1');
  });

  test('refuses more than the size that was given at first', () => {
    const storage = createStorage(new Flash());
    storage.write('a', 'ab', 0, 4);
    expect(() => storage.write('a', 'cde', 2)).toThrow('Too much data for file size');
  });

  test('refuses a file of no length, but sets one aside without data', () => {
    const storage = createStorage(new Flash());
    expect(() => storage.write('a', '')).toThrow("Can't create zero length file");
    expect(storage.write('b', '', 0, 10)).toBe(true);
    expect(storage.read('b')).toBe('\xff'.repeat(10));
  });

  test('cannot begin a file anywhere but at its start', () => {
    const storage = createStorage(new Flash());
    expect(() => storage.write('a', 'x', 3)).toThrow('Unable to find or create file');
  });

  test('writes nothing when the content is the same', () => {
    const flash = new Flash();
    const storage = createStorage(flash);
    storage.write('a', 'same');
    const { writes } = flash;
    expect(storage.write('a', 'same')).toBe(true);
    expect(flash.writes).toBe(writes);
  });

  test('cuts names to 28 bytes and takes a drive letter off', () => {
    const storage = createStorage(new Flash());
    storage.write('a'.repeat(30), 'x');
    storage.write('C:b', 'y');
    expect(storage.list()).toEqual(['a'.repeat(28), 'b']);
    expect(storage.read('a'.repeat(40))).toBe('x');
  });

  test('marks what is erased and gets the room back when it compacts', () => {
    const storage = createStorage(new Flash());
    storage.write('a', 'x'.repeat(1000));
    storage.write('b', 'kept');
    storage.erase('a');
    expect(storage.getStats()).toMatchObject({
      fileBytes: 36,
      trashBytes: 1032,
      freeBytes: 196_608 - 1032 - 36,
    });
    expect(storage.compact()).toBe(true);
    expect(storage.getStats()).toMatchObject({ fileBytes: 36, trashBytes: 0, freeBytes: 196_608 - 36 });
    expect(storage.read('b')).toBe('kept');
    expect(storage.compact()).toBe(false);
  });

  test('compacts by itself when nothing else makes room, and gives up when that does not', () => {
    const compactions: number[] = [];
    const storage = createStorage(new Flash(), () => compactions.push(1));
    storage.write('a', 'x'.repeat(150_000));
    storage.erase('a');
    storage.write('b', 'y'.repeat(150_000));
    expect(compactions.length).toBe(1);
    expect(() => storage.write('c', 'z'.repeat(150_000))).toThrow('Unable to find or create file');
    expect(storage.read('b')).toBe('y'.repeat(150_000));
  });

  test('loses the old content when the power is cut while it is replaced, and nothing else', () => {
    const seen = new Set<string>();
    for (let cut = 1; cut <= 12; cut++) {
      const flash = new Flash();
      const storage = createStorage(flash);
      storage.write('other', 'untouched');
      storage.write('a', 'old');
      const before = flash.writes;
      flash.onWrite = (count) => {
        if (count - before >= cut) throw new PowerCut();
      };
      try {
        storage.write('a', 'new content');
      } catch (error) {
        expect(error).toBeInstanceOf(PowerCut);
      }
      const after = createStorage(flash);
      expect(after.read('other')).toBe('untouched');
      seen.add(String(after.read('a')));
    }
    // One word of mark, eight of header, three of content: each cut leaves what was written so far.
    const empty = '\xff'.repeat(11);
    expect([...seen]).toEqual([
      'old',
      'undefined',
      empty,
      'new \xff\xff\xff\xff\xff\xff\xff',
      'new cont\xff\xff\xff',
    ]);
  });

  test('agrees with a plain table of files over generated operations, compactions included', () => {
    forSeeds(60, (random) => {
      const storage = createStorage(new Flash());
      const files = new Map<string, string>();
      for (let step = 0; step < 150; step++) {
        const name = random.pick(['a', 'b', 'c', 'config']);
        if (random.oneIn(4)) {
          storage.erase(name);
          files.delete(name);
        } else {
          const content = random.bytes(random.int(1, 9000));
          storage.write(name, content);
          files.set(name, content);
        }
        for (const [file, content] of files) expect(storage.read(file) === content, file).toBe(true);
        expect(storage.list().sort()).toEqual([...files.keys()].sort());
      }
    });
  });
});

describe('require("Storage")', () => {
  test('throws errors that board code can catch', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'require("Storage").write("a","")')).toBe("Error: Can't create zero length file");
    expect(thrown(bare, 'require("Storage").write("a",undefined)')).toBe(
      "Error: Can't get pointer to data to write",
    );
    expect(thrown(bare, 'require("Storage").write("a",null)')).toBe(
      'TypeError: Expecting Number or iterable, got null',
    );
    expect(
      bare.value('(function(){try{require("Storage").write("a","")}catch(e){return e instanceof Error}})()'),
    ).toBe(true);
  });

  test('takes strings, bytes in arrays, and objects as JSON', () => {
    const { value } = bareBoard();
    expect(value('[S=require("Storage"),S.write("z",[1,"ab",[300]]),S.read("z")][2]')).toBe('\u0001ab,');
    expect(value('[S.write("z",{a:1},3,99),S.read("z")][1]')).toBe('{"a":1}');
    expect(value('[S.write("z",new Uint8Array([104,105])),S.read("z")][1]')).toBe('hi');
  });

  test('writes JSON in its short form, which only readJSON understands', () => {
    const bare = bareBoard();
    bare.board.evaluate('S=require("Storage");S.writeJSON("j",{a:"\\xff\\n",b:[1,undefined],"c-d":1,1:2})');
    // The board keeps the order of writing; V8 puts keys that are numbers first.
    expect(bare.value('S.read("j")')).toBe('{1:2,a:"\\xFF\\n",b:[1,null],"c-d":1}');
    expect(bare.value('S.readJSON("j")')).toEqual({ a: '\xff\n', b: [1, null], 'c-d': 1, 1: 2 });
    expect(bare.value('[S.write("bad","{a:"),S.readJSON("bad",true)]')).toEqual([true, null]);
    expect(thrown(bare, 'S.readJSON("bad")')).toBe('SyntaxError: Expecting valid value, got EOF');
  });

  test('hashes names and places as Espruino does', () => {
    const { value } = bareBoard();
    // rotate(0xABCDDCBA) ^ 0xCB000 ^ CRC-32 of "a"
    expect(value('[S=require("Storage"),S.write("a","hi"),S.hash()][2]')).toBe(-1088374986);
    expect(value('S.hash(/none/)')).toBe(0xabcddcba | 0);
  });
});
