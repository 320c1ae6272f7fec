import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { isPrivate, parseIPv4 } from '../../network/discover/subnet';

/** The IPv4 address of a host. Throws a sentence when there is none, or when it is public and `publicToo` is not given. */
export async function addressOf(host: string, publicToo: boolean): Promise<string> {
  if (isIPv6(host)) throw new Error(`${host} is an IPv6 address: expected a name or an IPv4 address`);
  const { address } = await lookup(host, 4).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${host}: ${error.code === 'ENOTFOUND' ? 'no such host' : `cannot be resolved (${error.code})`}`,
    );
  });
  if (!publicToo && !isPrivate(parseIPv4(address)!))
    throw new Error(
      `${host === address ? host : `${host} is ${address}, which`} is not in a private network: use it only when it is yours, with --allow-public`,
    );
  return address;
}
