import { existsSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { boardOf } from '../../shared/boards';
import { loadClassroom } from './load';
import { envFileOf, usesSecrets } from './secrets';
import { writeKits } from './write-kits';

export interface KitsOptions {
  /** The kit.config.ts to read. */
  config: string;
  /** The folder for `<kit>.json`. */
  folder: string;
  print: (line: string) => void;
}

/** `lamplighter kits`: checks kit.config.ts and writes one kit.json per kit. Throws a ConfigError. */
export async function writeKitFiles({ config, folder, print }: KitsOptions): Promise<void> {
  const classroom = await loadClassroom(config);
  for (const { file, settings, bytes } of writeKits(classroom, folder)) {
    const board = `${boardOf(settings.board).title} ${settings.mac ?? '(any board)'}`;
    print(`${relative('.', file)}: kit ${settings.kit}, ${board}, ${bytes} bytes`);
  }
}

/**
 * For `npm run build`: checks kit.config.ts always, and writes the files unless they need a `.env` that is
 * not there, as on a fresh clone: only flashing needs them. Throws a ConfigError.
 */
export async function writeKitFilesIfReady({ config, folder, print }: KitsOptions): Promise<void> {
  const classroom = await loadClassroom(config);
  if (usesSecrets(classroom.config) && !existsSync(envFileOf(classroom.file))) {
    const count = classroom.config.kits.length;
    print(
      `${basename(config)}: ${count} ${count === 1 ? 'kit' : 'kits'}, checked; ${relative('.', folder)} not written, ` +
        'since its secrets come from .env, which flashing needs and building does not (.env.example shows it)',
    );
    return;
  }
  await writeKitFiles({ config, folder, print });
}
