import { lookupService } from 'node:dns/promises';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import {
  compareScans,
  discover,
  type FoundHost,
  parseArp,
  servicesText,
} from '../../network/discover/discover';
import { tcpProbe } from '../../network/discover/probe';
import { defaultInterface, hostsOf, parseSubnet, type Subnet, subnetOf } from '../../network/discover/subnet';
import type { System } from '../../network/system';
import { durationText } from '../../network/wifi/monitor';
import { interrupted, pause } from './interrupt';
import { print, printJson, printTable, tell } from './print';
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
    show(subnet, found, changes, Date.now() - startMs, flags.json ?? false);
    if (everyMs !== undefined) await pause(Math.max(everyMs - (Date.now() - startMs), 0), signal);
  } while (everyMs !== undefined && !signal.aborted);
  if (signal.aborted && everyMs === undefined) process.exitCode = 130;
  // A resolver without a server waits for half a minute, and nothing can call it off.
  process.stdout.write('', () => process.exit());
}

async function scan(
  system: System,
  subnet: Subnet,
  flags: DiscoverFlags,
  signal: AbortSignal,
): Promise<FoundHost[]> {
  const progress = new Progress(`looking at ${subnet.text}`);
  try {
    return await discover(hostsOf(subnet), {
      ...scanOptions(flags),
      probe: tcpProbe(performance.now.bind(performance)),
      ping: (await pingIsAllowed(system)) ? (host) => ping(system, host, signal) : undefined,
      neighbours: async () => {
        const all = parseArp((await system.read('/proc/net/arp')) ?? '');
        const hosts = new Set(hostsOf(subnet));
        return new Map([...all].filter(([ip]) => hosts.has(ip)));
      },
      reverseName: (ip) => reverseName(ip),
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

/** By the system's own resolver, which knows /etc/hosts and, where it is set up, names in .local. */
async function reverseName(ip: string): Promise<string | undefined> {
  const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, nameMs, undefined).unref());
  const asked = lookupService(ip, 0).then(
    ({ hostname }) => (hostname === ip ? undefined : hostname),
    () => undefined,
  );
  return Promise.race([asked, tooLate]);
}

function show(
  subnet: Subnet,
  found: FoundHost[],
  changes: ReturnType<typeof compareScans> | undefined,
  tookMs: number,
  json: boolean,
): void {
  if (json)
    return printJson({
      subnet: subnet.text,
      seconds: Math.round(tookMs / 10) / 100,
      hosts: found,
      ...(changes && { new: changes.joined.map(({ ip }) => ip), left: changes.left.map(({ ip }) => ip) }),
    });
  if (found.length > 0)
    printTable(
      ['IP address', 'host name', 'services'],
      found.map(({ ip, name, ports }) => [ip, name, servicesText(ports) || undefined]),
    );
  tell(
    `${found.length} of ${subnet.count} addresses in ${subnet.text} answer; it took ${(tookMs / 1000).toFixed(1)} s`,
  );
  for (const { ip, name } of changes?.joined ?? []) print(pc.green(`new: ${ip}${name ? ` (${name})` : ''}`));
  for (const { ip, name } of changes?.left ?? []) print(pc.yellow(`left: ${ip}${name ? ` (${name})` : ''}`));
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
