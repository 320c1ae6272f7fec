import type { BoardFacts } from './board-facts';
import { commit, verify } from './commit';
import { type BoardConsole, restartUnlessHeardOf } from './console';
import { filesOf, type Plan } from './plan';
import { writeFiles, type Writing } from './write-files';

/** Erasing a page takes a chip up to 400 ms; an ESP32 has 224 of them. */
const eraseMs = 120_000;

/**
 * Erases Storage, then brings back first what makes a board safe that loses its power before it has a firmware: the
 * loader, which closes access point and console, and the configuration, which tells it the outputs to switch off and
 * which kit it is. Returns what is left to be written. Throws as `writeFiles()` and `verify()` do.
 */
export async function eraseFirst(
  board: BoardConsole,
  plan: Plan,
  facts: BoardFacts,
  writing: Writing,
): Promise<Plan> {
  await board.evaluate(`[require("Storage").eraseAll(),${restartUnlessHeardOf}][0]`, eraseMs);
  const first = { ...plan, firmware: undefined };
  await writeFiles(board, filesOf(first).reverse(), writing);
  await verify(board, first);
  await commit(board, first, facts);
  return { ...plan, kit: undefined, loader: undefined };
}
