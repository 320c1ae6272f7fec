import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../build/root';

/** Builds when needed, twice and once more after a change, and prints what was done or why it was refused. */
const runner = `
  import { utimesSync } from 'node:fs';
  import { BuildError, ensureFirmware } from './build/firmware';
  const refused = (error) => (error instanceof BuildError ? error.message : Promise.reject(error));
  const ensure = () => ensureFirmware().then((built) => (built ? 'built' : 'fresh'), refused);
  console.log(await ensure());
  if (process.argv[2] === 'again') {
    console.log(await ensure());
    utimesSync('shared/settings.ts', new Date('2100-01-01'), new Date('2100-01-01'));
    console.log(await ensure());
  }
`;

let project: string;

/** A copy of all that the bundles are made of, so that it can be broken. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'lamplighter-'));
  for (const path of [
    'shared',
    'device',
    'build',
    'rollup.config.mjs',
    'tsconfig.json',
    'tsconfig.device.json',
  ]) {
    await cp(join(root, path), join(project, path), { recursive: true });
  }
  await cp(join(root, 'package.json'), join(project, 'package.json'));
  await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
  await writeFile(join(project, 'run.ts'), runner);
});

afterEach(() => rm(project, { recursive: true, force: true }));

test('a build is the same bytes in any folder, and is not repeated until a source changes', async () => {
  expect(await run('again')).toBe('built\nfresh\nbuilt');
  for (const file of ['dist/firmware.js', 'dist/loader.js']) {
    expect(await readFile(join(project, file), 'utf8')).toBe(await readFile(join(root, file), 'utf8'));
  }
});

test('a type error is told with its place, and no bundle stays behind', async () => {
  await mkdir(join(project, 'dist'));
  await writeFile(join(project, 'dist/firmware.js'), 'of an earlier build');
  const line = await appendToMain('const broken: number = "text";');

  expect(await run()).toBe(
    `device/main.ts(${line},7): error TS2322: Type 'string' is not assignable to type 'number'.`,
  );
  expect(await readdir(join(project, 'dist'))).toEqual([]);
});

test('what the gate refuses is told with its source', async () => {
  const line = await appendToMain('setInterval(() => console.log(getTime() ** 2), 1000);');

  const [place, verdict] = (await run()).split('\n');
  expect(place).toMatch(
    /^dist\/firmware\.js:1:\d+: exponent operator \(device\/main\.ts:\d+\); write Math\.pow/,
  );
  expect(place).toContain(`(device/main.ts:${line})`);
  expect(verdict).toBe('gate: refused dist/firmware.js for 1 place');
});

/** The number of the new line. */
async function appendToMain(text: string): Promise<number> {
  const file = join(project, 'device/main.ts');
  await appendFile(file, `${text}\n`);
  return (await readFile(file, 'utf8')).split('\n').length - 1;
}

/** In a process of its own: the build finds its project by the place of its files. */
async function run(...options: string[]): Promise<string> {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, 'run.ts', ...options], {
    cwd: project,
  });
  return stdout.trimEnd();
}
