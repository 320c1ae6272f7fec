import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIwDev, parseIwLink, parseIwScan } from '../../../network/wifi/iw';
import type { WifiNetwork } from '../../../network/wifi/network';
import { parseNmcliDevices, parseNmcliWifi } from '../../../network/wifi/nmcli';
import {
  parseIwconfig,
  parseIwgetid,
  parseIwlist,
  parseProcWireless,
} from '../../../network/wifi/wireless-tools';
import { parseArp, parseGetent } from '../../../network/discover/discover';
import { parseNeighbours } from '../../../network/discover/neighbours';
import { defaultInterface } from '../../../network/discover/subnet';
import { recorded } from './recorded';

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** As iw does: util.c, print_ssid_escaped. */
function byIw(name: Buffer): string {
  const last = name.length - 1;
  return [...name]
    .map((byte, index) => {
      const isPlain = byte > 32 && byte < 127 && byte !== 92;
      const isBlankInside = byte === 32 && index > 0 && index < last;
      return isPlain || isBlankInside ? String.fromCharCode(byte) : `\\x${hex(byte)}`;
    })
    .join('');
}

/** As wireless-tools 30 do: iwlib.c, iw_essid_escape. */
function byIwlist(name: Buffer): string {
  const text = name.toString('latin1');
  return [...name]
    .map((byte, index) => {
      const isEscape = byte === 92 && /^\\x[\da-f]{2}/i.test(text.slice(index));
      return isEscape || byte < 32 || byte > 126 ? `\\x${hex(byte).toUpperCase()}` : text[index];
    })
    .join('');
}

const byNmcli = (name: string): string => name.replace(/[\\:]/g, '\\$&');

const iwScan = (name: Buffer) => `BSS 3c:37:86:11:22:33(on wlan0)
\tfreq: 2437
\tcapability: ESS Privacy ShortSlotTime (0x0431)
\tsignal: -47.00 dBm
\tSSID: ${byIw(name)}
\tRSN:\t * Version: 1
\t\t * Authentication suites: PSK
`;
const iwlistScan = (name: Buffer) => `wlan0     Scan completed :
          Cell 01 - Address: 3C:37:86:11:22:33
                    ESSID:"${byIwlist(name)}"
                    Frequency:2.437 GHz (Channel 6)
                    Quality=63/70  Signal level=-47 dBm  
                    Encryption key:on
                    IE: IEEE 802.11i/WPA2 Version 1
                        Authentication Suites (1) : PSK
`;
const iwconfig = (name: Buffer) => `wlan0     IEEE 802.11  ESSID:"${byIwlist(name)}"  
          Mode:Managed  Frequency:2.437 GHz  Access Point: 3C:37:86:11:22:33   
          Bit Rate=72.2 Mb/s   Tx-Power=20 dBm   
          Link Quality=63/70  Signal level=-47 dBm  
`;
const nmcli = (name: string) =>
  `*:3C\\:37\\:86\\:11\\:22\\:33:${byNmcli(name)}:2437 MHz:130 Mbit/s:86:WPA2\n`;

const network = { bssid: '3c:37:86:11:22:33', quality_pct: 86, channel: 6, security: 'WPA2' };
const link = { signal_dbm: -47, channel: 6, bitrate_mbps: 72.2 };

/** Names that read like something else, and what people call their networks. */
const names = [
  '교실 5G',
  '학생회☕🏫',
  `"quoted"`,
  `it's 'mine'`,
  'a:b\\:c',
  'C:\\x41\\n',
  '\\\\',
  ' blanks ',
  '--',
  '*',
  'off/any',
  '(hidden)',
  'SSID: other',
  'Authentication suites: SAE',
  'Encryption key:off',
  'Quality=1/70 Signal level=-9 dBm',
  'Bit Rate=999 Mb/s',
  'IE: WPA Version 1',
  'DS Parameter set: channel 5',
  'signal: -1.00 dBm',
  'Nickname:"x"',
  'tab\there\x1b[2J\r',
  '\ufeffbom',
  'x'.repeat(32),
];

describe.each(names)('the name %j', (name) => {
  const bytes = Buffer.from(name);

  test('is read as it is, and nothing of it is taken for anything else', () => {
    const dbm = { signal_dbm: -47 };
    expect(parseIwScan(iwScan(bytes))).toEqual([{ ...network, ...dbm, ssid: name }]);
    expect(parseIwlist(iwlistScan(bytes))).toEqual([{ ...network, ...dbm, ssid: name }]);
    expect(parseIwconfig(iwconfig(bytes))).toEqual([
      { interface: 'wlan0', ssid: name, quality: '63/70', ...link },
    ]);
    expect(
      parseIwLink(
        `Connected to 3c:37:86:11:22:33 (on wlan0)\n\tSSID: ${byIw(bytes)}\n\tfreq: 2437\n\tsignal: -47 dBm\n\ttx bitrate: 72.2 MBit/s\n`,
      ),
    ).toEqual({ ssid: name, ...link });
    expect(parseIwgetid(`${name}\n`)).toEqual({ ssid: name });
  });
});

