import { BoardError } from './errors';
import { consoleStyle, objectText } from './json-text';

/**
 * Strings on the boards are bytes: character codes 0 to 255, and whatever is larger loses its upper bits.
 * Source: Espruino, ESPR_UNICODE_SUPPORT is not defined for ESP8266 and ESP32.
 */
export function toByteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) return stringFromBytes(bytesFromString(text));
  }
  return text;
}

export function bytesFromString(text: string): Uint8Array {
  // Buffer's latin1 keeps the lower eight bits of each character code, as the boards do.
  return Buffer.from(text, 'latin1');
}

export function stringFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * The bytes of anything that Espruino takes as data: a string, a number, arrays and typed arrays of them, or
 * `{ data, count }` for repeated data.
 * `undefined` for what has no bytes.
 */
export function bytesFromData(data: unknown): Uint8Array | undefined {
  if (typeof data === 'string') return bytesFromString(data);
  if (typeof data === 'number' || typeof data === 'boolean') return Uint8Array.of(Number(data));
  if (typeof data === 'function') return new Uint8Array();
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (Object.prototype.toString.call(data) === '[object ArrayBuffer]')
    return new Uint8Array(data as ArrayBuffer);
  if (!Array.isArray(data)) return repeated(data);
  const parts: number[] = [];
  for (const item of data) {
    const bytes = bytesFromData(item);
    if (bytes === undefined) throw noData(item);
    parts.push(...bytes);
  }
  return Uint8Array.from(parts);
}

function repeated(block: unknown): Uint8Array | undefined {
  if (typeof block !== 'object' || block === null) return undefined;
  const { data, count } = block as { data?: unknown; count?: unknown };
  const bytes = data === undefined ? undefined : bytesFromData(data);
  if (bytes === undefined || typeof count !== 'number') return undefined;
  return Buffer.concat(Array<Uint8Array>(Math.max(0, Math.trunc(count))).fill(bytes));
}

function noData(item: unknown): BoardError {
  const isObject = typeof item === 'object' && item !== null;
  const text = isObject
    ? `If specifying an object, it must be of the form {data : ..., count : N} or {callback : fn} - got ${objectText(item, consoleStyle)}`
    : `Expecting Number or iterable, got ${item === null ? 'null' : typeof item}`;
  return new BoardError(text, 'TypeError');
}
