/** Reserved words of the interpreter's lexer (jslex.c); as names of methods they are syntax errors. */
export const keywords = (
  'break case catch class const continue debugger default delete do else extends false finally for function if in ' +
  'instanceof let new null of return static super switch this throw true try typeof undefined var void while'
).split(' ');

/** Globals of newer JavaScript that the interpreter lacks, and what to write instead. */
export const absentGlobals: Record<string, string> = {
  Map: 'an object with string keys',
  Set: 'an object with string keys or an array with includes()',
  WeakMap: 'a property of the object itself',
  WeakSet: 'a property of the object itself',
  Symbol: 'a string',
  Proxy: 'a function',
  Reflect: 'Object.keys() and plain property access',
  Intl: 'arithmetic and padStart()',
  BigInt: 'a number',
  TextEncoder: 'a byte string: the board has no Unicode strings',
  TextDecoder: 'a byte string: the board has no Unicode strings',
  RangeError: 'Error',
  queueMicrotask: 'setTimeout(f, 0)',
  setImmediate: 'setTimeout(f, 0)',
  structuredClone: 'Object.assign({}, value)',
  escape: 'encodeURIComponent()',
  unescape: 'decodeURIComponent()',
};

/** Functions of a constructor or a namespace that the interpreter lacks. */
export const absentStatics: Record<string, string> = {
  'Array.from': 'a loop that pushes',
  'Array.of': 'an array literal',
  'Object.freeze': 'nothing: objects cannot be frozen',
  'Object.seal': 'nothing: objects cannot be sealed',
  'Object.isFrozen': 'nothing: objects cannot be frozen',
  'Object.is': '===',
  'Object.hasOwn': 'object.hasOwnProperty(key)',
  'Number.isInteger': 'x === Math.floor(x)',
  'Number.isFinite': 'the global isFinite()',
  'Number.isNaN': 'the global isNaN()',
  'Number.parseFloat': 'the global parseFloat()',
  'Number.parseInt': 'the global parseInt()',
  'Number.EPSILON': 'the number itself',
  'Number.MAX_SAFE_INTEGER': 'the number itself',
  'Number.MIN_SAFE_INTEGER': 'the number itself',
  'String.fromCodePoint': 'String.fromCharCode() of bytes',
  'String.raw': 'a plain string',
  'Math.trunc': 'x | 0, or Math.floor() of a positive number',
  'Math.log10': 'Math.log(x) / Math.LN10',
  'Math.log2': 'Math.log(x) / Math.LN2',
  'Math.log1p': 'Math.log(1 + x)',
  'Math.cbrt': 'Math.pow(x, 1 / 3)',
  'Math.clz32': 'a loop that shifts',
  'Math.cosh': 'Math.exp()',
  'Math.sinh': 'Math.exp()',
  'Math.tanh': 'Math.exp()',
  'Math.expm1': 'Math.exp(x) - 1',
  'Math.fround': 'a Float32Array of one element',
  'Math.hypot': 'Math.sqrt(x * x + y * y)',
  'Math.imul': 'x * y | 0',
  'Promise.race': 'a callback',
  'Promise.any': 'a callback',
  'Promise.allSettled': 'a callback',
  'Date.UTC': 'new Date() of an ISO string',
  'Uint8Array.from': 'new Uint8Array(array)',
  'Uint8Array.of': 'new Uint8Array(array)',
};

/** Methods that the interpreter's values lack. */
export const absentMethods: Record<string, string> = {
  flat: 'a loop with concat()',
  flatMap: 'a loop with concat()',
  at: 'an index',
  findLast: 'a loop from the end',
  findLastIndex: 'a loop from the end',
  reduceRight: 'a loop from the end',
  entries: 'a loop over indices',
  keys: 'a loop over indices, or Object.keys(object)',
  values: 'a loop over indices',
  codePointAt: 'charCodeAt()',
  trimStart: 'trim()',
  trimEnd: 'trim()',
  matchAll: 'match()',
  search: 'indexOf() or match()',
  localeCompare: '< and >',
  normalize: 'nothing: strings are bytes',
  toPrecision: 'toFixed()',
  toLocaleString: 'toString()',
  toLocaleDateString: 'toString()',
  toLocaleTimeString: 'toString()',
  finally: 'a call in both then() and catch()',
  once: 'on() with removeListener() in the handler',
  off: 'removeListener()',
};

/** Without an argument each of these clears everything there is. */
export const clearers = ['clearTimeout', 'clearInterval', 'clearWatch'];
