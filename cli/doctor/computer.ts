import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { boardOf } from '../../shared/boards';
import type { KitSettings } from '../../shared/settings';
import { type Classroom, ConfigError, kitSettings, loadClassroom } from '../kit-config';
import { type Finding, ok, wrong } from './finding';

/** What the configuration came to. */
export interface Configuration {
  findings: Finding[];
  /** None when kit.config.ts is not good. */
  kits: KitSettings[];
  /** False: a placeholder stands where each password should. */
  complete: boolean;
}

/** `running` and `least` as 20.19.0. */
export function nodeFinding(running: string, least: string): Finding {
  const numbers = (version: string): number[] =>
    version
      .replace(/^[v>=\s]+/, '')
      .split('.')
      .map(Number);
  const [major = 0, minor = 0] = numbers(running);
  const [leastMajor = 0, leastMinor = 0] = numbers(least);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
    ? ok('node', `Node.js ${running.replace(/^v/, '')}`)
    : wrong(
        'node',
        `Node.js ${running.replace(/^v/, '')}`,
        `install Node.js ${numbers(least).join('.')} or newer from nodejs.org`,
      );
}

/** Reads kit.config.ts, then the secrets of every kit, and says what is wrong with either. */
export async function readConfiguration(config: string): Promise<Configuration> {
  const name = basename(config);
  let classroom: Classroom;
  try {
    classroom = await loadClassroom(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: [wrong('config', sentences(error))], kits: [], complete: false };
  }
  const settings = (secrets: 'required' | 'placeholder'): KitSettings[] =>
    classroom.config.kits.map(({ kit }) => kitSettings(classroom, kit, { secrets }));
  const planned = settings('placeholder');
  const named = planned.map(({ kit, board }) => `${kit} (${boardOf(board).title})`).join(', ');
  const good = ok('config', `${name}: kits ${named}`);
  try {
    return { findings: [good], kits: settings('required'), complete: true };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const secrets = existsSync(join(dirname(config), '.env'))
      ? wrong('secrets', sentences(error))
      : wrong(
          'secrets',
          `no .env beside ${name}: the passwords for a board are not there`,
          'copy .env.example to .env and write them into it',
        );
    return { findings: [good, secrets], kits: planned, complete: false };
  }
}

/** Kits that share what is wrong say it once. */
function sentences(error: ConfigError): string {
  return [...new Set(error.message.split('\n'))].join('; ');
}
