import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn as spawnInTerminal, type IPty } from '@lydell/node-pty';
import { afterAll } from 'vitest';
import { root } from '../../build/root';
import { Terminal } from './terminal';

/** What a run has in common with and without a terminal: output that one can wait for, and an end. */
abstract class Output {
  private readonly waiting = new Set<() => void>();
  protected ended: string | undefined;

  abstract text(): string;

  /** Resolves as soon as the text matches; throws when the program ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return this.untilTrue(() => pattern.exec(this.text()) ?? undefined, String(pattern));
  }

  /** Resolves with what `found` gives as soon as it is not undefined. */
  untilTrue<T>(found: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why} before ${what}:\n${this.text()}`));
      // Only so that a failure shows the output; nothing here is meant to take that long.
      const deadline = setTimeout(() => fail('30 seconds passed'), 30_000);
      const look = () => {
        const result = found();
        if (result === undefined && this.ended === undefined) return;
        if (result === undefined) fail(this.ended!);
        else resolve(result);
        clearTimeout(deadline);
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** To be called whenever something may have come true. */
  look(): void {
    for (const look of this.waiting) look();
  }
}

/** A command as a child process without a terminal. */
export class Run extends Output {
  stdout = '';
  stderr = '';
  private readonly child;
  readonly exit: Promise<number | null>;

  constructor(command: string, args: string[], env: NodeJS.ProcessEnv = {}, cwd: string = root) {
    super();
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    this.child.stdout.on('data', (data) => {
      this.stdout += data;
      this.look();
    });
    this.child.stderr.on('data', (data) => {
      this.stderr += data;
      this.look();
    });
    // 'close' comes when the last process that holds the output has ended, the command's own children included.
    this.exit = once(this.child, 'close').then(([code]) => {
      this.ended = `the program ended with ${code}`;
      this.look();
      return code as number | null;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  text(): string {
    return this.stdout + this.stderr;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Something on its standard input, with more to come. */
  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** All that the command is told on its standard input. */
  input(text: string): void {
    this.child.stdin.end(text);
  }
}

/** The command in a pseudo-terminal, as a person sees it. */
export class TerminalRun extends Output {
  readonly terminal = new Terminal();
  private readonly pty: IPty;
  readonly exit: Promise<number>;

  constructor(command: string, args: string[], columns = 80, rows = 24, env: NodeJS.ProcessEnv = {}) {
    super();
    // The view is for people: not in a CI job, as which this very test may run.
    const { CI: _, ...inherited } = process.env;
    this.pty = spawnInTerminal(command, args, {
      cwd: root,
      cols: columns,
      rows,
      env: { ...inherited, TERM: 'xterm-256color', ...env } as Record<string, string>,
    });
    this.pty.onData((data) => {
      this.terminal.feed(data);
      this.look();
    });
    this.exit = new Promise((resolve) =>
      this.pty.onExit(({ exitCode }) => {
        this.ended = `the program ended with ${exitCode}`;
        this.look();
        resolve(exitCode);
      }),
    );
  }

  text(): string {
    return this.terminal.screen();
  }

  press(keys: string): void {
    this.pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.pty.resize(columns, rows);
  }

  signal(signal: NodeJS.Signals): void {
    this.pty.kill(signal);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let histories = 0;

/** Arguments of `start` that keep off the usual ports, on which another one may run, and off its history. */
export function startLine(...args: string[]): string[] {
  const history = join(folder, `history-${++histories}.db`);
  return [
    'start',
    ...['web', 'tcp', 'udp'].flatMap((name) => [`--${name}-port`, '0']),
    '--data',
    history,
    ...args,
  ];
}

export function commandLine(args: string[]): string[] {
  return ['--import', 'tsx', 'cli/lamplighter.ts', ...args];
}

/** Whether a program listens on the port. */
export async function listening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
