import type { KitSettings } from '../../shared/settings';
import {
  type BoardFacts,
  chooseKit,
  commit,
  ensureSameBoard,
  eraseFirst,
  filesOf,
  FlashError,
  isDone,
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
  let left: Plan;
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
    if (isDone(plan)) {
      return job.print(`nothing to write: the board is kit ${settings.kit} as it is to be`);
    }
    left = await stopped(board, plan, facts, job);
  } finally {
    // Nothing where it was reset meanwhile, and so has no password.
    board.lock();
    await board.close();
  }
  const verified = await written(port, left, facts, job);
  await restartAndAwait(verified, { ...job, settings, onLine: (line) => job.print(`  ${line}`) });
  const bytes = filesOf(plan).reduce((sum, { text }) => sum + text.length, 0);
  job.print(`flashed ${group(bytes)} bytes, verified, kit ${settings.kit} is online`);
}

/** Ends what runs on the board, and erases it where that has to be; returns what is left to be written. */
async function stopped(board: BoardConsole, plan: Plan, facts: BoardFacts, job: FlashJob): Promise<Plan> {
  let erased = false;
  try {
    await quiet(board, slotToBoot(facts.kit));
    if (!plan.erase) return plan;
    erased = true;
    const left = await eraseFirst(board, plan, facts, { signal: job.signal, onWritten: () => {} });
    job.print('  erased; loader and kit.json are back');
    return left;
  } catch (error) {
    restart(board);
    job.print(afterFailure(erased));
    throw error;
  }
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
    await restartAsItWas(port, plan, job.print);
    throw error;
  }
}

async function restartAsItWas(port: string, plan: Plan, print: (line: string) => void): Promise<void> {
  try {
    const board = await openAfterTool(port);
    restart(board);
    await board.close();
  } catch {
    print(`  the board at ${port} does not answer: press its reset button, or wait two minutes`);
  }
  print(afterFailure(plan.erase));
}

/** What was written is in slots that are not verified; only a failure in the very last writes leaves the new. */
function afterFailure(erased: boolean): string {
  return erased
    ? '  the board was erased first, and holds no firmware now: flash it again'
    : '  the board boots what it booted before, or the new if that was verified';
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
      ? [
          '  the flash is full of what was replaced and is erased first: keep the board powered until it is verified;',
          '  one that loses its power before that has no firmware and is to be flashed again',
        ]
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
    ...(plan.stale.length > 0
      ? [`  erased last, as Espruino would start it, too: ${plan.stale.join(', ')}`]
      : []),
  ];
}

/** 9,812 */
function group(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
