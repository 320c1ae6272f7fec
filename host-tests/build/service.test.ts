import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../build/root';
import { readPage } from '../docs/markdown';

const unit = readFileSync(join(root, 'contrib/lamplighter.service'), 'utf8');

function haveSystemd(): boolean {
  if (spawnSync('systemd-analyze', ['--version']).status === 0) return true;
  console.warn('systemd-analyze not installed: the unit of the gateway is not verified');
  return false;
}

test.runIf(haveSystemd())('the unit is one that systemd understands, and tightly closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-unit-'));
  const file = join(folder, 'lamplighter.service');
  // The command is not installed where the tests run.
  writeFileSync(file, unit.replace('ExecStart=lamplighter ', `ExecStart=${process.execPath} `));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const rating = execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], {
    encoding: 'utf8',
  });
  expect(rating).toContain('Overall exposure level');
  rmSync(folder, { recursive: true });
});

test('the commands that install the unit are those of docs/gateway.md', () => {
  const commands = [...unit.matchAll(/^# {3}(.*)$/gm)].map(([, command]) => `$ ${command}`);
  expect(commands.length).toBeGreaterThan(2);
  const lines = readPage('docs/gateway.md').blocks.flatMap((block) => block.lines);
  expect(commands.filter((command) => !lines.includes(command))).toEqual([]);
});
