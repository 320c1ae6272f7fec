import { font } from './build/font';
import { minify } from './build/minify';
import { readBoardNames } from './build/names';
import { root } from './build/root';
import { typescript } from './build/typescript';

/**
 * The two files that go to the board, each whole and without a module system: `format: 'es'` of an entry that
 * exports nothing is a plain script. build/firmware.ts runs this.
 *
 * @returns {import('rollup').RollupOptions[]}
 */
export default () => {
  const names = readBoardNames();
  const compiled = typescript();
  return ['firmware', 'loader'].map((name) => ({
    input: `${root}device/${name === 'firmware' ? 'main' : name}.ts`,
    plugins: [compiled, font(), minify(names)],
    output: { file: `${root}dist/${name}.js`, format: 'es', sourcemap: 'hidden' },
  }));
};
