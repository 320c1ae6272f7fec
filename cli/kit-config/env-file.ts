import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error';

/**
 * The lines `NAME=value` of a `.env` file. The value is everything after the `=` without blanks and one
 * pair of quotes around it; a `#` inside it is part of it, since passwords may hold one (util.parseEnv
 * would cut the password there and say nothing).
 */
export function parseEnv(text: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match) lines.set(match[1]!, match[2]!.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return lines;
}

/** The lines of the file, or undefined when there is no such file. */
export function readEnvFile(file: string): Map<string, string> | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw new ConfigError([`.env: cannot be read (${code}); expected a text file`]);
  }
  // What PowerShell's > writes: UTF-16 with a byte order mark.
  if (bytes[0] === 0xff || bytes[0] === 0xfe) {
    throw new ConfigError(['.env: is saved as UTF-16; save it as UTF-8']);
  }
  return parseEnv(bytes.toString('utf8'));
}
