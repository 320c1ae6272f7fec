/**
 * What the gateway costs, each figure beside a plain yardstick of the same run; docs/figures.md has what they mean.
 * `--quick` measures less often; names of parts measure those alone.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAfterHour } from './after-hour';
import { measureDeliveries } from './delivery';
import { measureFootprint } from './footprint';
import { measureHttpCost } from './http-cost';
import { release } from './measured-process';
import { print, type Row } from './row';
import { measureStore } from './store';
import { measureThroughput } from './throughput';

const parts: Record<string, (quick: boolean) => Promise<Row[]>> = {
  footprint: measureFootprint,
  throughput: measureThroughput,
  delivery: measureDeliveries,
  http: measureHttpCost,
  store: measureStore,
  hour: measureAfterHour,
};

const load = (): string => loadavg()[0]!.toFixed(1);

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const stranger = positionals.find((name) => !(name in parts));
if (process.platform !== 'linux') {
  console.log('measured on Linux only: CPU time and memory of the processes are read from /proc');
} else if (stranger !== undefined) {
  console.error(`${stranger}: no such part; there are ${Object.keys(parts).join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(`Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? 'unknown'})`);
  console.log(
    release
      ? 'gateway: the release in dist/'
      : 'gateway: the sources; npm run build makes a release to measure',
  );
  for (const [name, measure] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const loadBefore = load();
    const rows = await measure(values.quick);
    console.log(`\n${name}; load average ${loadBefore} before, ${load()} after`);
    print(rows);
  }
}
