import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

const board = bareBoard();
const { value } = board;

describe('the board has only what Espruino has', () => {
  const absent =
    'Map Set WeakMap WeakSet WeakRef Symbol Proxy Reflect Intl BigInt RangeError EvalError URIError escape unescape ' +
    'queueMicrotask setImmediate TextEncoder TextDecoder WebAssembly SharedArrayBuffer Atomics FinalizationRegistry ' +
    'AggregateError Iterator structuredClone fetch URL Buffer';
  test.each(absent.split(' '))('no %s', (name) => {
    expect(value(`typeof ${name}`)).toBe('undefined');
  });

  const absentMembers = [
    'Array.from Array.of [].flat [].flatMap [].at [].lastIndexOf [].findLast [].reduceRight [].entries [].keys [].values',
    '"".at "".codePointAt "".trimStart "".trimEnd "".matchAll "".search "".localeCompare "".normalize String.raw String.fromCodePoint',
    'Object.freeze Object.seal Object.isFrozen Object.is Object.hasOwn',
    'Number.isInteger Number.isFinite Number.isNaN Number.parseFloat Number.EPSILON Number.MAX_SAFE_INTEGER (5).toPrecision',
    'Math.trunc Math.log10 Math.log2 Math.cbrt Math.clz32 Math.cosh Math.fround Math.hypot Math.imul',
    'Date.UTC new(Date)().toLocaleString Uint8Array.from Uint8Array.of new(ArrayBuffer)(1).slice',
  ].flatMap((line) => line.split(' '));
  test.each(absentMembers)('no %s', (member) => {
    expect(
      value(
        `typeof ${member
          .replace('new(', '(new ')
          .replace(')(', '(')
          .replace(/^\(new (\w+)(\(.*?\))/, '(new $1$2)')}`,
      ),
    ).toBe('undefined');
  });

  test('what is missing throws when it is called', () => {
    expect(thrown(board, 'Math.trunc(1.5)')).toMatch(/^TypeError/);
    expect(thrown(board, 'new Map()')).toMatch(/^ReferenceError/);
  });

  test('what remains works: for-of, typed arrays, regular expressions, classes', () => {
    expect(
      value('(function(){var s="";for(var x of ["a","b"])s+=x;for(var c of "cd")s+=c;return s})()'),
    ).toBe('abcd');
    expect(value('new Uint8Array([1,2,3]).subarray(1).map(function(x){return x*2}).join()')).toBe('4,6');
    expect(value('"a1b22".replace(/\\d+/g,"#")')).toBe('a#b#');
    expect(
      value('(function(){class A{constructor(){this.x=1}get y(){return this.x+1}}return new A().y})()'),
    ).toBe(2);
  });

  test('its objects are its own, not those of the program around it', () => {
    expect(value('[[] instanceof Array,{} instanceof Object,E.getErrorFlags() instanceof Array]')).toEqual([
      true,
      true,
      true,
    ]);
    expect(value('(function(){try{clearTimeout(undefined)}catch(e){return e instanceof Error}})()')).toBe(
      true,
    );
  });
});

describe('numbers', () => {
  // Seen on the real interpreter; the last digit is rounded, but a carry is lost.
  test.each([
    ['(99.96).toFixed(1)', '99.9'],
    ['(21.96).toFixed(1)', '21.9'],
    ['(2.6).toFixed(0)', '2'],
    ['(7.999).toFixed(2)', '7.99'],
    ['(-2.6).toFixed(0)', '-2'],
    ['(2.675).toFixed(2)', '2.67'],
    ['(25.5).toFixed(2)', '25.50'],
    ['(0.05).toFixed(1)', '0.1'],
    ['(512).toFixed(2)', '512.00'],
    ['(1/3).toString()', '0.33333333333'],
    ['String(0.1+0.2)', '0.3'],
    ['String(123456789.123)', '123456789.12299999594'],
    ['String(1700000000.123)', '1700000000.12299990653'],
    ['String(1e22)', '10e+21'],
    ['String(4294967295)', '4294967295'],
    ['(255).toString(16)', 'ff'],
    ['(-255).toString(16)', '-ff'],
    ['(0.5).toString(2)', '0.1'],
  ])('%s is %s', (expression, text) => {
    expect(value(expression)).toBe(text);
  });

  test.each([
    ['Math.round(-2.5)', -3],
    ['Math.round(-0.5)', -1],
    ['Math.round(2.5)', 3],
    ['Math.round(0.4)', 0],
    ['Math.sign(-3)', -1],
    ['Math.clip(5,1,3)', 3],
    ['Math.wrap(725,360)', 5],
    ['Math.wrap(-5,360)', -5],
    ['Math.pow(2,9)', 512],
    ['parseInt("08")', 8],
  ])('%s is %s', (expression, number) => {
    expect(value(expression)).toBeCloseTo(number, 9);
  });

  test('Math.pow goes through logarithms and is not exact', () => {
    expect(board.board.evaluate('Math.pow(2,31)')).toBe(2147483648.000002);
  });

  test('random numbers are the same on every board and at every start', () => {
    const expected = [0.9325527385808527, 0.7077235584147274, 548953282];
    for (const chip of ['esp8266', 'esp32'] as const) {
      const { board } = bareBoard(chip);
      expect([0, 1].map(() => board.evaluate('Math.random()')).concat(board.evaluate('E.hwRand()'))).toEqual(
        expected,
      );
      board.reset();
      expect(board.evaluate('Math.random()')).toBe(expected[0]);
    }
  });
});

