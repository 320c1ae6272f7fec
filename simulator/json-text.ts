import { LineWriter } from './line-writer';
import { numberText } from './number-text';
import { quoted } from './quoted';
import { isNative } from './realm';

/*
 * Objects as text, the way Espruino's one writer does it for JSON.stringify, E.toJS, Storage.writeJSON and the console.
 * Source: Espruino src/jswrap_json.c (jsfGetJSONWithCallback), release 2v29.
 */
export interface TextStyle {
  /** For machines: undefined is left out or becomes null, typed arrays become arrays, `toJSON` is asked. */
  data?: boolean;
  /** NaN and the infinities become null. */
  finite?: boolean;
  /** Bytes beyond ASCII as `\u00XX` instead of `\xXX`. */
  unicode?: boolean;
  /** Keys that are identifiers or numbers stand without quotes. */
  bareKeys?: boolean;
  /** Functions are written out instead of being left out of objects. */
  functions?: boolean;
  /** For people: blanks after commas and colons, and the names of classes. */
  pretty?: boolean;
  /** A line for each item, or only for items that are not plain numbers. */
  lines?: 'all' | 'some' | undefined;
  indent?: string;
  /** Long arrays and strings lose their middle. */
  limited?: boolean;
}

export const jsonStyle: TextStyle = { data: true, finite: true, unicode: true };
export const toJsStyle: TextStyle = { data: true, bareKeys: true, functions: true };
export const storageStyle: TextStyle = { data: true, finite: true, bareKeys: true };
export const consoleStyle: TextStyle = { pretty: true, lines: 'some', functions: true };
export const replStyle: TextStyle = { ...consoleStyle, limited: true };

/** More items than this are limited to the first and the last five. */
const longArray = 15;
const shownItems = 5;
const longString = 60;
const shownChars = 27;
const itemsOnLine = 4;

export function objectText(value: unknown, style: TextStyle): string {
  return text(value, style, 0, new Set(), true);
}

function text(value: unknown, style: TextStyle, depth: number, open: Set<object>, toJson: boolean): string {
  if (value === undefined) return style.data ? 'null' : 'undefined';
  if (typeof value === 'string') return stringText(value, style);
  if (typeof value === 'number') return style.finite && !Number.isFinite(value) ? 'null' : numberText(value);
  if (typeof value === 'function') return style.functions ? functionText(value) : 'undefined';
  if (typeof value !== 'object' || value === null) return String(value);
  if (open.has(value)) return ' ... ';
  open.add(value);
  try {
    if (Array.isArray(value)) return arrayText(value, style, depth, open);
    if (ArrayBuffer.isView(value)) return typedArrayText(value as Uint8Array, style, depth, open);
    return plainObjectText(value as Record<string, unknown>, style, depth, open, toJson);
  } finally {
    open.delete(value);
  }
}

function arrayText(items: unknown[], style: TextStyle, depth: number, open: Set<object>): string {
  const limited = style.limited === true && items.length > longArray;
  const writer = new LineWriter(style, depth, style.pretty ? '[ ' : '[', style.pretty ? ' ]' : ']');
  for (let i = 0; i < items.length; i++) {
    const hidden = limited && i >= shownItems && i < items.length - shownItems;
    if (hidden) continue;
    const gap = limited && i === items.length - shownItems ? ' ... ' : '';
    writer.item(gap + text(items[i], style, depth + 1, open, true), needsLine(items[i]));
  }
  return writer.end();
}

function typedArrayText(array: Uint8Array, style: TextStyle, depth: number, open: Set<object>): string {
  const plain = text(
    Array.from(array),
    { ...style, lines: style.lines === 'all' ? 'all' : undefined },
    depth,
    open,
    true,
  );
  if (style.data) return plain;
  const name = Object.prototype.toString.call(array).slice(8, -1);
  if (array.every((item) => item === 0)) return `new ${name}(${array.length})`;
  return `new ${name}([${plain.slice(2, -2)}])`;
}

function plainObjectText(
  object: Record<string, unknown>,
  style: TextStyle,
  depth: number,
  open: Set<object>,
  toJson: boolean,
): string {
  const convert = object['toJSON'];
  if (typeof convert === 'function' && toJson && style.data) {
    open.delete(object);
    return text(convert.call(object, ''), style, depth, open, false);
  }
  const name = style.data ? '' : className(object);
  const described = name === '' ? '[object' : String(object);
  if (!described.startsWith('[object')) return name + described;
  const writer = new LineWriter(style, depth, name + (style.pretty ? '{ ' : '{'), style.pretty ? ' }' : '}');
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (typeof item === 'function' && !style.functions) continue;
    if (item === undefined && style.data) continue;
    const bare = style.bareKeys === true && /^(?:[A-Za-z_$][\w$]*|-?\d+)$/.test(key);
    const keyText = bare ? key : quoted(key, style.unicode);
    const separator = style.pretty ? ': ' : ':';
    writer.item(keyText + separator + text(item, style, depth + 1, open, true), needsLine(item), itemsOnLine);
  }
  return writer.end();
}

function needsLine(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'number' && typeof value !== 'boolean';
}

function stringText(value: string, style: TextStyle): string {
  if (!style.limited || value.length <= longString) return quoted(value, style.unicode);
  return `${quoted(value.slice(0, shownChars), style.unicode)} ... ${quoted(value.slice(-shownChars), style.unicode)}`;
}

function functionText(fn: object): string {
  const source = Function.prototype.toString.call(fn);
  return isNative(fn) || source.includes('[native code]') ? 'function () { [native code] }' : source;
}

/** The name of the object's class, with a colon, when it has one of its own. */
function className(object: object): string {
  const constructor = (object as { constructor?: { name?: string } }).constructor;
  const name = typeof constructor === 'function' ? constructor.name : undefined;
  return name === undefined || name === 'Object' || name === '' ? '' : `${name}: `;
}
