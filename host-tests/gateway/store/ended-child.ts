/** Ends itself by `process.exit(3)` with many readings on their way, so many milliseconds after the start. */
import { SqliteStore } from '../../../gateway/store/sqlite-store';
import { noonMs, reading } from './rows';

const [file, delay] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const store = new SqliteStore({ file, retentionDays: 0, now: Date.now, say: () => undefined });
  await store.start();
  for (let n = 0; n < 20_000; n++) store.append([reading(`kit_${n % 30}`, noonMs + n, { n })]);
  setTimeout(() => process.exit(3), Number(delay));
}

void main();
