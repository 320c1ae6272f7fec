import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { spawn, type IPty } from '@lydell/node-pty';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../build/root';
import { openConsole } from '../../cli/console';
import { boardOnPort } from './board-console/board-on-port';
import { commandLine } from './running';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A kit.config.ts whose kits have these console passwords. */
function configWith(...passwords: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const kits = passwords.map((console, index) => ({ kit: index + 1, console }));
  const classroom = { networks: [{ ssid: 'home' }], broker: { host: '192.168.0.9' }, kits };
  const file = join(folder, 'kit.config.ts');
  writeFileSync(file, `export default ${JSON.stringify(classroom)};`);
  return file;
}

const noConfig = join(root, 'no-such-kit.config.ts');

describe('the console in a pipe', () => {
  async function piped(port: string, text: string, config = noConfig) {
    const input = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream;
    const output = new PassThrough();
    const told: string[] = [];
    const code = openConsole({ port, config }, input, output as unknown as NodeJS.WriteStream, (line) =>
      told.push(line),
    );
    (input as unknown as PassThrough).end(text);
    return { code: await code, told, said: String(output.read() ?? '') };
  }

  it('takes lines and gives answers', async () => {
    const { port } = await boardOnPort(cleanUps);
    expect(await piped(port, 'process.version\nlet a=6\n\nprint(a*7)\n')).toEqual({
      code: 0,
      told: [],
      said: '="2v29"\n42\n',
    });
  });

  it('takes a function over several lines, with tabs', async () => {
    const { port } = await boardOnPort(cleanUps);
    expect(await piped(port, 'function f(a){\n\tif(a){\n\t\treturn 1}\n\treturn 2}\nf(0)')).toMatchObject({
      code: 0,
      said: '=2\n',
    });
  });

  it('ends with 1 when the board threw', async () => {
    const { port } = await boardOnPort(cleanUps);
    expect(await piped(port, 'missing\n1\n')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^Uncaught ReferenceError: [^]*\n=1\n$/),
    });
  });

  it('drops a last line that is not complete, and says so', async () => {
    const { port } = await boardOnPort(cleanUps);
    expect(await piped(port, 'ran=1;[1,')).toEqual({
      code: 1,
      told: ['the last line is not complete: a bracket is open'],
      said: '',
    });
    expect(await piped(port, 'typeof ran\n')).toMatchObject({ code: 0, said: '="undefined"\n' });
  });

  it('is not disturbed by what the board prints meanwhile', async () => {
    const { port, board, shown } = await boardOnPort(cleanUps);
    const evaluate = board.evaluate.bind(board);
    board.evaluate = (code) => {
      shown.print!('noise');
      const value = evaluate(code);
      shown.print!('more noise');
      return value;
    };
    expect(await piped(port, '1+1\n2+2\n')).toMatchObject({
      code: 0,
      said: expect.stringMatching(
        /^(?:(?:more )?noise\n)*=2\n(?:(?:more )?noise\n)*=4\n(?:(?:more )?noise\n)*$/,
      ),
    });
  });

  it('unlocks with whichever of the configured passwords it is, and locks again', async () => {
    const { port, run, board } = await boardOnPort(cleanUps);
    run('E.setPassword("right-one");E.lockConsole()');
    expect(await piped(port, '1\n', configWith('wrong-one', 'right-one'))).toMatchObject({
      code: 0,
      said: '=1\n',
    });
    expect(board.console.locked).toBe(true);
    await expect(piped(port, '1\n')).rejects.toThrow('wants a password');
  });
});

describe('the console at a terminal', () => {
  function inTerminal(args: string[]): {
    pty: IPty;
    until(text: string): Promise<string>;
    exit: Promise<number>;
    rest(): string;
  } {
    const [program, ...rest] = [process.execPath, ...commandLine(['console', ...args])];
    const pty = spawn(program!, rest, { cwd: root, cols: 100, rows: 30 });
    let shown = '';
    let look = (): void => {};
    pty.onData((data) => {
      shown += data;
      look();
    });
    const until = (text: string): Promise<string> =>
      new Promise((resolve) => {
        look = () => {
          const end = shown.indexOf(text);
          if (end < 0) return;
          resolve(shown.slice(0, end));
          shown = shown.slice(end + text.length);
        };
        look();
      });
    const exit = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
    cleanUps.push(() => pty.kill('SIGKILL'));
    return { pty, until, exit, rest: () => shown };
  }

  it('hands keys over and shows what comes, until Ctrl-]', async () => {
    const { port, board, run, shown } = await boardOnPort(cleanUps);
    run('E.setPassword("right-one");E.lockConsole()');
    const config = configWith('wrong-one', 'right-one', 'other-one');
    const { pty, until, exit, rest } = inTerminal(['-p', port, '--config', config]);
    // No password is ever typed where it could be read.
    expect(await until(`Console of the board at ${port}. Ctrl-] leaves.`)).not.toContain('-one');
    expect(await until('>')).not.toContain('-one');
    pty.write('6*7\r');
    await until('=42');
    shown.print!('from the board');
    await until('from the board');
    // What is half typed is not run.
    pty.write('left=1\x1d');
    expect(await exit).toBe(0);
    expect(rest()).not.toContain('ended');
    expect(board.console.locked).toBe(true);
    expect(board.evaluate('typeof left')).toBe('undefined');
  });

  it('leaves the password to the user when it is not configured, and locks again behind him', async () => {
    const { port, board, run } = await boardOnPort(cleanUps);
    run('E.setPassword("right-one");E.lockConsole()');
    const { pty, until, exit } = inTerminal(['-p', port, '--config', noConfig]);
    await until('password>');
    pty.write('right-one\r');
    await until('Logged in.');
    pty.write('\x1d');
    expect(await exit).toBe(0);
    expect(board.console.locked).toBe(true);
  });

  it('ends when the board does', async () => {
    const { port } = await boardOnPort(cleanUps);
    const { until, exit } = inTerminal(['-p', port]);
    await until('>');
    await cleanUps.shift()!();
    await until(`The connection to ${port} ended.`);
    expect(await exit).toBe(6);
  });
});
