import type { NetworkInterfaceInfo } from 'node:os';
import type { Listener } from '../../gateway/gateway';
import { hostAndPort, isLoopback } from '../../gateway/settings/address';

export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** The addresses under which a listener is reached: of 0.0.0.0 and :: each address of this computer. */
export function addressesOf(host: string, interfaces: Interfaces): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  return (
    Object.values(interfaces)
      .flatMap((addresses = []) => addresses)
      .filter(({ family }) => family === 'IPv4' || host === '::')
      // A link-local address works only together with the name of an interface.
      .filter(({ address }) => !address.startsWith('fe80:'))
      .map(({ address }) => address)
      .sort((a, b) => Number(isLoopback(a)) - Number(isLoopback(b)))
  );
}

const titles: Record<Listener['protocol'], string> = {
  http: 'dashboard and HTTP API',
  https: 'dashboard and HTTP API over TLS',
  mqtt: 'MQTT',
  mqtts: 'MQTT over TLS',
  tcp: 'readings over TCP',
  udp: 'readings over UDP',
};

/** One sentence for each listener, the dashboard's first: `MQTT: 192.168.0.10:1883, 127.0.0.1:1883`. */
export function whereSentences(listeners: readonly Listener[], interfaces: Interfaces): string[] {
  const order = Object.keys(titles);
  return [...listeners]
    .sort((a, b) => order.indexOf(a.protocol) - order.indexOf(b.protocol))
    .map((listener) => `${titles[listener.protocol]}: ${urlsOf(listener, interfaces).join(', ')}`);
}

export function urlsOf({ protocol, host, port }: Listener, interfaces: Interfaces): string[] {
  const web = protocol === 'http' || protocol === 'https';
  return addressesOf(host, interfaces).map((address) => {
    const where = hostAndPort(address, port);
    return web ? `${protocol}://${where}` : where;
  });
}
