import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../build/root';

const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Package {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const { scripts, dependencies, devDependencies } = JSON.parse(read('package.json')) as Package;
const packages = Object.entries({ ...dependencies, ...devDependencies });

test('every dependency is pinned to one version', () => {
  expect(packages.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('every dependency has its reason in docs/decisions/0005-dependencies.md, and nothing else has', () => {
  const rows = read('docs/decisions/0005-dependencies.md').matchAll(/^\| ([^|]+) \|/gm);
  const explained = [...rows].flatMap(([, names]) => names!.replace(/ \d+$/, '').split(', ')).slice(1);
  expect(explained.filter((name) => !/^-/.test(name)).sort()).toEqual(packages.map(([name]) => name).sort());
});

test('the lock file installs from any registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
});

test('no script uses what only one shell understands', () => {
  expect(Object.values(scripts).filter((script) => !/^[\w./ -]+( && [\w./ -]+)*$/.test(script))).toEqual([]);
});

test('both READMEs name the same scripts, and all of them exist', () => {
  const named = (file: string) => {
    const commands = read(file).matchAll(/\bnpm (?:(start|test)\b|run ([\w:-]+))/g);
    return [...new Set([...commands].map(([, short, long]) => (short ?? long)!))].sort();
  };
  expect(named('README.md')).toEqual(named('README.ko.md'));
  expect(named('README.md').filter((name) => !scripts[name])).toEqual([]);
  expect(named('README.md')).toContain('start');
});

/** Its parts share variables, and no module can assign those of another. */
const longest: Record<string, number> = { 'device/main.ts': 580 };

test('no source file has more than 500 lines', () => {
  const folders = ['shared', 'device', 'simulator', 'gateway', 'network', 'dashboard', 'cli', 'build'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  );
  const isTooLong = (file: string): boolean =>
    read(file).split('\n').length > (longest[file.replaceAll('\\', '/')] ?? 500);
  expect(files.filter(isTooLong)).toEqual([]);
});
