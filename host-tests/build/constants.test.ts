import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { inlineConstants } from '../../build/constants';
import { root } from '../../build/root';

/** What is left of `main` once it is compiled, one line a statement; `limits` is a file beside it. */
function compiled(main: string, limits = ''): string[] {
  const files: Record<string, string> = { 'main.ts': main, 'limits.ts': limits };
  const options: ts.CompilerOptions = {
    noLib: true,
    target: ts.ScriptTarget.ES2019,
    module: ts.ModuleKind.ES2015,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    newLine: ts.NewLineKind.LineFeed,
  };
  const host: ts.CompilerHost = {
    getSourceFile: (name, version) =>
      files[name] === undefined ? undefined : ts.createSourceFile(name, files[name], version, true),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => files[name] !== undefined,
    readFile: (name) => files[name],
    writeFile: () => undefined,
  };
  const program = ts.createProgram(['main.ts'], options, host);
  const checker = program.getTypeChecker();
  let code = '';
  const write = (_name: string, text: string) => void (code = text);
  program.emit(program.getSourceFile('main.ts'), write, undefined, false, {
    before: [inlineConstants(checker)],
  });
  expect(program.getSyntacticDiagnostics()).toEqual([]);
  return code.split('\n').filter((line) => line !== '' && !/^(import|"use strict")/.test(line));
}

const limits = 'export const tickMs = 1_000; export const name = "kit"; export let count = 1;';

test('a number and a string of the file itself are written where they are used', () => {
  expect(compiled('const a = 5; const b = "x"; use(a, b, a + 1, [a], b[0], b.length, `${a}`);').at(-1)).toBe(
    'use(5, "x", 5 + 1, [5], "x"[0], "x".length, `${5}`);',
  );
});

test('so are those of another file, by name, by another name, and as a member of the whole', () => {
  expect(compiled('import { tickMs, name as n } from "./limits"; use(tickMs, n);', limits)).toEqual([
    'use(1000, "kit");',
  ]);
  expect(compiled('import * as limits from "./limits"; use(limits.tickMs, limits.name);', limits)).toEqual([
    'use(1000, "kit");',
  ]);
});

test('in functions and as the start of another variable, too', () => {
  expect(
    compiled('const a = 5; function f(b = a) { let c = a; return () => b + c + a; } const d = [a];'),
  ).toEqual(['const a = 5;', 'function f(b = 5) { let c = 5; return () => b + c + 5; }', 'const d = [5];']);
});

test('a constant that is another one keeps its name: only what is plainly a value counts', () => {
  expect(compiled('const a = 5; const b = a; use(b);')).toEqual(['const a = 5;', 'const b = 5;', 'use(b);']);
});

test('a shorthand property keeps its name and gets the value', () => {
  expect(compiled('import { tickMs } from "./limits"; use({ tickMs });', limits)).toEqual([
    'use({ tickMs: 1000 });',
  ]);
});

test('the name of a property, a method or a member is no use of the constant', () => {
  expect(compiled('const a = 5; use({ a: 1, b: a, a() { } }, o.a, o[a], { ...o.a.a });').at(-1)).toBe(
    'use({ a: 1, b: 5, a() { } }, o.a, o[5], { ...o.a.a });',
  );
  expect(compiled('const a = 5; class C { a = 1; m() { return this.a + a; } }').join(' ')).toMatch(
    /this\.a = 1.*return this\.a \+ 5/,
  );
  expect(compiled('const a = 5; const { a: b } = o; use(b);').at(-1)).toBe('use(b);');
});

test('a parameter, a local or a caught error of the same name stays what it is', () => {
  const code = `function f(a) { return a + 1; }
function g() { const a = 7; return a; }
function h() { const { a } = o; return { a }; }
function i() { try { } catch (a) { use(a); } }
for (let a = 0; a < 2; a++) use(a);`;
  expect(compiled(`const a = 5;\n${code}`).join('\n').replace(/\s+/g, ' ')).toBe(
    `const a = 5; ${code}`.replace(/\s+/g, ' '),
  );
});

test('a local constant, a variable and what is more than a plain value keep their names', () => {
  const code = `let a = 1;
var b = 2;
const c = -1;
const d = 1 + 1;
const e = [1];
const f = { a: 1 };
function g() { const h = 3; return h; }
use(a, b, c, d, e, f);`;
  expect(compiled(code).join('\n').replace(/\s+/g, ' ')).toBe(code.replace(/\s+/g, ' '));
  expect(compiled('import { count } from "./limits"; use(count);', limits)).toEqual(['use(count);']);
});

test('what is exported stays so', () => {
  expect(compiled('const a = 5; export { a }; export { a as b }; export const c = "x";')).toEqual([
    'const a = 5;',
    'export { a };',
    'export { a as b };',
    'export const c = "x";',
  ]);
});

test('in the finished bundle no constant that is a plain value is left', () => {
  const { body } = parse(readFileSync(join(root, 'dist/firmware.js'), 'utf8'), { ecmaVersion: 'latest' });
  const constants = body.flatMap((statement) =>
    statement.type === 'VariableDeclaration' && statement.kind === 'const' ? statement.declarations : [],
  );
  expect(body.length).toBeGreaterThan(10);
  expect(constants.filter(({ init }) => init?.type === 'Literal')).toEqual([]);
});
