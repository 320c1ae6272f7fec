import { describe, expect, test } from 'vitest';
import { gate, rules } from '../../build/gate';
import { boardNames } from '../../build/names';

const names = boardNames(
  `interface Array<T> { length: number; push(item: T): number; forEach(f: (item: T) => void): void; [index: number]: T }
   interface String { length: number; substr(at: number): string }
   interface Error { message: string }
   interface ErrorConstructor { new (message: string): Error }
   interface ObjectConstructor { keys(o: object): string[] }
   interface Math { floor(x: number): number; trunc(x: number): number }
   declare const Error: ErrorConstructor;
   declare const Object: ObjectConstructor;
   declare const Math: Math;
   declare const E: { on(event: string, f: () => void): void };
   declare function print(text: unknown): void;
   declare function setTimeout(f: () => void, ms: number): number;
   declare function clearTimeout(id: number): void;
   declare function clearInterval(id: number): void;`,
  ['export interface KitSettings { telemetryMs: number }'],
);

const refused = (code: string) => gate(code, names).map(({ column, construct }) => `${column} ${construct}`);

/** Each line holds one mistake, with its column and the words that tell it. */
const mistakes: [code: string, refusals: string[]][] = [
  ['let {a} = E;', ['5 destructuring']],
  ['let [[a], b] = E;', ['5 destructuring']],
  ['let a, b; [a, b] = E;', ['11 destructuring']],
  ['(({a}) => a)(E);', ['3 destructuring']],
  ['for (const [a] of E) print(a);', ['12 destructuring']],
  ['((a = 1) => a)();', ['3 default parameter']],
  ['((...a) => a)();', ['3 rest parameter']],
  ['print([...E]);', ['8 spread']],
  ['print(...E);', ['7 spread']],
  ['print({...E});', ['8 spread']],
  ['print(E?.on);', ['7 optional chaining']],
  ['(async () => {})();', ['2 async function']],
  ['(async () => { await 1; })();', ['2 async function', '16 await']],
  ['print({ async a() {} });', ['16 async function']],
  ['(function* () {})();', ['2 generator']],
  ['(function* () { yield 1; })();', ['2 generator']],
  ['a: for (;;) break a;', ['1 label']],
  ['print`a`;', ['1 tagged template']],
  ['class A { #a() {} b() { return this.#a(); } }', ['11 private name', '32 private name']],
  ['class A { static { print(1); } }', ['11 static block']],
  ['class A { a = 1 }', ['11 class field']],
  ['class A { a; }', ['11 class field']],
  ['print({ ["a" + 1]: 1 });', ['9 computed key']],
  ['class A { ["a"]() {} }', ['11 computed key', '11 method with a quoted or numeric name']],
  ['print(2 ** 3);', ['7 exponent operator']],
  ['let a = 2; a **= 3;', ['12 exponent operator']],
  ['let a; a ??= 3;', ['8 logical assignment']],
  ['let a; a ||= 3;', ['8 logical assignment']],
  ['let a; a &&= 3;', ['8 logical assignment']],
  ['print(1n);', ['7 bigint']],
  ['with (E) print(1);', ['1 with statement']],
  ['function f() { return new.target }', ['23 new.target']],
  ['import("a");', ['1 import()']],
  ['function f() { if (E) print(1); else return}', ['38 return as the last word of a function']],
  ['switch (1) { default: print(1); case 1: print(2); }', ['1 case after default']],
  ['class A { if() {} }', ['11 method named by a keyword']],
  ['print({ get do() { return 1; } });', ['9 method named by a keyword']],
  ['class A { "a"() {} }', ['11 method with a quoted or numeric name']],
  ['let a = []; a.length = 0;', ['13 assignment to .length']],
  ['let a = []; a.length--;', ['13 assignment to .length']],
  ['print("\\u{41}");', ['7 \\u{...} escape']],
  ['print(`\\u{41}`);', ['8 \\u{...} escape']],
  ['print("\\u03a9");', ['7 character above \\xff']],
  ['print(`\\u03a9`);', ['8 character above \\xff']],
  ['print("a\\\nb");', ['7 line continuation in a string']],
  ['print("\xb0");', ['8 byte that is not ASCII']],
  ['print(/a/m);', ['7 regular expression flag m']],
  ['print(/a/gs);', ['7 regular expression flag s']],
  ['print(/a(?=b)/);', ['9 lookahead in a regular expression']],
  ['print(/(?!b)/);', ['8 lookahead in a regular expression']],
  ['print(/(?<=b)a/);', ['8 lookbehind in a regular expression']],
  ['print(/(?<n>a)/);', ['8 named group in a regular expression']],
  ['print(/(?:a)/);', ['8 group without capture in a regular expression']],
  ['print(/a{2}/);', ['9 repeat count in a regular expression']],
  ['print(/\\ba/);', ['8 word boundary in a regular expression']],
  ['print(/(a)\\1/);', ['11 back-reference in a regular expression']],
  ['print(/\\u0041/);', ['8 Unicode escape in a regular expression']],
  ['print(/a*?/);', ['9 lazy repeat in a regular expression']],
  ['let a = 1; print(a++ / 2);', ['22 slash that the lexer misreads']],
  ['print(this / 2);', ['12 slash that the lexer misreads']],
  ['if (E) /a/g;', ['8 slash that the lexer misreads']],
  ['let of = 1;', ['5 binding named of']],
  ['(static => 1)();', ['2 binding named static']],
  ['for (let i = 0; i < 3; i++) print(() => i);', ['41 closure over loop-head variable i']],
  ['for (const i of E) { print(function () { print(i); }); }', ['48 closure over loop-head variable i']],
  ['for (const i in E) print(() => () => i);', ['38 closure over loop-head variable i']],
  ['f(); function f() {}', ['1 use of f before its declaration']],
  ['function g() { f(); function f() {} } g();', ['16 use of f before its declaration']],
  ['print(a); var a = 1;', ['7 use of a before its declaration']],
  ['a = 1; var a;', ['1 use of a before its declaration']],
  ['print(a); let a = 1;', ['7 use of a before its declaration']],
  ['new A; class A {}', ['5 use of A before its declaration']],
  ['function f(a) { if (a) { var x = 1; } x = 2; } f();', ['39 var x, whose declaration may be skipped']],
  ['function f(a) { if (a) var x = 1; else x = 2; } f();', ['40 var x, whose declaration may be skipped']],
  [
    'function f(a) { for (; a;) { var x = 1; } return x; } f();',
    ['50 var x, whose declaration may be skipped'],
  ],
  [
    'function f(a) { for (var b of a) var x = b; return x; } f();',
    ['52 var x, whose declaration may be skipped'],
  ],
  [
    'function f(a) { while (a) { var x; x = 1; } x = 2; } f();',
    ['45 var x, whose declaration may be skipped'],
  ],
  [
    'function f(a) { switch (a) { case 1: var x; break; case 2: x = 1; } } f();',
    ['60 var x, whose declaration may be skipped'],
  ],
  [
    'function f(a) { try { a(); var x = 1; } catch (e) { x = 2; } } f();',
    ['53 var x, whose declaration may be skipped'],
  ],
  [
    'function f(a) { if (a) { var x; } print(() => x); } f();',
    ['47 var x, whose declaration may be skipped'],
  ],
  ['process.exit();', ['1 unknown global process', '9 unknown property .exit']],
  ['x = 1;', ['1 unknown global x']],
  ['{ function f() {} } f();', ['21 unknown global f']],
  ['new Map;', ['5 absent global Map']],
  ['queueMicrotask(print);', ['1 absent global queueMicrotask']],
  ['Math.floof(1);', ['1 unknown Math.floof']],
  ['Math["floof"](1);', ['1 unknown Math.floof']],
  ['Math.trunc(1);', ['1 absent Math.trunc']],
  ['Object.freeze(E);', ['1 absent Object.freeze']],
  ['[1].flat();', ['5 absent method .flat']],
  ['[1].at(0);', ['5 absent method .at']],
  ['[1].keys();', ['5 absent method .keys']],
  ['"a".padLeft(1);', ['5 unknown property .padLeft']],
  ['clearTimeout();', ['1 clearTimeout() without an id']],
  ['clearInterval(void 0);', ['1 clearInterval() without an id']],
  ['clearTimeout(undefined);', ['1 clearTimeout() without an id']],
  ['class A extends Error {}', ['17 extends of what is no class of the bundle']],
  ['class A extends (print, E) {}', ['18 extends of what is no class of the bundle']],
  [
    'export const a = 1;',
    ["1 text that is no script: 'import' and 'export' may appear only with 'sourceType: module'"],
  ],
  ['print(1;', ['8 text that is no script: Unexpected token']],
];