// nmcli has written what is no text in another way already.
test.each(names.filter((name) => !/^--$|\p{Cc}/u.test(name)))(
  'the name %j is read as it is out of the terse lines of nmcli',
  (name) => {
    expect(parseNmcliWifi(nmcli(name))).toEqual([{ ...network, ssid: name, inUse: true, bitrate_mbps: 130 }]);
  },
);

const anyName = fc.uint8Array({ minLength: 1, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

test('32 bytes of anything: every other value stays, and two names are never one', () => {
  fc.assert(
    fc.property(anyName, anyName, (one, other) => {
      for (const [parse, scan] of [
        [parseIwScan, iwScan],
        [parseIwlist, iwlistScan],
      ] as const) {
        const [[first], [second]] = [parse(scan(one)), parse(scan(other))];
        expect({ ...first, ssid: '' }).toEqual({ ...network, signal_dbm: -47, ssid: '' });
        const areHidden = [one, other].every((name) => name.every((byte) => byte === 0));
        if (!one.equals(other) && !areHidden) expect(first!.ssid).not.toBe(second!.ssid);
      }
    }),
  );
});

test('a name in another encoding than UTF-8 is shown in the bytes that were sent', () => {
  const eucKr = Buffer.from('b1b3bdc72d3547', 'hex');
  expect(parseIwScan(iwScan(eucKr))[0]!.ssid).toBe('\\xb1\\xb3\\xbd\\xc7-5G');
});

test('iw that is older than WPA3 writes the numbers of its suites', () => {
  const security = (suites: string) =>
    parseIwScan(iwScan(Buffer.from('x')).replace('PSK', suites))[0]!.security;
  expect(['00-0f-ac:8', 'PSK 00-0f-ac:8', '00-0f-ac:18'].map(security)).toEqual([
    'WPA3',
    'WPA2/WPA3',
    'open, encrypted',
  ]);
});

test.each([
  ['0 dBm', undefined],
  ['-256 dBm', undefined],
  ['-30.00 dBm', -30],
])('a signal of %s is %s', (text, dbm) => {
  expect(parseIwScan(iwScan(Buffer.from('x')).replace('-47.00 dBm', text))[0]!.signal_dbm).toBe(dbm);
});

test('a name that has lost the line in front of it is no interface', () => {
  const spoiltText = recorded('iwconfig-30.txt').replace(/\s+ESSID/g, '\nESSID');
  expect(parseIwconfig(spoiltText)).toEqual([]);
});

/** A file with pieces cut out, doubled, or replaced by anything. */
const spoilt = fc
  .tuple(
    fc.constantFrom(
      ...['iw-5.19-scan.txt', 'iw-5.19-dev.txt', 'iw-5.19-link.txt', 'iw-6.9-link-korean.txt'],
      ...['iwconfig-30.txt', 'iwconfig-27-ndis.txt', 'iwlist-30-scan.txt', 'proc-net-wireless.txt'],
      ...['nmcli-1.42-wifi.txt', 'nmcli-1.42-status.txt', 'nmcli-1.10-wifi.txt'],
    ),
    fc.array(
      fc.tuple(fc.nat(), fc.nat(40), fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\n'))),
      {
        maxLength: 6,
      },
    ),
  )
  .map(([file, cuts]) =>
    cuts.reduce((text, [at, length, piece]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + piece + text.slice(from + length);
    }, recorded(file)),
  );

test('garbage is never an exception, and no value that cannot be', () => {
  fc.assert(
    fc.property(fc.oneof(spoilt, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
      const found = [
        ...parseIwDev(text),
        parseIwLink(text),
        ...parseIwconfig(text),
        parseIwgetid(text),
        ...parseProcWireless(text).values(),
        ...parseIwScan(text),
        ...parseIwlist(text),
        ...parseNmcliWifi(text),
      ];
      for (const one of found) expectPossible(one);
      parseNmcliDevices(text);
      parseArp(text);
      parseNeighbours(text);
      parseGetent(text);
      defaultInterface(text);
    }),
    { numRuns: 500 },
  );
});

function expectPossible(one: Partial<WifiNetwork> & { bitrate_mbps?: number; mac_address?: string }): void {
  const { ssid = 'x', signal_dbm = -1, quality_pct = 0, channel = 1, bitrate_mbps = 1 } = one;
  const mac = one.bssid ?? one.mac_address ?? '00:00:00:00:00:00';
  expect(ssid).not.toBe('');
  expect(signal_dbm).toBeLessThan(0);
  expect(signal_dbm).toBeGreaterThan(-120);
  expect(quality_pct >= 0 && quality_pct <= 100).toBe(true);
  expect(Number.isInteger(channel) && channel >= 1 && channel <= 233).toBe(true);
  expect(bitrate_mbps).toBeGreaterThan(0);
  expect(mac).toMatch(/^([\da-f]{2}:){5}[\da-f]{2}$/);
}
