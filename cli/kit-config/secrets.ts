import { basename, dirname, join } from 'node:path';
import type { ClassroomConfig, Text } from './classroom';
import { isSecret } from './classroom';
import { readEnvFile } from './env-file';
import { bytesOf, textProblem, type TextRule } from './texts';

/** Stands where a secret would: long enough for WPA, and plainly not one. */
export const placeholder = 'not-a-real-secret';

/** Turns texts of kit.config.ts into the bytes that the board reads; what is wrong goes to `problems`. */
export type TextReader = (text: Text, path: string, rule: TextRule, problems: string[]) => string;

/** For virtual boards: `.env` is not even opened. */
export const placeholderReader: TextReader = (text) => bytesOf(isSecret(text) ? placeholder : text);

/** For real boards: secrets come from the `.env` beside the file, which is read when the first is met. */
export function secretReader(file: string): TextReader {
  const name = basename(file);
  let lines: Map<string, string> | undefined;
  return (text, path, rule, problems) => {
    if (!isSecret(text)) return bytesOf(text);
    lines ??= readEnvFile(envFileOf(file));
    const value = lines?.get(text.secret);
    const problem = value ? textProblem(value, rule, text.secret) : missing(text.secret, value, lines);
    if (problem !== undefined) problems.push(`${name}: ${path}: ${problem}`);
    return bytesOf(value ?? '');
  };
}

function missing(key: string, value: string | undefined, lines: Map<string, string> | undefined): string {
  if (lines === undefined)
    return `takes ${key} from .env, which is not there; copy .env.example to .env and fill it in`;
  if (value === undefined)
    return `takes ${key} from .env, which has no such line; add ${key}=… as in .env.example`;
  return `takes ${key} from .env, where it is empty; write the value after ${key}=`;
}

export function envFileOf(file: string): string {
  return join(dirname(file), '.env');
}

/** Whether anything in the file is a secret, so that real boards need a `.env`. */
export function usesSecrets(config: ClassroomConfig): boolean {
  return JSON.stringify(config, (_, value: unknown) => (isSecret(value) ? '\0' : value)).includes('\\u0000');
}
