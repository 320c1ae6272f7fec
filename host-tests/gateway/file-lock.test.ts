import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../build/root';
import { Locked, lockFile } from '../../gateway/file-lock';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-lock-'));
  file = join(folder, 'data', 'history.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Holds the lock until it is killed. */
async function holder() {
  const script = join(root, 'host-tests', 'gateway', 'file-lock-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, file], { cwd: root });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { pid: child.pid!, kill: () => child.kill('SIGKILL') && ended };
}

function refusal(): Error {
  try {
    lockFile(file)();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
}

test('a second one is told who has it, and gets it as soon as the first has let go', () => {
  const unlock = lockFile(file);
  expect(refusal()).toEqual(new Locked(`process ${process.pid}`));
  expect(refusal().message).toBe(`process ${process.pid} is using it`);
  unlock();
  lockFile(file)();
});

test('another process is told as well; one that was killed with it is in nobody’s way', async () => {
  const other = await holder();
  expect(refusal()).toMatchObject({ holder: `process ${other.pid}` });
  // Refusing has taken nothing away from it.
  expect(refusal()).toBeInstanceOf(Locked);
  await other.kill();
  const unlock = lockFile(file);
  expect(refusal()).toMatchObject({ holder: `process ${process.pid}` });
  unlock();
});

test('a process that has by chance the id of the one before it is not taken for that one', () => {
  lockFile(file)();
  // The id stays in the file, as after a power cut.
  expect(statSync(`${file}-lock`).size).toBeGreaterThan(0);
  lockFile(file)();
});

test('a damaged lock is made anew', () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(`${file}-lock`, 'no database'.repeat(500));
  const unlock = lockFile(file);
  expect(refusal()).toMatchObject({ holder: `process ${process.pid}` });
  unlock();
});

test('a file is the same under another name', () => {
  const unlock = lockFile(file);
  writeFileSync(file, '');
  const alias = join(folder, 'alias.db');
  symlinkSync(file, alias);
  expect(() => lockFile(alias)).toThrow(Locked);
  unlock();
  expect(existsSync(`${alias}-lock`)).toBe(false);
});
