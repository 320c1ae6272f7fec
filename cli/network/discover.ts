import { Resolver } from 'node:dns/promises';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
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
import { durationText } from '../../network/wifi/monitor';
import { interrupted, pause } from './interrupt';
import { print, printJson, printJsonLine, printTable, tell, visible } from './print';
import { Progress } from './progress';
import { scanOptions, type ScanFlags } from './scan-options';
import { environment, thisComputer } from './this-computer';

export interface DiscoverFlags extends ScanFlags {
  subnet?: string;
  allowPublic?: boolean;
  watch?: string;
  state?: string;
  json?: boolean;
}

export async function discoverCommand(flags: DiscoverFlags): Promise<void> {
  const system = thisComputer();
  const subnet = parseSubnet(flags.subnet ?? (await ownSubnet(system)), flags.allowPublic);
  const everyMs = flags.watch === undefined ? undefined : periodMs(flags.watch);
  const state = new ScanState(flags.state ?? stateFile(subnet));
  const signal = interrupted();
  do {
    const startMs = Date.now();
    const found = await scan(system, subnet, flags, signal);
    if (signal.aborted) break;
    const before = state.read();
    const changes = before && compareScans(before, found);
    state.write(found);
    const scanned = { subnet, found, changes, startMs, tookMs: Date.now() - startMs };
    if (!flags.json) show(scanned, everyMs !== undefined);
    else if (everyMs === undefined) printJson(jsonOf(scanned));
    else printJsonLine({ at: new Date(startMs).toISOString(), ...jsonOf(scanned) });
    if (everyMs !== undefined) await pause(Math.max(everyMs - (Date.now() - startMs), 0), signal);
  } while (everyMs !== undefined && !signal.aborted);
  if (signal.aborted && everyMs === undefined) process.exitCode = 130;
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
      ping: (await pingIsAllowed(system)) ? (host) => ping(system, host, signal) : undefined,
      neighbours: (answered) => neighbours(system, new Set(hosts), answered, signal),
      reverseName: (ip) => reverseName(system, ip, signal),
      progress: progress.show,
      signal,
    });
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
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
    const said = await system.run('ip', ['-4', 'neigh', 'show'], { signal });
    return new Map([...parseNeighbours(said?.stdout ?? '')].filter(([ip]) => hosts.has(ip)));
  };
  return presentNeighbours(look, answered, (ms) => pause(ms, signal));
}

/** Echo requests need a right that not every computer gives to everybody. */
async function pingIsAllowed(system: System): Promise<boolean> {
  const result = await system.run('ping', ['-n', '-c', '1', '-W', '1', '127.0.0.1'], { timeoutMs: 3000 });
  return result?.code === 0;
}

async function ping(system: System, host: string, signal: AbortSignal): Promise<boolean> {
  const result = await system.run('ping', ['-n', '-c', '1', '-W', '1', host], { timeoutMs: 3000, signal });
  return result?.code === 0;
}

const nameMs = 2000;

/**
 * By the system's own resolver, which knows /etc/hosts and, where it is set up, names in .local. In a process of its own, since a
 * resolver that finds no server waits for half a minute, and within this one nothing could call it off.
 */
async function reverseName(system: System, ip: string, signal: AbortSignal): Promise<string | undefined> {
  const said = await system.run('getent', ['hosts', ip], { timeoutMs: nameMs, signal });
  if (said) return parseGetent(said.stdout);
  // Elsewhere than on Linux.
  const names = await new Resolver({ timeout: nameMs, tries: 1 }).reverse(ip).catch(() => []);
  return names[0];
}

interface Scanned {
  subnet: Subnet;
  found: FoundHost[];
  changes: ReturnType<typeof compareScans> | undefined;
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

function show({ subnet, found, changes, startMs, tookMs }: Scanned, watched: boolean): void {
  if (watched) print(new Date(startMs).toISOString());
  printTable(
    ['IP address', 'host name', 'services'],
    found.map(({ ip, name, ports }) => [ip, name, servicesText(ports) || undefined]),
  );
  tell(
    `${found.length} of ${subnet.count} addresses in ${subnet.text} answer; it took ${(tookMs / 1000).toFixed(1)} s`,
  );
  if (!changes) return tell('new and left: told from the next scan on');
  const { joined, left } = changes;
  // Another device at the same address has joined, and left as well: its MAC tells them apart.
  const device = ({ ip, name, mac }: FoundHost) =>
    [ip, name === undefined ? undefined : visible(name), mac].filter(Boolean).join(' ');
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

/** `5m`, `30s`, `1h` or seconds, from 10 s to a day. */
export function periodMs(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,5})(s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
  if (ms >= 10_000 && ms <= 86_400_000) return ms;
  throw new Error(
    `--watch: expected ${durationText(10_000)} to a day as 5m, 30s or 1h, got ${JSON.stringify(text)}`,
  );
}

function stateFile({ text }: Subnet): string {
  const folder = environment('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state');
  return join(folder, 'lamplighter', `discover-${text.replace('/', '_')}.json`);
}

/** What the last scan has found. */
class ScanState {
  constructor(private readonly file: string) {}

  read(): FoundHost[] | undefined {
    try {
      const { hosts } = JSON.parse(readFileSync(this.file, 'utf8')) as { hosts: FoundHost[] };
      return Array.isArray(hosts) && hosts.every(({ ip }) => typeof ip === 'string') ? hosts : undefined;
    } catch {
      return undefined;
    }
  }

  write(hosts: FoundHost[]): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.file}.part`, JSON.stringify({ hosts }, undefined, 2) + '\n', { mode: 0o600 });
      renameSync(`${this.file}.part`, this.file);
    } catch (error) {
      tell(`the scan is not kept for the next time: ${(error as Error).message}`);
    }
  }
}
