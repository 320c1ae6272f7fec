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

/** What is written of a password. */
export interface PasswordOptions {
  /** The key that comes of it, as WPA2 takes it, and not the password itself. */
  hash: boolean;
}

/** Two capital letters, ISO 3166-1: which channels and powers the law allows. */
type Country = string;

/**
 * For wpa_supplicant. With `wpa3`, access points that take WPA3 alone are joined too, for which it needs the password itself; one that
 * was built without WPA3 refuses such a file. Source: its wpa_supplicant.conf(5) and README.
 */
export function wpaSupplicantConf(
  networks: readonly KnownNetwork[],
  options: PasswordOptions & { country: Country; wpa3: boolean },
): string {
  const blocks = networks.map((network) => {
    const { ssid, priority, hidden } = network;
    const lines = [
      `ssid=${quotedOrHex(ssid)}`,
      ...(hidden ? ['scan_ssid=1'] : []),
      ...supplicantKeys(network, options),
      `priority=${priority}`,
    ];
    return `network={\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
  });
  return [
    `country=${options.country}\nctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\nupdate_config=1\n`,
    ...blocks,
  ].join('\n');
}

function supplicantKeys(
  { ssid, password }: KnownNetwork,
  { hash, wpa3 }: PasswordOptions & { wpa3: boolean },
): string[] {
  if (password === undefined) return ['key_mgmt=NONE'];
  const asKey = hash || !isPlain(password);
  return [
    `psk=${asKey ? pskOf(ssid, password) : `"${password}"`}`,
    // WPA3 makes its key anew each time, and protects management frames where the access point can.
    ...(wpa3 && asKey ? [`sae_password=${quotedOrHex(password)}`] : []),
    ...(wpa3 ? ['key_mgmt=WPA-PSK SAE', 'ieee80211w=1'] : ['key_mgmt=WPA-PSK']),
  ];
}

/** For NetworkManager, one file a network, by file name. Source: nm-settings-keyfile(5). */
export function networkManagerKeyfiles(
  networks: readonly KnownNetwork[],
  { hash }: PasswordOptions,
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
export function nmcliLines(
  networks: readonly KnownNetwork[],
  { country, hash }: PasswordOptions & { country?: Country | undefined },
): string {
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
  const law = country === undefined ? [] : [`iw reg set ${country}`];
  return ['#!/bin/sh', 'set -e', ...law, ...lines].join('\n') + '\n';
}

/** What stands between the quotes of wpa_supplicant.conf as it is: printable ASCII but for the quote itself. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && !text.includes('"');
}

function quotedOrHex(text: string): string {
  return isPlain(text) ? `"${text}"` : Buffer.from(text).toString('hex');
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
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
