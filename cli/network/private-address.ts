import { lookup } from 'node:dns/promises';
import { isPrivate, parseIPv4 } from '../../network/discover/subnet';

/** The IPv4 address of a host. Throws a sentence when there is none, or when it is public and `publicToo` is not given. */
export async function addressOf(host: string, publicToo: boolean): Promise<string> {
  const { address } = await lookup(host, 4).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${host}: ${error.code === 'ENOTFOUND' ? 'no such host' : `cannot be resolved (${error.code})`}`,
    );
  });
  if (!publicToo && !isPrivate(parseIPv4(address)!))
    throw new Error(
      `${host} is ${address}, which is not in a private network: use it only when it is yours, with --allow-public`,
    );
  return address;
}
