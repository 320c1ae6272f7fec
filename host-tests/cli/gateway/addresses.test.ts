import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { addressesOf, whereSentences } from '../../../cli/gateway/addresses';

const at = (address: string): NetworkInterfaceInfo =>
  ({ address, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [at('127.0.0.1'), at('::1')],
  wlan0: [at('192.168.0.10'), at('fd00::10'), at('fe80::10')],
};

describe('where the gateway listens', () => {
  it.each<[string, string[]]>([
    ['127.0.0.1', ['127.0.0.1']],
    ['192.168.0.10', ['192.168.0.10']],
    ['0.0.0.0', ['192.168.0.10', '127.0.0.1']],
    ['::', ['192.168.0.10', 'fd00::10', '127.0.0.1', '::1']],
  ])('%s is reached at %j', (host, addresses) => {
    expect(addressesOf(host, interfaces)).toEqual(addresses);
  });

  it('is told with every address, the dashboard first', () => {
    const sentences = whereSentences(
      [
        { protocol: 'udp', host: '127.0.0.1', port: 9998 },
        { protocol: 'mqtt', host: '0.0.0.0', port: 1883 },
        { protocol: 'https', host: '::1', port: 5443 },
        { protocol: 'http', host: '0.0.0.0', port: 5000 },
      ],
      interfaces,
    );
    expect(sentences).toEqual([
      'dashboard and HTTP API: http://192.168.0.10:5000, http://127.0.0.1:5000',
      'dashboard and HTTP API over TLS: https://[::1]:5443',
      'MQTT: 192.168.0.10:1883, 127.0.0.1:1883',
      'readings over UDP: 127.0.0.1:9998',
    ]);
  });
});
