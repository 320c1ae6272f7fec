import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lamplighter, lanIsPossible, lanSubnet, onLan } from './lan';

const hosts = [
  { host: 10, ports: [22, 1883] },
  { host: 11, ports: [] },
  { host: 12, ports: [], silent: true },
];
const quick = ['--timeout', '300', '--json'];

describe.runIf(lanIsPossible())('in a network of namespaces', () => {
  test('discover finds who listens, who refuses, and who says nothing but ARP; the subnet is that of the default route', async () => {
    const state = join(mkdtempSync(join(tmpdir(), 'lamplighter-discover-')), 'state.json');
    const { stdout } = await onLan(hosts, lamplighter('discover', '--state', state, ...quick));
    const found = JSON.parse(stdout) as {
      subnet: string;
      hosts: { ip: string; mac?: string; ports: number[] }[];
    };
    expect(found.subnet).toBe(lanSubnet);
    expect(found.hosts.map(({ ip, ports }) => [ip, ports])).toEqual([
      ['10.77.0.1', []],
      ['10.77.0.10', [22, 1883]],
      ['10.77.0.11', []],
      ['10.77.0.12', []],
    ]);
    expect(found.hosts[3]!.mac).toMatch(/^([\da-f]{2}:){5}[\da-f]{2}$/);
    const again = await onLan(hosts.slice(1), lamplighter('discover', '--state', state, ...quick));
    expect(JSON.parse(again.stdout)).toMatchObject({
      left: expect.arrayContaining(['10.77.0.10']) as string[],
    });
  });

  test('ports tells open, closed and filtered apart', async () => {
    const look = (host: string) => lamplighter('ports', host, '--ports', '22,80,1883', ...quick);
    const states = async (host: string) => {
      const { stdout } = await onLan(hosts, look(host));
      return (JSON.parse(stdout) as { ports: { state: string }[] }).ports.map(({ state }) => state);
    };
    expect(await states('10.77.0.10')).toEqual(['open', 'closed', 'open']);
    expect(await states('10.77.0.12')).toEqual(['filtered', 'filtered', 'filtered']);
  });
});
