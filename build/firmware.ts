import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rollup, type LogLevel, type OutputOptions, type RollupLog, type RollupOptions } from 'rollup';
import config from '../rollup.config.mjs';
import { firmwareIsFresh, outputs } from './freshness';
import { gate } from './gate';
import { readBoardNames, type BoardNames } from './names';
import { root } from './root';
import { SourceOf } from './source-of';

/** One finished file in dist/. */
export interface Bundle {
  /** Relative to the project, such as `dist/firmware.js`. */
  file: string;
  bytes: number;
  gzipBytes: number;
  /** Bytes of the minified text by the source file that they come from, largest first. */
  modules: { module: string; bytes: number }[];
}

/** What a build was refused for, as lines for the user; no stack is of use. */
export class BuildError extends Error {}

/**
 * Builds dist/firmware.js and dist/loader.js and lets the gate read both. Throws BuildError when the types
 * are wrong or the gate refuses; then neither file is left behind, so that nothing refused can be flashed.
 */
export async function buildFirmware(): Promise<Bundle[]> {
  try {
    const names = readBoardNames();
    const bundles: Bundle[] = [];
    for (const options of config()) bundles.push(await buildBundle(options, names));
    return bundles;
  } catch (error) {
    await Promise.all(outputs.map((file) => rm(join(root, file), { force: true })));
    throw error;
  }
}

/** Builds only when a source is newer than what is in dist/; undefined when nothing had to be done. */
export async function ensureFirmware(): Promise<Bundle[] | undefined> {
  return (await firmwareIsFresh()) ? undefined : buildFirmware();
}

async function buildBundle(options: RollupOptions, names: BoardNames): Promise<Bundle> {
  const output = options.output as OutputOptions & { file: string };
  const file = relative(root, output.file).replaceAll('\\', '/');
  const { code, map } = await compile(options, output);
  const sources = new SourceOf(code, map, dirname(output.file));

  const refusals = gate(code, names);
  if (refusals.length > 0) {
    const lines = refusals.map(({ line, column, construct, instead }) => {
      const source = sources.at(line, column);
      return `${file}:${line}:${column}: ${construct}${source && ` (${source})`}; write ${instead}`;
    });
    throw new BuildError(
      `${lines.join('\n')}\ngate: refused ${file} for ${lines.length} place${lines.length > 1 ? 's' : ''}`,
    );
  }
  await writeWhole(output.file, code);
  // What measures the bundle names its functions and modules by it; the board never sees it.
  await writeWhole(`${output.file}.map`, JSON.stringify(map));
  return { file, bytes: code.length, gzipBytes: gzipSync(code).length, modules: sources.bytesByModule() };
}

async function compile(options: RollupOptions, output: OutputOptions) {
  try {
    const bundle = await rollup({ ...options, onLog: refuseWarning });
    const [chunk] = (await bundle.generate(output)).output;
    await bundle.close();
    return { code: chunk.code, map: chunk.map! };
  } catch (error) {
    const { message, loc } = error as Partial<RollupLog> & Error;
    const where = loc?.file ? `${relative(root, loc.file)}:${loc.line}:${loc.column + 1}: ` : '';
    throw new BuildError(where + message.replace(/^\[plugin [^\]]*\] /, ''));
  }
}

/** A warning is a mistake here, except for eval, by which the loader starts the firmware from flash. */
function refuseWarning(level: LogLevel, log: RollupLog): void {
  if (level === 'warn' && log.code !== 'EVAL') throw Object.assign(new Error(log.message), log);
}

/** A reader sees the old file or the new one, never half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, text);
    await rename(unfinished, file);
  } catch (error) {
    // On a full disk what was begun would make matters worse.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw new BuildError(`${relative(root, file)} cannot be written: ${(error as Error).message}`);
  }
}
