import { bytesFromString, stringFromBytes } from './bytes';
import { BoardError } from './errors';
import type { BoardFunction } from './realm';

/** Source: Espruino src/jswrap_functions.c. */
export const textCodecs: Record<string, BoardFunction> = {
  btoa: (data: unknown) => Buffer.from(String(data), 'latin1').toString('base64'),
  atob: (text: unknown) => decodeBase64(String(text)),
  encodeURIComponent: (text: unknown) => encodeUri(String(text)),
  decodeURIComponent: (text: unknown) => decodeUri(String(text)),
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Blanks are skipped; what else is not of the alphabet keeps its place, without a value. */
function decodeBase64(text: string): string {
  const chars = text.replace(/[\t-\r ]/g, '');
  const padding = /=?=?$/.exec(chars)![0].length;
  const bytes = new Uint8Array(Math.max(0, Math.floor((chars.length * 3) / 4) - padding));
  let at = 0;
  for (let i = 0; i < chars.length; i += 4) {
    let triple = 0;
    let last = 0;
    for (let j = 0; j < 4; j++) {
      const sextet = alphabet.indexOf(chars[i + j] ?? '=');
      if (sextet < 0) continue;
      triple |= sextet << ((3 - j) * 6);
      last = j;
    }
    for (let j = 0; j < last; j++) bytes[at++] = triple >> (16 - 8 * j);
  }
  return stringFromBytes(bytes);
}

function encodeUri(text: string): string {
  let out = '';
  for (const byte of bytesFromString(text)) {
    const char = String.fromCharCode(byte);
    out += /[\w.!~*'()-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function decodeUri(text: string): string {
  if (/%(?![\da-fA-F]{2})/.test(text)) throw new BoardError('Invalid URI');
  return text.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
