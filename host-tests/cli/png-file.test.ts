import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PngFile, pngNameOf } from '../../cli/png-file';

describe('a picture in a file', () => {
  let folder: string;
  let picture: string;
  let failures: string[];
  const fileIn = (name: string) =>
    new PngFile(
      join(folder, name),
      () => Buffer.from(picture),
      (sentence) => failures.push(sentence),
    );
  const content = () => readFileSync(join(folder, 'oled.png'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lamplighter-'));
    failures = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });

  it('is written once for many changes in short time, with the last of them', () => {
    const file = fileIn('oled.png');
    picture = 'first';
    file.changed();
    picture = 'second';
    file.changed();
    expect(readdirSync(folder)).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(content()).toBe('second');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is written at once when asked for, and leaves nothing beside it', () => {
    const file = fileIn('oled.png');
    picture = 'now';
    file.changed();
    file.save();
    expect(content()).toBe('now');
    expect(readdirSync(folder)).toEqual(['oled.png']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says why it cannot be written, and keeps the program running', () => {
    const file = fileIn('missing/oled.png');
    const sentence = `--png: ${file.file} cannot be written: its folder does not exist`;
    expect(() => file.save()).toThrow(new Error(sentence));
    file.changed();
    vi.advanceTimersByTime(200);
    expect(failures).toEqual([sentence]);
  });

  it.each([
    ['oled.png', 'oled-3.png'],
    ['a.b/oled', 'a.b/oled-3'],
    ['pictures/oled.v2.png', 'pictures/oled.v2-3.png'],
  ])('%s becomes %s for the third of several kits', (file, name) => {
    expect(pngNameOf(file, 3)).toBe(name);
  });
});
