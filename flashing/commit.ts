import { slotVerified, slotVerifiedAt } from '../shared/slots';
import type { BoardFacts } from './board-facts';
import { bootCode, bootGuard, loaderCopy } from './board-files';
import type { BoardConsole } from './console';
import { FlashError } from './flash-error';
import { literal } from './pieces';
import { filesOf, type Plan } from './plan';
import type { StoredFile } from './stored-file';

/** A checksum takes a board some microseconds a byte. */
const answerMs = 15_000;
const copyBytes = 256;

/** Has the board compare what it holds with what was sent. Throws a FlashError. */
export async function verify(board: BoardConsole, plan: Plan): Promise<void> {
  for (const file of filesOf(plan)) await verifyFile(board, file);
}

/**
 * The last writes, each of which leaves a board that boots: the loader takes its place, then one byte makes each slot
 * the one to boot. The firmware last, since it may need what the new loader and the new configuration bring.
 */
export async function commit(board: BoardConsole, plan: Plan, facts: BoardFacts): Promise<void> {
  if (plan.loader?.name === loaderCopy) await replaceLoader(board, plan.loader, facts.loader?.crc ?? 0);
  const bytes = [plan.kit, plan.firmware]
    .filter((slot) => slot !== undefined)
    .map(({ name }) => `require("Storage").write("${name}","${slotVerified}",${slotVerifiedAt})`);
  if (bytes.length > 0) await board.evaluate(`[${bytes.join()}]`, answerMs);
  // Until now the board boots what it booted, its own saved program included.
  for (const name of plan.stale) await board.evaluate(`require("Storage").erase(${literal(name)})`, answerMs);
}

/**
 * A file cannot be replaced in one write, and for a moment there is no boot code. So its copy is made to run in place of
 * whatever is neither the old boot code nor the new one.
 */
async function replaceLoader(
  board: BoardConsole,
  { name, text, crc }: StoredFile,
  oldCrc: number,
): Promise<void> {
  const storage = 'require("Storage")';
  const code =
    `(function(s,b){b=s.read("${bootCode}");b=b?E.CRC32(b):0;` +
    `if(b!=${oldCrc}&&b!=${crc})eval(s.read("${name}"))})(${storage})`;
  await board.evaluate(`${storage}.write("${bootGuard}",${JSON.stringify(code)})`, answerMs);
  await board.evaluate(
    `(function(s,n,i){s.erase("${bootCode}");for(i=0;i<n;i+=${copyBytes})` +
      // A copy in RAM: a chip cannot read its flash while it writes to it.
      `s.write("${bootCode}",s.read("${name}",i,${copyBytes})+"",i,n)})(${storage},${text.length})`,
    answerMs,
  );
  await verifyFile(board, { name: bootCode, text, crc, size: text.length, head: '', at: 0 });
  await board.evaluate(`[${storage}.erase("${bootGuard}"),${storage}.erase("${name}")]`, answerMs);
}

async function verifyFile(
  board: BoardConsole,
  { name, size, head, at, text, crc }: StoredFile,
): Promise<void> {
  const found = await board.evaluate(
    `(function(s,f){return f?[f.length,f.substr(0,${head.length}),E.CRC32(s.read("${name}",${at},${text.length}))]:[0]})` +
      `(require("Storage"),require("Storage").read("${name}"))`,
    answerMs,
  );
  const [length, first, sum] = found as [number, string?, number?];
  const wrong =
    length !== size
      ? `${name} has ${length} bytes instead of ${size}`
      : first !== head
        ? `the header of ${name} is not what was sent`
        : sum !== crc
          ? `${name} has the checksum ${hex(sum)} instead of ${hex(crc)}`
          : '';
  if (wrong === '') return;
  throw new FlashError(
    'not-verified',
    `what the board at ${board.port} holds is not what was sent: ${wrong}. It is given up`,
  );
}

function hex(crc: number | undefined): string {
  return crc === undefined ? 'none' : crc.toString(16).padStart(8, '0');
}
