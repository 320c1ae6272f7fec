import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licences of the packages that modules of a bundle come from: to hand them on is what all of them ask. */
export async function licencesOf(moduleIds: readonly string[]): Promise<string> {
  const folders = new Set(moduleIds.map(packageFolder).filter((folder) => folder !== undefined));
  const texts = await Promise.all([...folders].map(licenceOf));
  return texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** `/…/node_modules/@serialport/stream` of a module in it; undefined for a module of our own. */
export function packageFolder(moduleId: string): string | undefined {
  return /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(moduleId)?.[1];
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? (await readFile(join(folder, file), 'utf8')).trim() : 'No text comes with the package.';
  return `${name} ${version}, ${license ?? 'see below'}\n\n${text}\n`;
}
