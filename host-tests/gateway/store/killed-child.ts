/**
 * Stores readings numbered from a start on, until it is killed: two without a key, then one with, and so on. Says
 * `begin` before it opens the file, and each number whose batch is acknowledged.
 */
import { SqliteStore } from '../../../gateway/store/sqlite-store';
import { noonMs, reading } from './rows';

const [file, from] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const store = new SqliteStore({
    file,
    retentionDays: 0,
    now: Date.now,
    say: (text) => console.error(text),
  });
  console.log('begin');
  await store.start();
  for (let n = Number(from); ; n += 3) {
    store.append([reading('kit_2', noonMs + n * 1000, { n })]);
    store.append([reading('kit_2', noonMs + (n + 1) * 1000, { n: n + 1 })]);
    await store.appendOnce({
      key: `kit_2-${n + 2}`,
      readings: [reading('kit_2', noonMs + (n + 2) * 1000, { n: n + 2 })],
    });
    process.stdout.write(`${n + 2}\n`);
  }
}

void main();
