import { type Logger, pino } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LogOptions {
  level: LogLevel;
  /** `json` is one object a line, for journald and other programs; `text` is for people. */
  format: 'json' | 'text';
  /** Takes whole lines, each with its newline. */
  write(lines: string): void;
}

export type Log = Logger;

/** Keys under which a secret could come along; whatever they hold is not written. */
const secrets = ['password', 'authorization', 'cookie', 'token'];

/** The log of the gateway: fields first, then one sentence: `log.warn({ port: 9999 }, 'the port is busy')`. */
export function createLog({ level, format, write }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: 'hidden' },
    },
    { write: format === 'json' ? write : (line) => write(plainLine(line)) },
  );
}

/** `12:30:01 warn the port is busy (port 9999)`, in local time. */
function plainLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const list = Object.entries(fields).map(([name, value]) => `${name} ${plain(value)}`);
  const rest = list.length > 0 ? ` (${list.join(', ')})` : '';
  const mark = level === 'info' ? '' : `${String(level)} `;
  const stack = err ? `\n${(err as Error).stack ?? plain(err)}`.split('\n').map(harmless).join('\n') : '';
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  return `${clock} ${mark}${harmless(`${String(msg ?? '')}${rest}`)}${stack}\n`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What came from the network may hold what moves a terminal's cursor, or turns the order of the letters round. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_C}\u2028\u2029]/gu, (sign) => {
    const code = sign.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}
