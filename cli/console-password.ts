import type { KitSettings } from '../shared/settings';
import { type BoardConsole, BoardError, openBoard } from './board-console';

/** The passwords that a board's console may have, as bytes: that of one kit, or of all when it is not known which it is. */
export function consolePasswords(kits: KitSettings[], kit: number | undefined): string[] {
  const asked = kits.filter((one) => kit === undefined || one.kit === kit);
  return [...new Set(asked.flatMap(({ console }) => (console === undefined ? [] : [console])))];
}

/** Opens a board's console with whichever of the passwords it takes. Throws a BoardError. */
export async function openWithPasswords(port: string, passwords: string[]): Promise<BoardConsole> {
  const [first, ...rest] = passwords;
  try {
    return await openBoard(port, { password: first });
  } catch (error) {
    if (!(error instanceof BoardError) || error.kind !== 'locked' || rest.length === 0) throw error;
    return openWithPasswords(port, rest);
  }
}
