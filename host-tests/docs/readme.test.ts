import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../build/root';
import { boardsMax } from '../../cli/start-options';
import { keyTable } from '../../cli/view/keys';
import { version } from '../../shared/version';
import { codeOf, readPage, tableOf } from './markdown';

const page = readPage('README.md');
const { scripts, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

test('README.md lists every option of npm start, and no other', () => {
  const help = execFileSync(process.execPath, ['--import', 'tsx', 'cli/lamplighter.ts', 'start', '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  const options = [...help.matchAll(/^ {2}(--\S+ <\w+>)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(0);
  expect(tableOf(page, 'option').map(([cell]) => codeOf(cell))).toEqual(options);
});

test('README.md lists every key of the live view, and no other', () => {
  expect(tableOf(page, 'key').map(([cell]) => codeOf(cell))).toEqual(keyTable.map(({ shown }) => shown));
});

test('README.md lists every npm script, and no other', () => {
  const named = tableOf(page, 'script').map(([cell]) => codeOf(cell).replace(/^npm (run )?/, ''));
  // Those that npm runs by itself are nobody's to type.
  const typed = Object.keys(scripts).filter((script) => !/^(pre|post)/.test(script));
  expect(named.sort()).toEqual(typed.sort());
});

test('README.md begins with the two commands that do all the set-up', () => {
  const commands = page.blocks.filter(({ language }) => language === 'console').map(({ lines }) => lines[0]);
  expect(commands.slice(0, 3)).toEqual([
    '$ npm ci && npm start',
    '$ mosquitto_pub -h 127.0.0.1 -t iot/2 -m USBLED/ON',
    '$ npm ci && npm test',
  ]);
});

test('the numbers that README.md tells are right', () => {
  expect(page.text).toContain(`at most ${boardsMax}`);
  expect(page.text).toContain(`${engines.node.replace('>=', '')} or newer`);
});

test.each([
  ['README.md', /(\d+)\s+kB of text/, /larger than we want it to be\*\*: (\d+) kB/],
  ['README.ko.md', /(\d+)\s+kB짜리 텍스트/, /번들이 (\d+) kB/],
])('%s tells the size of the bundle', (file, ...sentences) => {
  const { text } = readPage(file);
  const kilobytes = Math.round(statSync(join(root, 'dist', 'firmware.js')).size / 1000);
  for (const sentence of sentences) expect(sentence.exec(text)?.[1]).toBe(String(kilobytes));
});

test('CHANGELOG.md tells of this version', () => {
  expect(readPage('CHANGELOG.md').text).toContain(`\n## ${version}\n`);
});
