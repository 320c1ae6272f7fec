import { isIP } from 'node:net';

/** Whether only programs on this machine reach what listens on the address. */
export function isLoopback(address: string): boolean {
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === '::1' || address === 'localhost';
}

export function isAddress(text: string): boolean {
  return isIP(text) !== 0 || text === 'localhost';
}

/** `host:port` as it stands in a URL. */
export function hostAndPort(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
