/*
 * What of JavaScript's own library the boards have. Everything else is deleted from the board's world, so that code which
 * leans on it fails here as it would on the chip. Source: the tables in Espruino src/jswrap_*.c, release 2v29, without
 * SAVE_ON_FLASH, as for ESP8266_4MB and ESP32.
 */
interface Kept {
  /** Own properties of the constructor or namespace. */
  statics?: string;
  /** Own properties of its prototype. */
  methods?: string;
}

const typedArray: Kept = { statics: 'BYTES_PER_ELEMENT', methods: 'BYTES_PER_ELEMENT' };
/** Without stackTraceLimit V8 writes down no stacks at all. */
const error: Kept = { statics: 'stackTraceLimit', methods: 'toString' };

export const keptBuiltins: Record<string, Kept> = {
  Object: {
    statics:
      'keys getOwnPropertyNames values entries fromEntries create getOwnPropertyDescriptor getOwnPropertyDescriptors ' +
      'defineProperty defineProperties getPrototypeOf setPrototypeOf assign',
    methods: '__proto__ valueOf toString hasOwnProperty',
  },
  Function: { methods: 'call apply bind toString' },
  Array: {
    statics: 'isArray',
    methods:
      'length toString indexOf includes join push pop map forEach filter find findIndex some every reduce splice shift ' +
      'unshift slice sort concat fill reverse',
  },
  String: {
    statics: 'fromCharCode',
    methods:
      'length charAt charCodeAt indexOf lastIndexOf match replace replaceAll substring substr slice split toLowerCase ' +
      'toUpperCase trim concat startsWith endsWith includes repeat padStart padEnd toString valueOf',
  },
  Number: {
    statics: 'NaN MAX_VALUE MIN_VALUE NEGATIVE_INFINITY POSITIVE_INFINITY',
    methods: 'toFixed toString valueOf',
  },
  Boolean: { methods: 'toString valueOf' },
  Math: {
    statics:
      'E PI LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2 abs acos asin atan atan2 cos pow random round sin tan sqrt ceil floor exp ' +
      'log min max sign',
  },
  JSON: { statics: 'parse stringify' },
  Date: {
    statics: 'now parse',
    methods:
      'getTimezoneOffset getTime valueOf setTime getHours getMinutes getSeconds getMilliseconds getDay getDate getMonth ' +
      'getFullYear setHours setMinutes setSeconds setMilliseconds setDate setMonth setFullYear toString toUTCString ' +
      'toISOString toJSON',
  },
  // Its accessors are how V8 itself reads a regular expression's flags.
  RegExp: {
    methods:
      'exec test toString source flags global ignoreCase multiline dotAll unicode unicodeSets sticky hasIndices',
  },
  Error: error,
  TypeError: error,
  SyntaxError: error,
  ReferenceError: error,
  ArrayBuffer: { methods: 'byteLength' },
  DataView: {
    methods:
      'buffer byteLength byteOffset getFloat32 getFloat64 getInt8 getInt16 getInt32 getUint8 getUint16 getUint32 ' +
      'setFloat32 setFloat64 setInt8 setInt16 setInt32 setUint8 setUint16 setUint32',
  },
  Int8Array: typedArray,
  Uint8Array: typedArray,
  Uint8ClampedArray: typedArray,
  Int16Array: typedArray,
  Uint16Array: typedArray,
  Int32Array: typedArray,
  Uint32Array: typedArray,
  Float32Array: typedArray,
  Float64Array: typedArray,
};

/** The prototype that all typed arrays share. */
const sharedTypedArray: Kept = {
  methods:
    'buffer byteLength byteOffset length set map subarray indexOf includes join sort forEach reduce fill filter find ' +
    'findIndex reverse slice some every toString',
};

const keptGlobals =
  'globalThis Infinity NaN undefined eval parseInt parseFloat isFinite isNaN encodeURIComponent decodeURIComponent';

type Holder = Record<string, unknown>;

/** Deletes from a fresh realm whatever the boards lack. */
export function pruneBuiltins(global: Holder): void {
  const typedArrays = Object.getPrototypeOf(global['Uint8Array'] as object) as Holder;
  keepOnly(global, `${keptGlobals} ${Object.keys(keptBuiltins).join(' ')}`);
  for (const [name, kept] of Object.entries(keptBuiltins)) prune(global[name] as Holder, kept);
  prune(typedArrays, sharedTypedArray);
}

function prune(holder: Holder, kept: Kept): void {
  keepOnly(holder, `length name prototype ${kept.statics ?? ''}`);
  const prototype = holder['prototype'] as Holder | undefined;
  if (prototype !== undefined) keepOnly(prototype, `constructor ${kept.methods ?? ''}`);
}

/**
 * Properties named by symbols stay: they are how V8 walks an array in `for (x of array)`; and so do the constants of
 * Number that the language forbids to delete.
 */
function keepOnly(holder: Holder, names: string): void {
  const kept = new Set(names.split(' '));
  for (const name of Object.getOwnPropertyNames(holder))
    if (!kept.has(name)) Reflect.deleteProperty(holder, name);
}
