/** The same networks in the three languages of a Pi. Nothing here reads or writes a file. */
import { createHash } from 'node:crypto';
import { pskOf } from './psk';

/** A network to join, in UTF-8. */
export interface KnownNetwork {
  /** 1 to 32 bytes. */
  ssid: string;
  /** 8 to 63 bytes; absent for an open network. */
  password?: string;
  /** Higher is tried first. */
  priority: number;
  hidden: boolean;
}

export interface ConfigOptions {
  /** Two capital letters, ISO 3166-1: which channels and powers the law allows. */
  country: string;
  /** Write the key that comes of the password, not the password. */
  hash: boolean;
}

/** For wpa_supplicant. Source: its wpa_supplicant.conf(5) and README. */
export function wpaSupplicantConf(
  networks: readonly KnownNetwork[],
  { country, hash }: ConfigOptions,
): string {
  const blocks = networks.map((network) => {
    const { ssid, password, priority, hidden } = network;
    const lines = [
      `ssid=${isPlain(ssid) ? `"${ssid}"` : hexOf(ssid)}`,
      ...(hidden ? ['scan_ssid=1'] : []),
      ...(password === undefined
        ? ['key_mgmt=NONE']
        : [
            `psk=${hash || !isPlain(password) ? pskOf(ssid, password) : `"${password}"`}`,
            'key_mgmt=WPA-PSK',
          ]),
      `priority=${priority}`,
    ];
    return `network={\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
  });
  return [
    `country=${country}\nctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\nupdate_config=1\n`,
    ...blocks,
  ].join('\n');
}

/** For NetworkManager, one file a network, by file name. Source: nm-settings-keyfile(5). */
export function networkManagerKeyfiles(
  networks: readonly KnownNetwork[],
  { hash }: ConfigOptions,
): Map<string, string> {
  return new Map(
    networks.map(({ ssid, password, priority, hidden }) => {
      const sections: [string, string[]][] = [
        [
          'connection',
          [
            `id=${keyfileText(connectionName(ssid))}`,
            `uuid=${uuidOf(ssid)}`,
            'type=wifi',
            `autoconnect-priority=${priority}`,
          ],
        ],
        ['wifi', ['mode=infrastructure', `ssid=${keyfileBytes(ssid)}`, ...(hidden ? ['hidden=true'] : [])]],
        ...(password === undefined
          ? []
          : ([
              [
                'wifi-security',
                ['key-mgmt=wpa-psk', `psk=${hash ? pskOf(ssid, password) : keyfileText(password)}`],
              ],
            ] as [string, string[]][])),
        ['ipv4', ['method=auto']],
        ['ipv6', ['method=auto']],
      ];
      const text = sections.map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`).join('\n');
      return [`${fileName(ssid)}.nmconnection`, text];
    }),
  );
}

/** The commands that tell NetworkManager the same, for a POSIX shell. Source: nmcli(1), nm-settings-nmcli(5). */
export function nmcliLines(networks: readonly KnownNetwork[], { country, hash }: ConfigOptions): string {
  const lines = networks.map(({ ssid, password, priority, hidden }) =>
    [
      `nmcli connection add type wifi con-name ${quoted(connectionName(ssid))} ssid ${quoted(ssid)}`,
      `connection.autoconnect-priority ${priority}`,
      ...(hidden ? ['802-11-wireless.hidden yes'] : []),
      ...(password === undefined
        ? []
        : [
            '802-11-wireless-security.key-mgmt wpa-psk',
            `802-11-wireless-security.psk ${quoted(hash ? pskOf(ssid, password) : password)}`,
          ]),
    ].join(' \\\n  '),
  );
  return ['#!/bin/sh', 'set -e', `iw reg set ${country}`, ...lines].join('\n') + '\n';
}

/** What stands between the quotes of wpa_supplicant.conf as it is: printable ASCII but for the quote itself. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && !text.includes('"');
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** Marks what this program has written, so that nobody takes it for a connection made by hand. */
function connectionName(ssid: string): string {
  return `lamplighter ${ssid}`;
}

/** A key file takes blanks at the ends, and backslashes, only escaped. */
function keyfileText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/^ +| +$/g, (blanks) => '\\s'.repeat(blanks.length))
    .replaceAll('\t', '\\t');
}

/** An SSID is bytes: as text where that is unambiguous, else as their numbers. */
function keyfileBytes(text: string): string {
  if (/^[^\\;\p{Cc} ]([^\\;\p{Cc}]*[^\\;\p{Cc} ])?$/u.test(text) && !/^[\d;]+$/.test(text)) return text;
  return [...Buffer.from(text)].map((byte) => `${byte};`).join('');
}

/** The same for the same network, so that a file written twice is one connection (RFC 4122, version 5). */
function uuidOf(ssid: string): string {
  const bytes = createHash('sha1').update('lamplighter wifi ').update(ssid).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Told apart also when two names differ only in what no file name may hold. */
function fileName(ssid: string): string {
  const plain = ssid.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
  return `lamplighter-${plain === ssid ? ssid : `${plain}-${uuidOf(ssid).slice(0, 6)}`}`;
}

/** One word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