/** What the interpreter runs as it should. */
const sound = [
  'let a = 1, b = `${a} x`; const c = () => ({ a, b }); print(c());',
  'for (const a of [1, 2]) { const b = a; print(() => b); }',
  'for (let i = 0; i < 3; i++) print(i);',
  'function f() { return g(); } function g() { return 1; } f();',
  'const f = () => a; let a = 1; f();',
  'var a = 1; function f() { a = 2; } f();',
  'function f(a) { for (var i = 0; a; i++) print(i); return i; } f();',
  'function f(a) { do { var x = 1; } while (a); return x; } f();',
  'function f(a) { if (a) { var x = 1; print(x); } var x; x = 2; return x; } f();',
  'function f(a) { var x; if (a) { var x = 1; } return x; } f();',
  'function f(a) { try { a(); } finally { var x = 1; } return x; } f();',
  'switch (1) { case 1: print(1); break; default: print(2); }',
  'class A { constructor() { this.a = 1; } get b() { return this.a; } static c() {} } class B extends A {} new B().b;',
  'print({ if: 1, do() {} }.if);',
  'print(/^[a-z{?]+\\.(a|b)*$/gi, 4 / 2, (1 + 1) / 2, [1][0] / 2, "a" / 2);',
  'print([1].length, "a".substr(1).length, Object.keys(E), Math.floor(1.5), E.on);',
  'print("\\xb0\\\\u{41}", `\\x41`);',
  'const o = { at: 1 }; o.flat = o.at; print(o.flat, o.telemetryMs, o["telemetryMs"]);',
  'const id = setTimeout(print, 1); if (id !== undefined) clearTimeout(id);',
  'try { throw new Error("a"); } catch (e) { print(e.message); }',
  'print(a => a ?? 1, typeof print, void 0, NaN, undefined, !0, 0x10, 0b1, 1e3, .5);',
  'function f() { return arguments.length; } f();',
];

describe('the gate refuses', () => {
  test.each(mistakes)('%s', (code, refusals) => {
    expect(refused(code)).toEqual(refusals);
  });
});

describe('the gate passes', () => {
  test.each(sound)('%s', (code) => {
    expect(refused(code)).toEqual([]);
  });
});

test('every rule refuses one of the mistakes above', () => {
  const idle = rules.filter((rule) => !mistakes.some(([code]) => gate(code, names, [rule]).length > 0));
  expect(idle.map(({ construct }) => construct)).toEqual([]);
});

test('a refusal tells line, column, construct and what to write instead', () => {
  expect(gate('print(1);\nprint(E?.on);\n', names)).toEqual([
    { line: 2, column: 7, construct: 'optional chaining', instead: 'a && a.b' },
  ]);
});

test('an absent function is refused although the declarations promise it', () => {
  expect(gate('Math.trunc(1);', names)[0]!.instead).toContain('x | 0');
});
