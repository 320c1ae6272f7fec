import type { Plugin } from 'rollup';
import { minify as terser, type MinifyOptions } from 'terser';
import { keywords } from './gate/language';
import type { BoardNames } from './names';

/**
 * Names that the interpreter owns although our declarations need not mention them: a binding or property of
 * ours must not hide them. `of` and `static` are reserved by its lexer, and minifiers do invent `of`.
 */
const bindings = ['of', 'static', 'E', 'g', 'A0', ...numbered('D', 39), 'LED', 'LED1', 'BTN', 'BTN1']
  .concat(['I2C1', 'I2C2', 'SPI1', 'SPI2', 'Serial1', 'Serial2', 'NodeMCU', 'ESP8266', 'ESP32'])
  .concat(['eval', 'exports', 'module', 'require']);

/** Properties that the interpreter itself looks for in an object. */
const lookedUp = [
  'constructor',
  'prototype',
  '__proto__',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'get',
  'set',
];

/** What the board needs: plain ASCII, functions before their use, short names for all that is ours. */
export function minifyOptions(names: BoardNames): MinifyOptions {
  return {
    module: true,
    toplevel: true,
    ecma: 2015,
    // hoist_funs is for correctness: the interpreter does not hoist, so a declaration must come before its use.
    // if_return and conditionals make one expression of many returns, nested a level deeper on the C stack for each.
    // inline above 1 brings parameters in as variables of the caller, declared where they may be skipped.
    compress: {
      passes: 2,
      hoist_funs: true,
      inline: 1,
      if_return: false,
      conditionals: false,
      pure_getters: true,
    },
    mangle: {
      toplevel: true,
      // The loader evaluates the firmware, which names nothing of the loader's.
      eval: true,
      reserved: [...bindings, ...names.globals.keys()],
      properties: {
        // Terser's own list holds what browsers have; ours comes from the declarations of the board.
        builtins: true,
        keep_quoted: 'strict',
        reserved: [...names.declared, ...names.wire, ...bindings, ...lookedUp, ...keywords],
      },
    },
    format: { ascii_only: true, comments: false },
  };
}

/** Rollup plugin around terser. */
export function minify(names: BoardNames): Plugin {
  return {
    name: 'minify',
    async renderChunk(code) {
      const result = await terser(code, { ...minifyOptions(names), sourceMap: { asObject: true } });
      // A line of its own ends the file, as every text file ends.
      return { code: `${result.code}\n`, map: result.map as never };
    },
  };
}

function numbered(prefix: string, last: number): string[] {
  return Array.from({ length: last + 1 }, (_, index) => `${prefix}${index}`);
}
