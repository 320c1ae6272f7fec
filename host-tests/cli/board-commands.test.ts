import { afterEach, describe, expect, it } from 'vitest';
import { createStorage } from '../../simulator';
import { boardOnPort } from './board-console/board-on-port';
import { commandLine, Run } from './running';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function command(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = new Run(process.execPath, commandLine(args));
  const code = await run.exit;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

describe('the command line', () => {
  it('rescues with an option, asking nothing', async () => {
    const { port, flash } = await boardOnPort(cleanUps);
    createStorage(flash).write('fw0', 'half a firmware');
    expect(await command('rescue', '-p', port, '--erase')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Caught: the firmware is not running.',
        '  fw0  nothing that was verified',
        '  fw1  nothing that was verified',
        'The board is empty of Lamplighter; npm run flash puts it back.',
        '',
      ].join('\n'),
    });
    expect(createStorage(flash).list()).toEqual([]);
  });

  it('takes one remedy at a time, and a port that can be one', async () => {
    expect(await command('rescue', '-p', 'tcp://127.0.0.1:1', '--erase', '--safe-mode')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'lamplighter: --safe-mode and --erase: expected one of them\n',
    });
    expect(await command('console', '-p', 'http://kit')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('lamplighter: "http://kit" is no port of a board'),
    });
  });

  it('ends with the exit code of what went wrong', async () => {
    expect(await command('rescue', '-p', '/dev/ttyUSB99', '--restart')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('lamplighter: there is no port /dev/ttyUSB99'),
    });
    expect(await command('doctor', '--kit', 'two')).toMatchObject({
      code: 1,
      stderr: 'lamplighter: --kit: expected a whole number from 1 to 9999, got "two"\n',
    });
  });

  it('gives the doctor’s findings as JSON', async () => {
    const { port } = await boardOnPort(cleanUps);
    const { code, stdout } = await command('doctor', '-p', port, '--json');
    const { ok, findings } = JSON.parse(stdout);
    expect([code, ok]).toEqual([1, false]);
    expect(findings).toContainEqual({
      subject: 'loader',
      verdict: 'wrong',
      text: 'no boot code: nothing starts by itself',
      advice: 'npm run flash',
    });
  });
});
