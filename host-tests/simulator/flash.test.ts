import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Flash, PowerCut, createStorage } from '../../simulator';

describe('flash', () => {
  test('turns ones into zeros, and only erasing a page brings ones back', () => {
    const flash = new Flash();
    flash.write(100, Uint8Array.of(0b1010_1010));
    flash.write(100, Uint8Array.of(0b1100_1111));
    expect(flash.bytes[100]).toBe(0b1000_1010);
    flash.erasePage(4095);
    expect([flash.bytes[100], flash.isErased(0, 4096)]).toEqual([0xff, true]);
  });

  test('erases one page of 4,096 bytes and leaves its neighbours', () => {
    const flash = new Flash();
    for (const address of [4095, 4096, 8191, 8192]) flash.write(address, Uint8Array.of(0));
    flash.erasePage(4096);
    expect([4095, 4096, 8191, 8192].map((address) => flash.bytes[address])).toEqual([0, 0xff, 0xff, 0]);
  });

  test('counts words and pages, and can lose power before each of them', () => {
    const flash = new Flash();
    flash.onWrite = (count) => {
      if (count === 3) throw new PowerCut();
    };
    // From address 2 on: a word of two bytes, a whole one, and the cut.
    expect(() => flash.write(2, new Uint8Array(10))).toThrow(PowerCut);
    expect([...flash.bytes.subarray(0, 12)]).toEqual([255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    expect([flash.writes, flash.erasures]).toEqual([2, 0]);
  });

  test('refuses a size that is no multiple of a page', () => {
    expect(() => new Flash({ bytes: 5000 })).toThrow('flash size: expected a multiple of 4096, got 5000');
  });
});

describe('flash in a file', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flash-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('holds after a restart of the program what was written before', () => {
    const file = join(folder, 'kit.flash');
    createStorage(new Flash({ file })).write('greeting', 'hello');
    expect(createStorage(new Flash({ file })).read('greeting')).toBe('hello');
  });

  test('is never seen half written: the image is replaced as a whole', () => {
    const file = join(folder, 'kit.flash');
    const flash = new Flash({ file });
    createStorage(flash).write('a', 'x'.repeat(1000));
    expect(readFileSync(file).equals(Buffer.from(flash.bytes))).toBe(true);
    expect(readdirSync(folder)).toEqual(['kit.flash']);
  });

  test('keeps what was written before a power cut', () => {
    const file = join(folder, 'kit.flash');
    const flash = new Flash({ file });
    createStorage(flash).write('a', 'one');
    flash.onWrite = () => {
      throw new PowerCut();
    };
    expect(() => createStorage(flash).write('b', 'two')).toThrow(PowerCut);
    expect(createStorage(new Flash({ file })).list()).toEqual(['a']);
  });

  test('refuses an image of another chip', () => {
    const file = join(folder, 'kit.flash');
    writeFileSync(file, Buffer.alloc(100));
    expect(() => new Flash({ file })).toThrow('expected a flash image of 196608 bytes, got 100');
  });
});
