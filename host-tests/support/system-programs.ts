import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Whether these programs are on this computer. One that is not is said, and a test that wants it is skipped; under CI=true, where
 * `.ci/run` installs them, it is an error instead.
 */
export function installed(...programs: string[]): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const missing = programs.filter(
    (program) => !folders.some((folder) => isExecutable(join(folder, program))),
  );
  if (missing.length === 0) return true;
  return absent(`${missing.join(', ')} not installed: the tests that need it are skipped`);
}

/** What is not here is said, and an error on a machine that is there to test. */
export function absent(sentence: string): false {
  if (process.env['CI'] && process.platform === 'linux') throw new Error(sentence);
  console.warn(sentence);
  return false;
}

/** The same for tests that make a network of their own, which only root may everywhere: for others that is said, also under CI. */
export function inNamespaces(...programs: string[]): boolean {
  if (!installed('unshare', ...programs)) return false;
  if (userInfo().uid === 0) return true;
  console.warn('only root makes network namespaces: the tests that need one are skipped');
  return false;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
