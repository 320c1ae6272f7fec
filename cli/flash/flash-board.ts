import type { KitSettings } from '../../shared/settings';
import {
  type BoardFacts,
  chooseKit,
  commit,
  ensureSameBoard,
  filesOf,
  FlashError,
  makePlan,
  type Plan,
  quiet,
  readFacts,
  restart,
  type StoredFile,
  uploadScript,
  verify,
  writtenBytes,
  writtenLength,
} from '../../flashing';
import { type BoardConsole, BoardError, openBoard, parsePort, slotToBoot } from '../board-console';
import { kitJson } from '../kit-config';
import { upload } from './espruino-cli';
import { onThisComputer } from './on-this-computer';
import { Progress, type ProgressOutput } from './progress';
import { restartAndAwait } from './restart';

/** What is the same for every board. */
export interface FlashJob {
  /** All that kit.config.ts lists, with their passwords. */
  kits: KitSettings[];
  /** Where their files with passwords lie; readable by its owner only, as what is put there. */
  folder: string;
  /** dist/firmware.js and dist/loader.js; absent for `--config-only`. */
  firmware?: string | undefined;
  loader?: string | undefined;
  dryRun: boolean;
  timeoutMs: number;
  print: (line: string) => void;
  /** Where progress is shown. */
  out: ProgressOutput;
  signal: AbortSignal;
}

/** Flashes one board whose console is open, and closes it. Throws a BoardError or a FlashError. */
export async function flashBoard(board: BoardConsole, kit: number | undefined, job: FlashJob): Promise<void> {
  const { port } = board;
  let settings: KitSettings;
  let plan: Plan;
  let facts: BoardFacts;
  try {
    facts = await readFacts(board);
    job.print(`${port}: ${factsText(facts)}`);
    settings = chooseKit(job.kits, facts, kit, port);
    ensureSameBoard(port, facts, settings);
    // Over WiFi a board that is erased and not written again is out of reach.
    const mayErase = parsePort(port).kind === 'serial' || onThisComputer(port);
    plan = makePlan(facts, { ...job, kitJson: kitJson(settings) }, mayErase);
    for (const line of planLines(plan, job)) job.print(line);
    if (job.dryRun) return job.print('nothing was written (--dry-run)');
    if (filesOf(plan).length === 0) {
      return job.print(`nothing to write: the board is kit ${settings.kit} as it is to be`);
    }
    await quiet(board, slotToBoot(facts.kit));
    if (plan.erase) await board.evaluate('require("Storage").eraseAll()', job.timeoutMs);
  } finally {
    // Nothing where it was reset meanwhile, and so has no password.
    board.lock();
    await board.close();
  }
  const verified = await written(port, plan, facts, job);
  await restartAndAwait(verified, { ...job, settings, onLine: (line) => job.print(`  ${line}`) });
  const bytes = filesOf(plan).reduce((sum, { text }) => sum + text.length, 0);
  job.print(`flashed ${group(bytes)} bytes, verified, kit ${settings.kit} is online`);
}

/** Uploads, verifies and commits; returns the board's console. After a failure the board is restarted as it was. */
async function written(port: string, plan: Plan, facts: BoardFacts, job: FlashJob): Promise<BoardConsole> {
  const files = filesOf(plan);
  const progress = new Progress(writtenLength(files), job.out);
  try {
    await upload({
      ...job,
      port,
      script: uploadScript(files),
      onLine(line) {
        const bytes = writtenBytes(line);
        if (bytes !== undefined) progress.show(bytes);
      },
    }).finally(() => progress.end());
    const board = await openAfterTool(port);
    try {
      await verify(board, plan);
      job.print(`  verified: ${files.map(({ name, size }) => `${name} ${group(size)} bytes`).join(', ')}`);
      if (job.signal.aborted) throw new FlashError('interrupted', 'interrupted');
      await commit(board, plan, facts);
      return board;
    } catch (error) {
      await board.close();
      throw error;
    }
  } catch (error) {
    await restartAsItWas(port, job.print);
    throw error;
  }
}

/** What was written is in slots that are not verified, so the board boots what it booted before. */
async function restartAsItWas(port: string, print: (line: string) => void): Promise<void> {
  try {
    const board = await openAfterTool(port);
    restart(board);
    await board.close();
  } catch {
    print(`  the board at ${port} does not answer: press its reset button, and it runs what it ran before`);
  }
}

/** The port may still be Espruino's tool's for a moment. */
async function openAfterTool(port: string, attempts = 10): Promise<BoardConsole> {
  try {
    return await openBoard(port);
  } catch (error) {
    if (!(error instanceof BoardError && error.kind === 'busy') || attempts === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return openAfterTool(port, attempts - 1);
  }
}

function factsText({ version, build, mac, freeBytes, fw, kitNumber }: BoardFacts): string {
  const runs = slotToBoot(fw)?.name;
  return [
    `Espruino ${version} (${build})`,
    ...(mac ? [mac] : []),
    `${group(freeBytes)} bytes of flash free`,
    runs ? `runs ${runs}${kitNumber === undefined ? '' : ` as kit ${kitNumber}`}` : 'no firmware yet',
  ].join(', ');
}

function planLines(plan: Plan, { firmware }: FlashJob): string[] {
  const to = (file: StoredFile | undefined, what: string): string =>
    file
      ? `  ${what}: ${group(file.text.length)} bytes, into ${file.name}`
      : `  ${what}: the board holds this one`;
  return [
    ...(plan.erase
      ? ['  the flash is full of what was replaced: it is erased first, keep the board powered']
      : []),
    ...(firmware === undefined ? [] : [to(plan.firmware, 'firmware')]),
    to(plan.kit, 'kit.json'),
    ...(firmware === undefined
      ? []
      : [
          plan.loader
            ? `  loader: ${group(plan.loader.text.length)} bytes, as boot code`
            : '  loader: the board holds this one',
        ]),
  ];
}

/** 9,812 */
function group(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
