import { isIPv4 } from 'node:net';
import { isSecret } from './classroom';

/** What a text must be. */
export interface TextRule {
  /** What was expected when the text does not fit, else undefined. */
  misfit(text: string): string | undefined;
  /** Never shown, not even when it is wrong. */
  password?: true;
}

export const ssidRule: TextRule = { misfit: (text) => sized(text, 1, 32) };

/** WPA2: 8 to 63 characters, of which each is a byte on the air. */
export const wifiPasswordRule: TextRule = { misfit: (text) => sized(text, 8, 63), password: true };

/** Espruino's console takes no more than 20. Source: src/jsinteractive.c, jsiHandleConsoleChar */
export const consolePasswordRule: TextRule = { misfit: (text) => sized(text, 8, 20), password: true };

export const brokerUserRule: TextRule = { misfit: (text) => sized(text, 1, 64) };

export const brokerPasswordRule: TextRule = { misfit: (text) => sized(text, 1, 64), password: true };

/** RFC 7617: the first colon is what ends the name. */
export const reportUserRule: TextRule = {
  misfit: (text) => (text.includes(':') ? 'a name without a colon' : sized(text, 1, 64)),
};

export const reportPasswordRule: TextRule = { misfit: (text) => sized(text, 1, 64), password: true };

export const hostRule: TextRule = {
  misfit(host) {
    if (/^localhost$|^127\./i.test(host)) {
      return "an address in the classroom's network (localhost is the board itself)";
    }
    if (/\.local\.?$/i.test(host)) {
      return 'an IPv4 address or a name that the router knows (boards do not resolve .local)';
    }
    // The firmware, too, takes what begins with a digit for an address.
    if (/^[\d.]/.test(host)) return isIPv4(host) ? undefined : 'an IPv4 address such as 192.168.0.10';
    if (host.length <= 253 && /^[a-z][\w-]*(\.[\w-]+)*\.?$/i.test(host)) return undefined;
    return 'a host name or an IPv4 address without spaces, scheme or port';
  },
};

/** The name of a line in `.env`. Capitals only, so that a password put here by mistake is refused unseen. */
export const secretNamePattern = /^[A-Z][A-Z0-9_]*$/;

/** Why this is no text for this rule, or undefined when it is one. `source` names the line in `.env`. */
export function textProblem(value: unknown, rule: TextRule, source?: string): string | undefined {
  if (isSecret(value)) {
    return secretNamePattern.test(String(value.secret))
      ? undefined
      : 'secret() expected the name of a line in .env, in capitals such as WIFI_PASSWORD, got another text';
  }
  if (typeof value !== 'string') return `expected text in quotes, got ${kindOf(value)}`;
  const misfit = /\p{Cc}/u.test(value) ? 'text without control characters' : rule.misfit(value);
  if (misfit === undefined) return undefined;
  const bytes = `${Buffer.byteLength(value)} bytes`;
  if (source !== undefined) return `expected ${misfit}, got the ${bytes} of ${source} in .env`;
  return `expected ${misfit}, got ${rule.password ? bytes : `${shown(value)} (${bytes})`}`;
}

/** A value as a message may show it; only for keys that never hold a password. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? value.slice(0, 40) + '…' : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return kindOf(value);
}

/** What sort of value it is, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isSecret(value)) return 'a secret';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** The UTF-8 bytes of a text, one character each: strings on the board are bytes. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function sized(text: string, least: number, most: number): string | undefined {
  const bytes = Buffer.byteLength(text);
  return bytes >= least && bytes <= most ? undefined : `${least} to ${most} bytes`;
}
