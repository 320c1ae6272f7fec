import { Resolver } from 'node:dns/promises';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import {
  compareScans,
  discover,
  type FoundHost,
  parseArp,
  parseGetent,
  servicesText,
} from '../../network/discover/discover';
import { parseNeighbours, presentNeighbours } from '../../network/discover/neighbours';
import { tcpProbe } from '../../network/discover/probe';
import { defaultInterface, hostsOf, parseSubnet, type Subnet, subnetOf } from '../../network/discover/subnet';
import type { System } from '../../network/system';
import { duration } from './duration';
import { interrupted, pause, rhythm, untilInterrupted } from './interrupt';
import { print, printJson, printJsonLine, printTable, tell } from './print';
import { Progress } from './progress';
import { scanOptions, type ScanFlags } from './scan-options';
import { ScanState } from './scan-state';
import { environment, thisComputer } from './this-computer';
import { printable } from '../view/text';

export interface DiscoverFlags extends ScanFlags {
  subnet?: string;
  allowPublic?: boolean;
  watch?: string;
  state?: string;
  json?: boolean;
}

export async function discoverCommand(flags: DiscoverFlags): Promise<void> {
  const signal = interrupted();
  const system = thisComputer(signal);
  const subnet = parseSubnet(flags.subnet ?? (await ownSubnet(system)), flags.allowPublic);
  const everyMs = flags.watch === undefined ? undefined : duration('--watch', flags.watch, 10_000);
  const state = new ScanState(flags.state ?? stateFile(subnet));
  const look = async (watched: boolean): Promise<void> => {
    const startMs = Date.now();
    const found = await scan(system, subnet, flags, signal);
    const before = state.read();
    const kept = state.write(found);
    const changes = before && compareScans(before, found);
    const scanned = { subnet, found, changes, kept, startMs, tookMs: Date.now() - startMs };
    if (!flags.json) show(scanned, watched);
    else if (watched) printJsonLine({ at: new Date(startMs).toISOString(), ...jsonOf(scanned) });
    else printJson(jsonOf(scanned));
    if (!kept) process.exitCode = 1;
  };
  if (everyMs === undefined) return look(false);
  const beat = rhythm(everyMs, signal);
  const watch = async (): Promise<void> => {
    for (await beat(); !signal.aborted; await beat()) await look(true);
  };
  await untilInterrupted(watch());
}

async function scan(
  system: System,
  subnet: Subnet,
  flags: DiscoverFlags,
  signal: AbortSignal,
): Promise<FoundHost[]> {
  const hosts = hostsOf(subnet);
  const progress = new Progress(`looking at ${subnet.text}`);
  try {
    return await discover(hosts, {
      ...scanOptions(flags),
      probe: tcpProbe(performance.now.bind(performance)),
      ping: (await pingIsAllowed(system)) ? (host) => ping(system, host) : undefined,
      neighbours: (answered) => neighbours(system, new Set(hosts), answered, signal),
      reverseName: (ip) => reverseName(system, ip),
      progress: progress.show,
      signal,
    });
  } finally {
    progress.end();
  }
}

async function neighbours(
  system: System,
  hosts: ReadonlySet<string>,
  answered: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  // Where ip is not installed, who has just left is seen for one scan more.
  if (!(await system.run('ip', ['-V']))) {
    const all = parseArp((await system.read('/proc/net/arp')) ?? '');
    return new Map([...all].filter(([ip]) => hosts.has(ip)));
  }
  const look = async () => {
    const said = await system.run('ip', ['-4', 'neigh', 'show']);
    return new Map([...parseNeighbours(said?.stdout ?? '')].filter(([ip]) => hosts.has(ip)));
  };
  return presentNeighbours(look, answered, (ms) => pause(ms, signal));
}

/** Echo requests need a right that not every computer gives to everybody. */
async function pingIsAllowed(system: System): Promise<boolean> {
  const result = await system.run('ping', ['-n', '-c', '1', '-W', '1', '127.0.0.1'], { timeoutMs: 3000 });
  return result?.code === 0;
}

async function ping(system: System, host: string): Promise<boolean> {
  const result = await system.run('ping', ['-n', '-c', '1', '-W', '1', host], { timeoutMs: 3000 });
  return result?.code === 0;
}

const nameMs = 2000;

/**
 * By the system's own resolver, which knows /etc/hosts and, where it is set up, names in .local. In a process of its own, since a
 * resolver that finds no server waits for half a minute, and within this one nothing could call it off.
 */
async function reverseName(system: System, ip: string): Promise<string | undefined> {
  const said = await system.run('getent', ['hosts', ip], { timeoutMs: nameMs });
  if (said) return parseGetent(said.stdout);
  // Elsewhere than on Linux.
  const names = await new Resolver({ timeout: nameMs, tries: 1 }).reverse(ip).catch(() => []);
  return names[0];
}

interface Scanned {
  subnet: Subnet;
  found: FoundHost[];
  changes: ReturnType<typeof compareScans> | undefined;
  /** For the next scan to compare with. */
  kept: boolean;
  startMs: number;
  tookMs: number;
}

function jsonOf({ subnet, found, changes, tookMs }: Scanned): object {
  return {
    subnet: subnet.text,
    seconds: Math.round(tookMs / 10) / 100,
    hosts: found,
    ...(changes && { new: changes.joined.map(({ ip }) => ip), left: changes.left.map(({ ip }) => ip) }),
  };
}

function show({ subnet, found, changes, kept, startMs, tookMs }: Scanned, watched: boolean): void {
  if (watched) print(new Date(startMs).toISOString());
  printTable(
    ['IP address', 'host name', 'services'],
    found.map(({ ip, name, ports }) => [ip, name, servicesText(ports) || undefined]),
  );
  tell(
    `${found.length} of ${subnet.count} addresses in ${subnet.text} answered; it took ${(tookMs / 1000).toFixed(1)} s`,
  );
  if (!changes) return kept ? tell('new and left: told from the next scan on') : undefined;
  const { joined, left } = changes;
  // Another device at the same address has joined, and left as well: its MAC tells them apart.
  const device = ({ ip, name, mac }: FoundHost) =>
    [ip, name === undefined ? undefined : printable(name), mac].filter(Boolean).join(' ');
  for (const host of joined) print(pc.green(`new: ${device(host)}`));
  for (const host of left) print(pc.yellow(`left: ${device(host)}`));
  if (joined.length + left.length === 0) print('the same devices as at the last scan');
}

async function ownSubnet(system: System): Promise<string> {
  const name = defaultInterface((await system.read('/proc/net/route')) ?? '');
  const interfaces = networkInterfaces();
  // Elsewhere than on Linux: the first interface that others can see.
  const candidates = name === undefined ? Object.values(interfaces).flat() : interfaces[name];
  const own = candidates?.find((address) => address?.family === 'IPv4' && !address.internal);
  if (!own) throw new Error('no network to look at: say which, as --subnet 192.168.0.0/24');
  const subnet = subnetOf(own.address, own.netmask);
  const prefix = Number(subnet.split('/')[1]);
  // Of a larger network, the part around this computer.
  return prefix >= 20 ? subnet : `${own.address}/24`;
}

function stateFile({ text }: Subnet): string {
  const folder = environment('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state');
  return join(folder, 'lamplighter', `discover-${text.replace('/', '_')}.json`);
}
