import { isUtf8 } from 'node:buffer';

/**
 * The name out of what `iw` and `iwlist` print: they write bytes that are no printable ASCII as \xNN, the backslash among them where it
 * could be taken for that. Bytes that are no UTF-8 stay as they were written: which encoding they are in, nobody says.
 * Source: iw, util.c, print_ssid_escaped; wireless-tools, iwlib.h, iw_essid_escape.
 */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const byte = (hex: string): string => String.fromCharCode(parseInt(hex, 16));
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/\\x([\da-f]{2})/gi, (_, hex: string) => byte(hex));
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : text;
}

/** An access point that hides its name sends none, or as many zero bytes as it has letters. */
export function isHidden(ssid: string): boolean {
  return /^\0*$/.test(ssid);
}
