import type { Pace } from './pace';
import type { Probe, Probed } from './probe';
import { services, usualPorts } from './services';

export interface FoundHost {
  ip: string;
  /** Reverse name, when it has one. */
  name?: string;
  /** Lower case, with colons; only of hosts on the same link. */
  mac?: string;
  ports: number[];
}

/** What `discover` is handed. */
export interface DiscoverParts {
  probe: Probe;
  pace: Pace;
  /** Whether the host answers an echo request; undefined where that is not allowed. */
  ping: ((host: string) => Promise<boolean>) | undefined;
  /** MAC addresses on this link, by IP address; is told who has answered already. */
  neighbours: (answered: ReadonlySet<string>) => Promise<ReadonlyMap<string, string>>;
  /** Undefined when there is none. */
  reverseName: (ip: string) => Promise<string | undefined>;
  timeoutMs: number;
  progress: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Enough to wake almost every host: a closed port answers as well as an open one. */
const knocks = [22, 80, 1883];

/**
 * Finds who lives in a list of addresses: first a few knocks and an echo request at each, then every usual port of those who
 * answered anything, even if only ARP. Sorted as the addresses were.
 */
export async function discover(hosts: readonly string[], parts: DiscoverParts): Promise<FoundHost[]> {
  const { probe, pace, ping, progress, timeoutMs, signal } = parts;
  let done = 0;
  const knocked = new Map<string, Probed[]>();
  await Promise.all(
    hosts.map(async (host) => {
      const tried = knocks.map((port) => pace.run(() => probe(host, port, timeoutMs, signal), signal));
      const echo = ping ? pace.run(() => ping(host), signal) : Promise.resolve(false);
      const [probed, echoed] = await Promise.all([Promise.all(tried), echo]);
      if (echoed || probed.some(isAnswer)) knocked.set(host, probed);
      progress(++done, hosts.length);
    }),
  );
  const neighbours = await parts.neighbours(new Set(knocked.keys()));
  const alive = hosts.filter((host) => knocked.has(host) || neighbours.has(host));
  return Promise.all(
    alive.map(async (ip) => {
      const before = knocked.get(ip) ?? [];
      const rest = usualPorts.filter((port) => !before.some((probed) => probed.port === port));
      const [probed, name] = await Promise.all([
        Promise.all(rest.map((port) => pace.run(() => probe(ip, port, timeoutMs, signal), signal))),
        pace.run(() => parts.reverseName(ip), signal),
      ]);
      const ports = [...before, ...probed].filter(({ state }) => state === 'open').map(({ port }) => port);
      const mac = neighbours.get(ip);
      return {
        ip,
        ...(name !== undefined && { name }),
        ...(mac !== undefined && { mac }),
        ports: ports.sort((a, b) => a - b),
      };
    }),
  );
}

function isAnswer({ state }: Probed): boolean {
  return state === 'open' || state === 'closed';
}

/** The first name in what `getent hosts <address>` says: as /etc/hosts, DNS or mDNS know the host. Source: getent(1). */
export function parseGetent(text: string): string | undefined {
  return /^\S+\s+(\S+)/.exec(text)?.[1];
}

/** `22 SSH, 1883 MQTT` */
export function servicesText(ports: readonly number[]): string {
  return ports.map((port) => `${port} ${services.get(port) ?? ''}`.trim()).join(', ');
}

/** The neighbours that are reachable, out of /proc/net/arp: flag 2 says that the entry is complete. Source: arp(7). */
export function parseArp(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n').slice(1)) {
    const [ip, , flags, mac] = line.trim().split(/\s+/);
    if (ip && mac && parseInt(flags ?? '', 16) & 2 && mac !== '00:00:00:00:00:00')
      found.set(ip, mac.toLowerCase());
  }
  return found;
}

/** What has changed since the scan before. */
export function compareScans(
  before: readonly FoundHost[],
  after: readonly FoundHost[],
): { joined: FoundHost[]; left: FoundHost[] } {
  return {
    joined: after.filter((host) => !before.some((known) => isSame(known, host))),
    left: before.filter((host) => !after.some((seen) => isSame(seen, host))),
  };
}

/** A device is known by its MAC; by its address where one of the scans has not seen that. */
function isSame(a: FoundHost, b: FoundHost): boolean {
  return a.mac !== undefined && b.mac !== undefined ? a.mac === b.mac : a.ip === b.ip;
}
