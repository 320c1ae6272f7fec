/**
 * How long `lamplighter discover` takes for a /24 with ten live hosts, and how many packets it sends: in a network of namespaces, which
 * only root may make. Eight hosts offer something, one refuses everything, one answers nothing but ARP. `npm run bench:scan`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lamplighter, lanIsPossible, lanSubnet, onLan } from '../../network/discover/lan';

const hosts = [
  ...[22, 80, 443, 1883, 3306, 5000, 8080, 9999].map((port, index) => ({
    host: 10 + 20 * index,
    ports: [port],
  })),
  { host: 200, ports: [] },
  { host: 201, ports: [], silent: true },
];

if (lanIsPossible()) {
  const place = mkdtempSync(join(tmpdir(), 'lamplighter-scan-'));
  try {
    const flags = ['--json', '--state', join(place, 'state.json'), ...process.argv.slice(2)];
    const { stdout, packets } = await onLan(hosts, lamplighter('discover', ...flags));
    const scanned = JSON.parse(stdout) as { seconds: number; hosts: { ip: string; ports: number[] }[] };
    const found = hosts.filter(({ host, ports }) =>
      scanned.hosts.some(({ ip, ports: open }) => ip === `10.77.0.${host}` && `${open}` === `${ports}`),
    );
    console.log(
      `${lanSubnet}: ${found.length} of ${hosts.length} hosts with their ports, ${scanned.seconds} s, ${packets} packets sent, load average ${loadavg()[0]!.toFixed(1)}`,
    );
    if (found.length < hosts.length) process.exitCode = 1;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
