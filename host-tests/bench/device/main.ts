/**
 * What a firmware costs the interpreter, in instructions of its 32-bit size-optimised form; docs/figures.md says how
 * it is counted. `--against other.js` counts another bundle the same way.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureFirmware } from '../../../build/firmware';
import { root } from '../../../build/root';
import { findForms, noInterpreter } from '../../engine/interpreter';
import type { Bundles } from './counted-run';
import { operations } from './operations';
import { roundTrips } from './round-trip';

const { values } = parseArgs({ options: { against: { type: 'string' } } });
const form = (await findForms(process.env)).find(({ chip }) => chip === 'esp8266');
if (!form) console.log(noInterpreter);
else if (!hasValgrind()) console.log('valgrind is not installed: it counts the instructions.');
else {
  await ensureFirmware();
  const loader = await readFile(join(root, 'dist', 'loader.js'), 'latin1');
  const files = [join(root, 'dist', 'firmware.js'), ...(values.against ? [values.against] : [])];
  const all: Bundles[] = [];
  for (const file of files) all.push({ loader, firmware: await readFile(file, 'latin1') });
  console.log(
    row(`instructions on ${form.name}`, ['firmware', ...(values.against ? ['other'] : [])], 'goal', 'stock'),
  );
  for (const { title, goal, stock, measure } of operations) {
    const counts: string[] = [];
    for (const bundles of all) counts.push(rounded(await measure(form, bundles)));
    console.log(row(title, counts, rounded(goal), rounded(stock)));
  }
  console.log('\nfrom cds to its answer, through a broker on loopback; ms           median           p99');
  const trips = await roundTrips(form, join(root, 'dist'));
  for (const { who, median, p99 } of trips) console.log(row(who, [], median.toFixed(2), p99.toFixed(2)));
  if (trips.length < 3) console.log('no C compiler (cc), so no responder in C');
}

function hasValgrind(): boolean {
  try {
    execFileSync('valgrind', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Real time takes part in a few hundred instructions of a million: 64-bit divisions are done in steps. */
function rounded(count: number | undefined): string {
  return count === undefined ? '-' : (Math.round(count / 1000) * 1000).toLocaleString('en');
}

function row(title: string, counts: string[], goal: string, stock: string): string {
  return title.padEnd(50) + [...counts, goal, stock].map((cell) => cell.padStart(14)).join('');
}
