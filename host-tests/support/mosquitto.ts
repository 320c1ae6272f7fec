import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificate, testKey } from './certificate';

/** Debian's mosquitto with a file of passwords, on loopback, for as long as a test wants it. */
export class Mosquitto {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    readonly tlsPort: number,
  ) {}

  /** Knows these users, by their passwords. */
  static async create(users: Record<string, string>): Promise<Mosquitto> {
    const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'));
    const [port, tlsPort] = [await freePort(), await freePort()];
    const path = (name: string) => join(folder, name);
    await writeFile(path('passwords'), '', { mode: 0o600 });
    for (const [name, password] of Object.entries(users))
      execFileSync('mosquitto_passwd', ['-b', path('passwords'), name, password], { stdio: 'ignore' });
    await writeFile(path('cert.pem'), testCertificate.trimStart());
    await writeFile(path('key.pem'), testKey.trimStart());
    const configuration = [
      `listener ${port} 127.0.0.1`,
      `listener ${tlsPort} 127.0.0.1`,
      `certfile ${path('cert.pem')}`,
      `keyfile ${path('key.pem')}`,
      `password_file ${path('passwords')}`,
      'allow_anonymous false',
      // As root it would become a user who may not read a temporary folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    await writeFile(path('mosquitto.conf'), `${configuration.join('\n')}\n`);
    return new Mosquitto(folder, port, tlsPort);
  }

  async start(): Promise<void> {
    const child = spawn('mosquitto', ['-c', join(this.folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` },
    });
    this.#process = child;
    let said = '';
    for await (const text of child.stderr!) {
      said += text;
      if (said.includes(' running')) break;
    }
    if (!said.includes(' running')) throw new Error(`mosquitto does not run: ${said}`);
    child.stderr!.resume();
  }

  /** Ends it, as `stop` of a service does; `start` begins anew on the same ports. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
