import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KitSettings } from '../../shared/settings';
import { ConfigError } from './config-error';
import { kitJson } from './kit-json';
import { resolveKit, type Classroom } from './kit-settings';
import { secretReader } from './secrets';

export interface KitFile {
  /** Path of the file: `<folder>/<kit>.json`. */
  file: string;
  settings: KitSettings;
  bytes: number;
}

/**
 * Writes one kit.json per kit, readable by its owner only, since it holds passwords, and removes those of
 * kits that are listed no more. Throws a ConfigError before anything is touched.
 */
export function writeKits(classroom: Classroom, folder: string): KitFile[] {
  const problems: string[] = [];
  const readText = secretReader(classroom.file);
  const all = classroom.config.kits.map(({ kit }) => resolveKit(classroom, kit, readText, problems));
  if (problems.length > 0) throw new ConfigError(problems);

  mkdirSync(folder, { recursive: true });
  // Removed rather than overwritten: the mode counts only for a file that is made anew.
  for (const name of readdirSync(folder)) {
    if (/^\d+\.json$/.test(name)) rmSync(join(folder, name));
  }
  return all.map((settings) => {
    const file = join(folder, `${settings.kit}.json`);
    const body = kitJson(settings);
    writeFileSync(file, body, { mode: 0o600 });
    return { file, settings, bytes: body.length };
  });
}
