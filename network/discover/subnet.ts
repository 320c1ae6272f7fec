/** IPv4 arithmetic: addresses are whole numbers from 0 to 2^32 - 1. */

/** The addresses of a subnet but for its own and its broadcast address. */
export interface Subnet {
  /** `192.168.0.0/24` */
  text: string;
  first: number;
  count: number;
}

/** The smallest prefix that may be scanned: 4,094 hosts. */
export const shortestPrefix = 20;

/** Throws a sentence for what is no subnet, is larger than a /20, or is not private and `publicToo` is not given. */
export function parseSubnet(text: string, publicToo = false): Subnet {
  const [, address, prefixText] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text.trim()) ?? [];
  const ip = address === undefined ? undefined : parseIPv4(address);
  const prefix = prefixText === undefined ? 32 : Number(prefixText);
  if (ip === undefined || prefix > 32)
    throw new Error(
      `--subnet: expected an address and a prefix as 192.168.0.0/24, got ${JSON.stringify(text)}`,
    );
  if (prefix < shortestPrefix)
    throw new Error(
      `--subnet: ${text} has ${2 ** (32 - prefix) - 2} hosts: at most a /${shortestPrefix} (4094 hosts) is scanned at once`,
    );
  const size = 2 ** (32 - prefix);
  const network = Math.floor(ip / size) * size;
  if (!publicToo && !(isPrivate(network) && isPrivate(network + size - 1)))
    throw new Error(
      `--subnet: ${text} is not a private network (10/8, 172.16/12, 192.168/16, 169.254/16, 127/8): scan only what is yours, then with --allow-public`,
    );
  // A /31 is two ends of a line, a /32 one host: neither has addresses of its own (RFC 3021).
  const own = prefix >= 31 ? 0 : 1;
  return { text: `${formatIPv4(network)}/${prefix}`, first: network + own, count: size - 2 * own };
}

export function hostsOf({ first, count }: Subnet): string[] {
  return Array.from({ length: count }, (_, index) => formatIPv4(first + index));
}

/** RFC 1918, and what never leaves a link or a computer (RFC 3927, RFC 1122). */
export function isPrivate(ip: number): boolean {
  const [a, b] = [Math.floor(ip / 2 ** 24), Math.floor(ip / 2 ** 16) % 256];
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254)
  );
}

export function parseIPv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((ip, part) => ip * 256 + part, 0);
}

export function formatIPv4(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join('.');
}

/** The interface of the default route with the lowest metric, out of /proc/net/route. Source: proc_net(5). */
export function defaultInterface(procNetRoute: string): string | undefined {
  const routes = procNetRoute
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, destination, , flags, , , , mask]) =>
        destination === '00000000' && mask === '00000000' && parseInt(flags ?? '', 16) & 1,
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]));
  return routes[0]?.[0];
}

/** `192.168.0.7` with mask `255.255.255.0` -> `192.168.0.0/24`. */
export function subnetOf(address: string, netmask: string): string {
  const mask = parseIPv4(netmask) ?? 0;
  const prefix = 32 - Math.round(Math.log2(2 ** 32 - mask));
  const size = 2 ** (32 - prefix);
  return `${formatIPv4(Math.floor((parseIPv4(address) ?? 0) / size) * size)}/${prefix}`;
}
