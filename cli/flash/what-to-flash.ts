import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firmwareIsFresh } from '../../build/freshness';
import { root } from '../../build/root';
import type { KitSettings } from '../../shared/settings';
import { type Classroom, kitSettings } from '../kit-config';

/** Every kit that the file lists, with its passwords. Throws a ConfigError. */
export function configuredKits(classroom: Classroom): KitSettings[] {
  return classroom.config.kits.map(({ kit }) => kitSettings(classroom, kit, { secrets: 'required' }));
}

/** Firmware and loader as they are to lie on a board, built anew when a source has changed. */
export async function builtTexts(
  print: (line: string) => void,
): Promise<{ firmware: string; loader: string }> {
  // Loaded when needed: compiler and bundler take a second or two.
  const { build } = await import('../build');
  // What each module weighs is for who builds.
  if (!(await firmwareIsFresh())) await build((line) => line.startsWith(' ') || print(line));
  const read = (name: string): string => readFileSync(join(root, 'dist', `${name}.js`), 'latin1');
  // Its last byte makes the loader whole: half of it is a syntax error, and runs nothing.
  return { firmware: read('firmware'), loader: read('loader').replace(/;?\s*$/, '') };
}
