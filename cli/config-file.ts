import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkout } from '../build/checkout';
import { root } from '../build/root';

/** The kit.config.ts to read: the one asked for, the project's own, or with a release the one in this folder. */
export function configFile(asked: string | undefined): string {
  if (asked !== undefined) return asked;
  const here = resolve('kit.config.ts');
  return !checkout && existsSync(here) ? here : join(root, 'kit.config.ts');
}

/** Where the kit.json of each kit is written. */
export function kitFilesFolder(): string {
  return checkout ? join(root, 'dist', 'kits') : resolve('dist', 'kits');
}
