import { chmod, copyFile, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Written {
  file: string;
  /** Where what stood there before is kept. */
  backup?: string;
}

/**
 * Writes files that only their owner may read, each whole or not at all. Throws a sentence when one is there and `force` is not
 * given: then none is written. `stamp` goes into the names of backups.
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
    await mkdir(dirname(file), { recursive: true });
    const backup = (await exists(file)) ? await backUp(file, stamp) : undefined;
    const part = join(dirname(file), `.${stamp}.part`);
    // Never readable by others, not for a moment.
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    written.push({ file, ...(backup !== undefined && { backup }) });
  }
  return written;
}

async function backUp(file: string, stamp: string): Promise<string> {
  const backup = `${file}.${stamp}.bak`;
  await copyFile(file, backup);
  await chmod(backup, 0o600);
  return backup;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
