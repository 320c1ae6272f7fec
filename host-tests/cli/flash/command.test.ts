import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPage, tableOf } from '../../docs/markdown';
import { commandLine, Run } from '../running';
import { ConsoleBoard } from './console-board';

let folder: string;
let config: string;
let board: ConsoleBoard;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-flash-'));
  config = configFile('kit.config.ts', "kits: [{ kit: 2 }, { kit: 4, board: 'esp32' }]");
  board = await ConsoleBoard.start(join(folder, 'flash.bin'));
});

afterAll(async () => {
  await board.cutPower();
  rmSync(folder, { recursive: true });
});

function configFile(name: string, kits: string): string {
  const file = join(folder, name);
  const network = "{ ssid: 'home', password: 'correct horse' }";
  writeFileSync(file, `export default { networks: [${network}], broker: { host: '192.0.2.1' }, ${kits} };\n`);
  return file;
}

async function flash(...args: string[]): Promise<Run> {
  const run = new Run(process.execPath, commandLine(['flash', ...args]));
  await run.exit;
  return run;
}

test('a dry run says what would be written, and writes nothing; a board that fails stops no other', async () => {
  const run = await flash(
    '--config',
    config,
    '-p',
    '/dev/none',
    '-p',
    board.port,
    '--kit',
    '4,2',
    '--dry-run',
  );
  expect(run.stderr).toMatch(/^lamplighter: there is no port \/dev\/none/);
  expect(run.stdout).toMatch(
    /\n {2}firmware: [\d,]+ bytes, into fw0\n[\s\S]*nothing was written \(--dry-run\)\n$/,
  );
  expect(await run.exit).toBe(3);
  const again = await flash('--config', config, '-p', board.port, '--kit', '2', '--dry-run');
  expect(again.stdout).toContain('196,608 bytes of flash free, no firmware yet');
  expect(await again.exit).toBe(0);
  // The passwords are for their owner.
  expect(readdirSync(join(folder, 'dist', 'kits'))).toEqual(['2.json', '4.json']);
  if (process.platform !== 'win32')
    expect(statSync(join(folder, 'dist', 'kits', '2.json')).mode & 0o777).toBe(0o600);
});

test.each([
  [
    'no kit named',
    [],
    2,
    /^lamplighter: which kit is the board at tcp:\S+ to be\? kit\.config\.ts lists 2, 4: say --kit 2\n$/,
  ],
  [
    'a kit that is not listed',
    ['--kit', '3'],
    2,
    /^lamplighter: --kit: expected one of the kits of kit\.config\.ts, 2, 4, got 3\n$/,
  ],
  [
    'another board',
    ['--kit', '4'],
    14,
    /is one for board: 'nodemcu', and kit\.config\.ts says 'esp32' for kit 4\n$/,
  ],
  ['a time that is none', ['--timeout', 'long'], 2, /^lamplighter: --timeout: expected a whole number/],
])('%s has its sentence and its exit code', async (_what, args, code, sentence) => {
  const run = await flash('--config', config, '-p', board.port, ...args);
  expect(run.stderr).toMatch(sentence);
  expect(await run.exit).toBe(code);
});

test('a kit.config.ts that is wrong is told before any port is looked at', async () => {
  const wrong = configFile('wrong.config.ts', 'kits: []');
  const run = await flash('--config', wrong, '-p', '/dev/none');
  expect(run.stderr).toMatch(/^lamplighter: wrong\.config\.ts: kits: expected /);
  expect(await run.exit).toBe(9);
});

test('--help lists the options of docs/flashing.md and its exit codes', async () => {
  const { stdout, exit } = await flash('--help');
  expect(await exit).toBe(0);
  const page = readPage('docs/flashing.md');
  const listed = [...stdout.matchAll(/^ {2}(-\S.*?) {2,}\S/gm)].map(([, option]) => option!);
  const named = tableOf(page, 'option').map(([cell]) => /`([^`]+)`/.exec(cell!)![1]!);
  expect(listed.filter((option) => !option.includes('--help')).sort()).toEqual(named.sort());
  const codes = [...stdout.split('Exit codes:')[1]!.matchAll(/(?:^| {2})(\d+) {2}/gm)].map(([, code]) =>
    Number(code),
  );
  const rows = tableOf(page, 'code').map(([code]) => Number(code));
  expect(codes.sort((one, other) => one - other)).toEqual(rows.filter((code) => code !== 130));
});
