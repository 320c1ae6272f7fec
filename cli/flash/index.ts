import { dirname, join, resolve } from 'node:path';
import { BoardError } from '../board-console';
import { consolePasswords, openWithPasswords } from '../console-password';
import { loadClassroom, writeKits } from '../kit-config';
import { choosePort, portProblem } from '../ports';
import { flashBoard, type FlashJob } from './flash-board';
import { told } from './exit-code';
import { type FlashOptions, parseFlashOptions, type RawFlashOptions } from './flash-options';
import type { ProgressOutput } from './progress';
import { writeRuntime } from './runtime';
import { builtTexts, configuredKits } from './what-to-flash';

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
    const classroom = await loadClassroom(config);
    writeKits(classroom, folder);
    const kits = configuredKits(classroom);
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
