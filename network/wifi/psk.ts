import { pbkdf2Sync } from 'node:crypto';

/** The 256-bit key of a WPA password, as 64 hexadecimal digits: IEEE 802.11-2020, J.4. `ssid` and `password` in UTF-8. */
export function pskOf(ssid: string, password: string): string {
  return pbkdf2Sync(Buffer.from(password), Buffer.from(ssid), 4096, 32, 'sha1').toString('hex');
}
