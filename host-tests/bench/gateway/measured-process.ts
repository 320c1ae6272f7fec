/** A process to be measured, seen from outside: its CPU time and memory as Linux counts them. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root } from '../../../build/root';

export class MeasuredProcess {
  private constructor(
    readonly child: ChildProcess,
    /** What it has said first. */
    readonly ports: Readonly<Record<string, number>>,
  ) {}

  /** A program of this folder that tells its ports by a message. */
  static async fork(file: string, ...values: string[]): Promise<MeasuredProcess> {
    const script = fileURLToPath(new URL(file, import.meta.url));
    const child = fork(script, values, { execArgv: ['--import', 'tsx'] });
    return new MeasuredProcess(child, await said<Record<string, number>>(child, file));
  }

  /** Any program; `ready` makes its ports of a line that it prints, or undefined. */
  static async spawn(
    command: string[],
    ready: (line: string) => Record<string, number> | undefined,
  ): Promise<MeasuredProcess> {
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const said = new Promise<Record<string, number>>((resolve) => {
      let ports: Record<string, number> = {};
      lines.on('line', (line) => {
        ports = { ...ports, ...ready(line) };
        if ('last' in ports) resolve(ports);
      });
    });
    return new MeasuredProcess(child, await Promise.race([said, endOf(child, command.join(' '))]));
  }

  /** Any program that will listen on this port of MQTT. */
  static async listening(command: string[], mqtt: number): Promise<MeasuredProcess> {
    const child = spawn(command[0]!, command.slice(1), { stdio: 'ignore' });
    for (let attempt = 0; attempt < 250; attempt++) {
      await rest(20);
      const socket = connect(mqtt, '127.0.0.1');
      const isOpen = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (isOpen) return new MeasuredProcess(child, { mqtt });
    }
    child.kill();
    throw new Error(`${command.join(' ')} does not listen on ${mqtt}`);
  }

  /** CPU time of all its threads, in microseconds. */
  get cpuUs(): number {
    const tasks = readdirSync(`/proc/${this.child.pid}/task`);
    const nanoseconds = tasks.map((task) => {
      return Number(readFileSync(`/proc/${this.child.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    });
    return nanoseconds.reduce((sum, one) => sum + one, 0) / 1000;
  }

  /** Resident memory in MB of 10^6 bytes. */
  get rssMb(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))!;
    return (Number(kilobytes) * 1024) / 1e6;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }
}

/** What a child says next; rejects when it ends instead, or says nothing for two minutes. */
export async function said<Message>(child: ChildProcess, what: string): Promise<Message> {
  const late = new AbortController();
  try {
    const silence = rest(120_000, undefined, { signal: late.signal }).then(() => {
      throw new Error(`${what} has said nothing for two minutes`);
    });
    const message = once(child, 'message', { signal: late.signal });
    const [first] = (await Promise.race([message, silence, endOf(child, what, late.signal)])) as [Message];
    return first;
  } finally {
    late.abort();
  }
}

async function endOf(child: ChildProcess, what: string, signal?: AbortSignal): Promise<never> {
  const [code, by] = (await once(child, 'exit', { signal })) as [number | null, string | null];
  throw new Error(`${what} has ended (${code ?? by}); see above`);
}

const bundle = join(root, 'dist', 'lamplighter.mjs');

/** What is measured: the release in dist/ if there is one. */
export const release = existsSync(bundle);

/** The whole gateway, as a user starts it, on free ports; its files lie in `folder`. */
export function startGateway(folder: string): Promise<MeasuredProcess> {
  const program = release ? [bundle] : ['--import', 'tsx', join(root, 'cli', 'lamplighter.ts')];
  const ports = ['web', 'mqtt', 'tcp', 'udp'].flatMap((name) => [`--${name}-port`, '0']);
  const files = ['--data', join(folder, 'history.db'), '--credentials', join(folder, 'credentials.json')];
  const options = ['--kits', join(folder, 'none.ts'), '--log-format', 'json', '--log-level', 'info'];
  const command = [process.execPath, ...program, 'gateway', ...ports, ...files, ...options];
  return MeasuredProcess.spawn(command, (line) => {
    const { msg } = JSON.parse(line) as { msg: string };
    const [, what, port] = /^(dashboard and HTTP API|MQTT|readings over UDP): .*:(\d+)$/.exec(msg) ?? [];
    if (what === undefined) return undefined;
    const names: Record<string, string> = { MQTT: 'mqtt', 'readings over UDP': 'last' };
    return { [names[what] ?? 'web']: Number(port) };
  });
}
