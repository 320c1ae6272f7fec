import type { KitSettings } from '../shared/settings';
import { type BoardFacts, ensureSameBoard, readFacts } from './board-facts';
import { commit, verify } from './commit';
import { type BoardConsole, BoardError, slotToBoot } from './console';
import { eraseFirst } from './erase-first';
import { writtenLength } from './pieces';
import { filesOf, isDone, makePlan, type Plan, type Wanted } from './plan';
import { quiet } from './quiet';
import { BootNews, restart } from './restart';
import { writeFiles, type Writing } from './write-files';

/**
 * What is done to a board, in this order; `erase`, which brings loader and configuration back, only where Storage is full
 * of what was replaced.
 */
export type FlashStep = 'look' | 'stop' | 'erase' | 'write' | 'verify' | 'commit' | 'start';

export interface ConsoleFlashing extends Writing {
  settings: KitSettings;
  /** Firmware, loader and the kit.json of these settings. */
  wanted: Wanted;
  onStep: (step: FlashStep) => void;
  /** What the board holds already, and what is to be written. */
  onPlan: (plan: Plan, facts: BoardFacts) => void;
  /** What the board prints as it starts. */
  onLine: (line: string) => void;
  /** How long the kit may take to come online after its start. */
  onlineMs: number;
}

/** What was typed last is on its way for less. */
const farewellMs = 100;

/**
 * Flashes a board over the one console that is open to it, a cable's, and waits until its kit is online. The board
 * boots what it booted before until the last writes, unless it has to be erased first, and is restarted after a failure.
 * Throws a FlashError or a BoardError; `not-online` means flashed and verified all the same. Resolves with false when nothing was to be written.
 */
export async function flashOverConsole(board: BoardConsole, job: ConsoleFlashing): Promise<boolean> {
  job.onStep('look');
  const facts = await readFacts(board);
  ensureSameBoard(board.port, facts, job.settings);
  const plan = makePlan(facts, job.wanted, true);
  job.onPlan(plan, facts);
  if (isDone(plan)) return false;
  job.onStep('stop');
  try {
    await quiet(board, slotToBoot(facts.kit));
    let left = plan;
    if (plan.erase) {
      job.onStep('erase');
      left = await eraseFirst(board, plan, facts, job);
    }
    job.onStep('write');
    const files = filesOf(left);
    const before = writtenLength(filesOf(plan)) - writtenLength(files);
    await writeFiles(board, files, { ...job, onWritten: (bytes) => job.onWritten(before + bytes) });
    job.onStep('verify');
    await verify(board, left);
    job.onStep('commit');
    await commit(board, left, facts);
  } catch (error) {
    await restartAsItWas(board);
    throw error;
  }
  job.onStep('start');
  await startAndAwait(board, job);
  return true;
}

/** What was written is in slots that are not verified, so the board boots what it booted before, if it was not erased. */
async function restartAsItWas(board: BoardConsole): Promise<void> {
  restart(board);
  await Promise.race([board.closed, new Promise((resolve) => setTimeout(resolve, farewellMs))]);
}

async function startAndAwait(board: BoardConsole, job: ConsoleFlashing): Promise<void> {
  const { signal } = job;
  const news = new BootNews({ ...job, timeoutMs: job.onlineMs });
  const end = (): void => news.end();
  const timer = setTimeout(end, job.onlineMs);
  signal.addEventListener('abort', end);
  try {
    news.listen(board);
    restart(board);
    const lost = board.closed.then(() => {
      throw new BoardError('lost', `the connection to ${board.port} broke after the board was flashed`);
    });
    await Promise.race([news.online, lost]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    board.onLine = undefined;
  }
}
