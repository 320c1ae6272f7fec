import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenizer, tokTypes } from 'acorn';
import { minify as terser } from 'terser';
import { expect, test } from 'vitest';
import type { Token } from '../../build/gate/rule';
import { minifyOptions } from '../../build/minify';
import { boardNames, readBoardNames } from '../../build/names';
import { root } from '../../build/root';

const names = readBoardNames();
const minify = async (code: string) => (await terser(code, minifyOptions(names))).code!;

test('every name of espruino.d.ts and every key of kit.json outlives the minifier', async () => {
  const all = [...names.declared, ...names.wire];
  const kept = await minify(
    `setTimeout(function (o) { ${all.map((name) => `o[0].${name} = 1;`).join('')} }, 1);`,
  );
  expect(all.filter((name) => !kept.includes(`.${name}=1`))).toEqual([]);
});

test('the keys of kit.json are known, nested ones and optional ones too', () => {
  const keys = ['kit', 'mac', 'pins', 'dht22', 'holdMs', 'telemetryMs', 'ssid', 'hidden', 'user', 'console'];
  expect(keys.filter((key) => !names.wire.has(key))).toEqual([]);
});

test('a property of our own becomes short, its quoted twin stays', async () => {
  const code = await minify(`setTimeout(function (o) { o.remainingTime = 1; o['remainingTime'] = 2 }, 1)`);
  expect(code).toMatch(/^setTimeout\(function\((\w)\)\{\1\.\w=1,\1\.remainingTime=2\},1\);$/);
});

test('in the finished bundle every name of our own has at most four letters', () => {
  const long = namesIn(readFileSync(join(root, 'dist/firmware.js'), 'utf8')).filter(
    (name) => name.length > 4,
  );
  const theirs = new Set([...names.globals.keys(), ...names.declared, ...names.wire]);
  expect(long.length).toBeGreaterThan(0);
  expect(long.filter((name) => !theirs.has(name))).toEqual([]);
});

test('no invented name hides a pin, a peripheral or a reserved word of the interpreter', async () => {
  const count = 3000;
  const numbers = Array.from({ length: count }, (_, index) => index);
  const properties = numbers.map((index) => `a0.property${index} = a${index};`);
  const code = await minify(
    `setTimeout(function (${numbers.map((index) => `a${index}`)}) { ${properties.join('')} }, 1)`,
  );
  const invented = new Set(namesIn(code));
  expect(invented.size).toBeGreaterThan(count);
  const hidden = ['of', 'static', 'E', 'g', 'A0', 'D0', 'D39', 'get', 'set'].filter((name) =>
    invented.has(name),
  );
  expect(hidden).toEqual([]);
  expect(code).not.toMatch(/\.(if|do|in|of|let|new|var|for|try)\b/);
});

test('globals, their members and the members of values are told apart', () => {
  const { globals, members } = boardNames(
    `interface ObjectConstructor { keys(o: object): string[] }
     declare const Object: ObjectConstructor;
     interface Pin { read(): boolean; mode?: string }
     declare const A0: Pin;
     declare var global: any;
     declare function print(text: string): void;
     declare namespace E { function on(): void; }`,
    [],
  );
  expect([...globals.keys()].sort()).toEqual(
    ['A0', 'E', 'Infinity', 'NaN', 'Object', 'arguments', 'global', 'print', 'undefined'].sort(),
  );
  expect(globals.get('Object')).toEqual(new Set(['keys']));
  expect(globals.get('A0')).toEqual(new Set(['read', 'mode']));
  expect(globals.get('E')).toEqual(new Set(['on']));
  expect(globals.get('global')).toBeUndefined();
  expect(members).toEqual(new Set(['read', 'mode']));
});

function namesIn(code: string): string[] {
  return [...tokenizer(code, { ecmaVersion: 'latest' })].flatMap(({ type, value }: Token) =>
    type === tokTypes.name ? [String(value)] : [],
  );
}
