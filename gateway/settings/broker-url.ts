import { isIP } from 'node:net';

/** A broker that runs elsewhere. */
export interface BrokerUrl {
  protocol: 'mqtt' | 'mqtts';
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  host: string;
  port: number;
  user?: string;
  password?: string;
}

export const brokerUrlForm = 'mqtt://user:password@host:port or mqtts://…';

/**
 * The parts of `mqtt://user:password@host:port`, percent-decoded.
 * Throws what is wrong with it, as the end of a sentence, without a part that could be the password.
 */
export function parseBrokerUrl(text: string): BrokerUrl {
  const expected = `expected ${brokerUrlForm}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'mqtt' && scheme !== 'mqtts')
    throw new Error(`${expected}, got ${scheme ? `${scheme}://…` : 'no mqtt://'}`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // It may hold a password anywhere, so nothing of it is repeated.
    throw new Error(`${expected}, got an address that cannot be read`);
  }
  const user = decoded(url.username, 'user name');
  const password = decoded(url.password, 'password');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!host) throw new Error(`${expected}, got no host`);
  if (isIP(host) === 0 && !/^[\w.-]+$/.test(host))
    throw new Error('expected a host name of letters, digits, dots and hyphens, or an IP address');
  if (url.pathname.replace('/', '') || url.search || url.hash)
    throw new Error(
      `${expected}, got something behind the port; in a password write / as %2F, ? as %3F, # as %23`,
    );
  if (url.port === '0') throw new Error('expected a port from 1 to 65535, got 0');
  // [MQTT-3.1.2-22]
  if (password && !user) throw new Error('a password needs a user name: mqtt://user:password@host');
  return {
    protocol: scheme,
    host,
    port: url.port === '' ? (scheme === 'mqtts' ? 8883 : 1883) : Number(url.port),
    ...(user && { user }),
    ...(password && { password }),
  };
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`a % in the ${name} is written %25`);
  }
}
