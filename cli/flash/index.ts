import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FlashError } from '../../flashing';
import { firmwareIsFresh } from '../../build/freshness';
import { root } from '../../build/root';
import { BoardError, exitCodeOf } from '../board-console';
import { consolePasswords, openWithPasswords } from '../console-password';
import { ConfigError, kitSettings, loadClassroom, writeKits } from '../kit-config';
import type { KitSettings } from '../../shared/settings';
import { choosePort, portProblem } from '../ports';
import { flashBoard, type FlashJob } from './flash-board';
import { flashExitCode } from './exit-code';
import { type FlashOptions, parseFlashOptions, type RawFlashOptions } from './flash-options';
import type { ProgressOutput } from './progress';
import { writeRuntime } from './runtime';

export interface FlashTerminal {
  out: ProgressOutput;
  print: (line: string) => void;
  printError: (line: string) => void;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** `lamplighter flash`: builds, and flashes one board after the other; returns the exit code, that of the first failure. */
export async function flash(config: string, raw: RawFlashOptions, terminal: FlashTerminal): Promise<number> {
  const { print, printError, signal } = terminal;
  let options: FlashOptions;
  try {
    options = parseFlashOptions(raw);
  } catch (error) {
    printError((error as Error).message);
    return 2;
  }
  let job: FlashJob;
  let ports: string[];
  try {
    const folder = join(dirname(resolve(config)), 'dist', 'kits');
    const kits = await configuredKits(config, folder);
    job = { ...terminal, ...options, ...(options.configOnly ? {} : await builtTexts(print)), kits, folder };
    ports = options.ports.length > 0 ? options.ports : [await choosePort(undefined)];
  } catch (error) {
    return told(error, printError);
  }
  let exitCode = 0;
  for (const [index, port] of ports.entries()) {
    if (signal.aborted) break;
    try {
      await flashPort(port, options.kits[index], job, options.runtime);
    } catch (error) {
      exitCode ||= told(error, printError);
    }
  }
  return exitCode;
}

async function flashPort(
  port: string,
  kit: number | undefined,
  job: FlashJob,
  runtime: string | undefined,
): Promise<void> {
  const problem = await portProblem(port);
  if (problem) throw problem;
  if (runtime !== undefined && !job.dryRun) await writeRuntime(runtime, port, job.print);
  try {
    await flashBoard(await openWithPasswords(port, consolePasswords(job.kits, undefined)), kit, job);
  } catch (error) {
    if (!(error instanceof BoardError && error.kind === 'not-espruino')) throw error;
    const advice = 'npm run flash -- --runtime image.bin writes Espruino to it, see docs/flashing.md';
    throw new BoardError(error.kind, `${error.message}. ${advice}`);
  }
}

/** Every kit with its passwords, and `<kit>.json` for each in the folder. Throws a ConfigError. */
async function configuredKits(config: string, folder: string): Promise<KitSettings[]> {
  const classroom = await loadClassroom(config);
  writeKits(classroom, folder);
  return classroom.config.kits.map(({ kit }) => kitSettings(classroom, kit, { secrets: 'required' }));
}

async function builtTexts(print: (line: string) => void): Promise<{ firmware: string; loader: string }> {
  // Loaded when needed: compiler and bundler take a second or two.
  const { build } = await import('../build');
  // What each module weighs is for who builds.
  if (!(await firmwareIsFresh())) await build((line) => line.startsWith(' ') || print(line));
  const read = (name: string): string => readFileSync(join(root, 'dist', `${name}.js`), 'latin1');
  // Its last byte makes the loader whole: half of it is a syntax error, and runs nothing.
  return { firmware: read('firmware'), loader: read('loader').replace(/;?\s*$/, '') };
}

/** Prints the sentence of a failure and returns its exit code; what is no failure of the user's or the board's is thrown. */
function told(error: unknown, printError: (line: string) => void): number {
  const code = codeOf(error);
  if (code === undefined) throw error;
  printError((error as Error).message);
  return code;
}

function codeOf(error: unknown): number | undefined {
  if (error instanceof BoardError) return exitCodeOf(error.kind);
  if (error instanceof FlashError) return flashExitCode(error.kind);
  // kit.config.ts or .env.
  if (error instanceof ConfigError) return 9;
  return undefined;
}
