import { chmod, copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeProblem } from '../file-problem';

export interface Written {
  file: string;
  /** Where what stood there before is kept. */
  backup?: string;
}

/**
 * Writes files that only their owner may read, each whole or not at all, into folders that are there. Throws a sentence when a file
 * is there already and `force` is not given: then none is written. `stamp` goes into the names of backups.
 */
export async function writeSecretFiles(
  files: ReadonlyMap<string, string>,
  { force, stamp }: { force: boolean; stamp: string },
): Promise<Written[]> {
  const present = await Promise.all([...files.keys()].map(exists));
  const first = [...files.keys()].find((_, index) => present[index]);
  if (first !== undefined && !force)
    throw new Error(`${first} exists already: --force replaces it and keeps a backup`);
  const written: Written[] = [];
  for (const [file, text] of files) {
    const part = join(dirname(file), `.${stamp}.part`);
    const backup = `${file}.${stamp}.bak`;
    const replaces = await exists(file);
    try {
      if (replaces) {
        await copyFile(file, backup);
        await chmod(backup, 0o600);
      }
      await writeSecret(part, text);
      await rename(part, file);
    } catch (error) {
      // What was there still is: half a backup of it is worse than none.
      for (const rest of replaces ? [part, backup] : [part])
        await rm(rest, { force: true }).catch(() => undefined);
      throw writeProblem(file, error);
    }
    written.push({ file, ...(replaces && { backup }) });
  }
  return written;
}

/** Never readable by others, not for a moment. */
async function writeSecret(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
