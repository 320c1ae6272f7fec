import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from './checkout';
import { root } from './root';

/** What the bundles are made of: a change here makes them stale. */
const inputs = ['shared', 'device', 'build', 'rollup.config.mjs', 'tsconfig.json', 'tsconfig.device.json'];
export const outputs = ['dist/firmware.js', 'dist/loader.js'].flatMap((file) => [file, `${file}.map`]);

/**
 * Whether dist/ is newer than every source. In a file of its own, since to load the compiler and the bundler
 * takes a second or two, which `npm start` need not wait for when there is nothing to build. A release has nothing
 * to build it from.
 */
export async function firmwareIsFresh(): Promise<boolean> {
  if (!checkout) return true;
  const built = Math.min(...(await Promise.all(outputs.map((file) => modifiedMs(join(root, file))))));
  const changed = Math.max(...(await Promise.all(inputs.map((path) => newestMs(join(root, path))))));
  return built > changed;
}

/** Where the dashboard is built to, and what it is made of. */
export const dashboardOutput = 'dist/dashboard';
const dashboardInputs = [
  'dashboard',
  'shared',
  'flashing',
  'device/font.txt',
  'build/dashboard.ts',
  'build/font.ts',
];

/** Whether dist/dashboard is newer than every source of it; index.html is written last. */
export async function dashboardIsFresh(): Promise<boolean> {
  if (!checkout) return true;
  const built = await modifiedMs(join(root, dashboardOutput, 'index.html'));
  return built > Math.max(...(await Promise.all(dashboardInputs.map((path) => newestMs(join(root, path))))));
}

/** When the file, or in a folder the newest of its files, last changed; a removed file changes its folder. */
async function newestMs(path: string): Promise<number> {
  const own = await stat(path);
  if (!own.isDirectory()) return own.mtimeMs;
  const files = await readdir(path);
  return Math.max(own.mtimeMs, ...(await Promise.all(files.map((file) => newestMs(join(path, file))))));
}

async function modifiedMs(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}
