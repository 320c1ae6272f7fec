import type { KitSettings } from '../shared/settings';
import { type BoardConsole, BoardError, openBoard } from './board-console';
import { ConfigError, kitSettings, loadClassroom } from './kit-config';

/** The passwords that a board's console may have, as bytes: that of one kit, or of all when it is not known which it is. */
export function consolePasswords(kits: KitSettings[], kit: number | undefined): string[] {
  const asked = kits.filter((one) => kit === undefined || one.kit === kit);
  return [...new Set(asked.flatMap(({ console }) => (console === undefined ? [] : [console])))];
}

/** The same from kit.config.ts and .env. A console without a password needs neither, so a file that is not good is no failure. */
export async function configuredPasswords(config: string, kit: number | undefined): Promise<string[]> {
  try {
    const classroom = await loadClassroom(config);
    return consolePasswords(
      classroom.config.kits.map((entry) => kitSettings(classroom, entry.kit, { secrets: 'required' })),
      kit,
    );
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

/** Opens a board's console with whichever of the passwords it takes. Throws a BoardError. */
export async function openWithPasswords(
  port: string,
  passwords: string[],
  baudRate?: number,
): Promise<BoardConsole> {
  const [first, ...rest] = passwords;
  try {
    return await openBoard(port, { password: first, baudRate });
  } catch (error) {
    if (!(error instanceof BoardError) || error.kind !== 'locked' || rest.length === 0) throw error;
    return openWithPasswords(port, rest, baudRate);
  }
}
