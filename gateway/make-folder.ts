import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * As `mkdir -p`, and on the disk. Node's own never ends where the system says that there is no such folder instead of refusing to
 * make one, as below /proc: it makes the parent again and again. Throws what the system says.
 */
export function makeFolder(folder: string, mode?: number): void {
  const parent = dirname(folder);
  if (existsSync(folder) || parent === folder) return;
  makeFolder(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  syncFolder(parent);
}

/** What was made or renamed in a folder is there after a power cut only when the folder itself is on the disk. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows knows no such thing, nor does a folder that this user may not read.
  }
}
