import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../gateway/make-folder';

const place = mkdtempSync(join(tmpdir(), 'lamplighter-folder-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with those around it, and once', () => {
    const folder = join(place, 'a', 'b', 'c');
    makeFolder(folder, 0o700);
    makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('cannot be made in a file', () => {
    writeFileSync(join(place, 'file'), '');
    expect(() => makeFolder(join(place, 'file', 'x'))).toThrow('ENOTDIR');
  });

  it.runIf(existsSync('/proc/self'))('below /proc is refused, and not tried for ever', () => {
    expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT');
  });
});
