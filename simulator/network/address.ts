/**
 * The address a host name spells out, or `undefined` when it is a name to be looked up. As Espruino does it: digits
 * and dots only, and "localhost". Source: Espruino libs/network/network.c, networkParseIPAddress.
 */
export function dottedAddress(host: string): string | undefined {
  if (host === 'localhost') return '127.0.0.1';
  if (!/^[0-9.]+$/.test(host)) return undefined;
  const parts = host.split('.').map((part) => Number(part) & 255);
  while (parts.length < 4) parts.unshift(0);
  const address = parts.slice(-4).join('.');
  return address === noAddress ? undefined : address;
}

/** What an interface without an address answers. */
export const noAddress = '0.0.0.0';

export const noMac = '00:00:00:00:00:00';
