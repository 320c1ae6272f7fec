import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { root } from '../../../build/root';
import { History } from '../../../gateway/store/history';
import { retentionOf } from '../../../gateway/store/retention';
import { newRandom } from '../../support/random';
import { useFolders } from './folder';
import { always, batchOf, noonMs, reading } from './rows';

const newFolder = useFolders();
const rounds = 8;

/** Runs the child until it has said so many lines, and kills it there and then; the numbers that it acknowledged. */
async function runAndKill(file: string, from: number, lines: number): Promise<number[]> {
  const script = join(root, 'host-tests', 'gateway', 'store', 'killed-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, file, String(from)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  await ended;
  return said.slice(1).map(Number);
}

/** Everything in the file, which must be whole. */
function numbersIn(file: string): number[] {
  const db = new Database(file);
  expect(db.prepare('PRAGMA integrity_check').raw().get()).toEqual(['ok']);
  db.close();
  return withHistory(file, (history) =>
    history.readings('kit_2', always, 1_000_000).map(({ values }) => values.n as number),
  );
}

function withHistory<Result>(file: string, use: (history: History) => Result): Result {
  const history = new History(file, retentionOf(0));
  try {
    return use(history);
  } finally {
    history.close();
  }
}

test('killed at any moment: the file is whole, what was acknowledged is there, and nothing is there twice', async () => {
  const seed = Number(process.env.SEED ?? 1 + (process.pid % 1000));
  console.log(`SEED=${seed} repeats the moments of this run`);
  const random = newRandom(seed);
  const file = join(newFolder(), 'history.db');
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    // The first ones while the file is opened, or begun.
    const lines = round < 2 ? 1 : random.int(2, 120);
    const acknowledged = await runAndKill(file, next, lines);
    const stored = numbersIn(file);
    // All before what was acknowledged is there, in one piece: only an end may be missing.
    const last = acknowledged.at(-1) ?? next - 1;
    expect(stored.length, `round ${round}`).toBeGreaterThan(last);
    expect(stored, `round ${round}`).toEqual(stored.map((_, index) => index));
    next = stored.length;
    if (next % 3 === 0 && next > 0) {
      // A sender that was not answered sends again.
      const batch = batchOf([reading('kit_2', noonMs, { n: next - 1 })], noonMs, `kit_2-${next - 1}`);
      const outcome = withHistory(file, (history) => history.write('again', [batch], noonMs, false));
      expect(outcome).toEqual(['duplicate']);
    }
    next += (3 - (next % 3)) % 3;
    fillTo(file, next);
  }
});

test('a process that ends in the middle of a write ends with its own code, and leaves a whole file', async () => {
  const script = join(root, 'host-tests', 'gateway', 'store', 'ended-child.ts');
  for (const delay of [2, 15, 40]) {
    const file = join(newFolder(), 'history.db');
    const child = spawn(process.execPath, ['--import', 'tsx', script, file, String(delay)], { cwd: root });
    let complaints = '';
    child.stderr.on('data', (text) => (complaints += String(text)));
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, complaints]).toEqual([3, '']);
    numbersIn(file);
  }
});

/** So that numbers go on without a gap: what was cut off is sent again by its sender. */
function fillTo(file: string, next: number): void {
  const count = numbersIn(file).length;
  const missing = Array.from({ length: next - count }, (_, index) => count + index);
  const batch = batchOf(missing.map((n) => reading('kit_2', noonMs + n * 1000, { n })));
  withHistory(file, (history) => history.write('missing', [batch], noonMs, false));
}
