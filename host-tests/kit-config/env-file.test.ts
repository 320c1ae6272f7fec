import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseEnv, readEnvFile } from '../../cli/kit-config/env-file';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-env-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** [what the line has, the text, what it says] */
const lines: [string, string, Record<string, string>][] = [
  ['a value', 'A=secret', { A: 'secret' }],
  ['blanks around it', '  A =  secret  ', { A: 'secret' }],
  ['blanks inside it', 'A=two words', { A: 'two words' }],
  ['a # inside it, as passwords have', 'A=pass#word #1', { A: 'pass#word #1' }],
  ['double quotes, which keep blanks', 'A=" secret "', { A: ' secret ' }],
  ['single quotes', "A='secret'", { A: 'secret' }],
  ['a quote that is part of it', `A="don't"`, { A: "don't" }],
  ['a quote on one side only', `A=secret"`, { A: 'secret"' }],
  ['a single quote sign', `A="`, { A: '"' }],
  ['an = inside it', 'A=a=b==', { A: 'a=b==' }],
  ['a backslash, which stays one', 'A=a\\nb', { A: 'a\\nb' }],
  ['Korean', 'A=비밀번호', { A: '비밀번호' }],
  ['nothing', 'A=', { A: '' }],
  ['export before it', 'export A=secret', { A: 'secret' }],
  ['a later line of the same name', 'A=1\nA=2', { A: '2' }],
  ['line ends of Windows', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['the byte order mark of an editor', '\uFEFFA=1', { A: '1' }],
  ['comments and empty lines between', '# A=0\n\nA=1\n  # B=2', { A: '1' }],
  ['no = at all', 'A secret\nB=1', { B: '1' }],
  ['a name of an object', '__proto__=1\nconstructor=2', { ['__proto__']: '1', constructor: '2' }],
];

describe('a line of .env', () => {
  it.each(lines)('with %s', (_, text, expected) => {
    expect([...parseEnv(text)]).toEqual(Object.entries(expected));
  });

  it('carries any password of one line between quotes', () => {
    const password = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(password, (text) => {
        expect(parseEnv(`A="${text}"`).get('A')).toBe(text);
      }),
    );
  });
});

describe('the file .env', () => {
  it('is undefined when it is not there', () => {
    expect(readEnvFile(join(folder, 'nothing'))).toBeUndefined();
  });

  it('is refused with what to do when it was saved as UTF-16, as PowerShell does', () => {
    writeFileSync(join(folder, 'utf16'), '\uFEFFA=secret', 'utf16le');
    expect(() => readEnvFile(join(folder, 'utf16'))).toThrow('.env: is saved as UTF-16; save it as UTF-8');
  });

  it('is refused in a sentence when it is a folder', () => {
    expect(() => readEnvFile(folder)).toThrow('.env: cannot be read (EISDIR); expected a text file');
  });
});