describe('strings are bytes', () => {
  test('in source text, whatever way they are written', () => {
    expect(value('["\\u03a9".charCodeAt(0),"\\\\u03a9".length,"\u03a9".length]')).toEqual([0xa9, 6, 1]);
    expect(value('String.fromCharCode(0x3a9,65,-1)')).toBe('\u00a9A\u00ff');
  });

  test('with the case and the blanks of ASCII', () => {
    expect(value('"\\xff\\xe4bC".toUpperCase()')).toBe('\u00ff\u00e4BC');
    expect(value('"\\xc4bC".toLowerCase()')).toBe('\u00c4bc');
    expect(value('" \\xa0\\t\\n\\x0b\\x0c\\x00a\\r ".trim()')).toBe('\u00a0\t\n\v\f\0a');
  });

  test('split does not look at its limit', () => {
    expect(value('"a,b,c".split(",",2)')).toEqual(['a', 'b', 'c']);
  });

  test('base 64 and URI encoding work on bytes', () => {
    expect(
      value('[atob("aGk="),btoa("hi\\xff"),encodeURIComponent("a b\\xff"),decodeURIComponent("%41%ff")]'),
    ).toEqual(['hi', 'aGn/', 'a%20b%FF', 'A\u00ff']);
    expect(thrown(board, 'decodeURIComponent("a%4")')).toBe('Error: Invalid URI');
  });
});

describe('JSON', () => {
  // Seen on the real interpreter.
  test.each([
    [
      '{a:[1,2.1,"\\xb0\\x01\\n",undefined,print],b:print,u:undefined,d:new Uint8Array([1,2]),n:NaN}',
      '{"a":[1,2.1,"\\u00B0\\u0001\\n",null,undefined],"d":[1,2],"n":null}',
    ],
    ['"\\x7f\\x80\\b\\f\\v\\t/\\\\\\"\'"', '"\\u007F\\u0080\\b\\f\\u000B\\t/\\\\\\"\'"'],
    ['undefined', 'null'],
    ['new Date(1000)', '"1970-01-01T00:00:01.000Z"'],
    ['(function(){var c={};c.o=c;return c})()', '{"o": ... }'],
    ['1700000000.123', '1700000000.12299990653'],
  ])('stringify(%s)', (expression, text) => {
    expect(board.board.evaluate(`JSON.stringify(${expression})`)).toBe(text);
  });

  test('stringify can indent', () => {
    expect(board.board.evaluate('JSON.stringify({a:[1,{b:2}],c:"x"},null,2)')).toBe(
      '{ \n  "a": [ \n    1, \n    { \n      "b": 2\n     }\n   ], \n  "c": "x"\n }',
    );
  });

  test.each([
    ["{'a':'b'}", { a: 'b' }],
    ['{"a":1,}', { a: 1 }],
    ['[1,]', [1]],
    ['{"a":1} and more', { a: 1 }],
    ['{"a":1,"a":2}', { a: 1 }],
    ['// comment\n[0x1F, -1.5e2]', [31, -150]],
    ['"\\u00b0\\u03a9"', '\u00b0\u00a9'],
  ])('parse takes %s', (text, result) => {
    expect(value(`JSON.parse(${JSON.stringify(text)})`)).toEqual(result);
  });

  test.each([
    ['{x:1}', 'SyntaxError: Got ID:x expected STRING'],
    ['[1 2]', "SyntaxError: Got INT expected ','"],
    ['{"a":}', "SyntaxError: Expecting valid value, got '}'"],
    ['{"a" 1}', "SyntaxError: Got INT expected ':'"],
    ['', 'SyntaxError: Expecting valid value, got EOF'],
    ['"abc', 'SyntaxError: Expecting valid value, got UNFINISHED STRING'],
    ['[undefined]', 'SyntaxError: Expecting valid value, got undefined'],
  ])('parse refuses %s', (text, message) => {
    expect(thrown(board, `JSON.parse(${JSON.stringify(text)})`)).toBe(message);
  });
});

describe('print', () => {
  // Seen on the real interpreter.
  test('shows values as the console does', () => {
    expect(board.run('print([1,2],{a:1,s:"x\\xb0"},[],{},null,undefined,true,-0,1.5,"text")')).toEqual([
      '[ 1, 2 ] { "a": 1, ',
      '  "s": "x\\xB0"',
      ' } [  ] {  } null undefined true 0 1.5 text',
    ]);
    expect(board.run('console.log({a:1,b:2,c:3,d:4,e:5},new Uint8Array([1,2]),new Uint8Array(3))')).toEqual([
      '{ "a": 1, "b": 2, "c": 3, "d": 4, ',
      '  "e": 5 } new Uint8Array([1, 2]) new Uint8Array(3)',
    ]);
    expect(board.run('class Foo{constructor(){this.a=1}}print(new Foo(),new Error("q"))')).toEqual([
      'Foo: { "a": 1 } Error: Error: q',
    ]);
  });
});

describe('eval', () => {
  test('runs in global scope, and its declarations stay', () => {
    board.board.evaluate('eval("let kept=1;const alsoKept=2;function f(){return kept+alsoKept}")');
    expect(value('[kept,alsoKept,f()]')).toEqual([1, 2, 3]);
  });

  test('allows to declare a let again', () => {
    board.board.evaluate('let twice=1');
    expect(board.board.evaluate('let twice=2;twice')).toBe(2);
  });
});
