/**
 * Readings over HTTP: CPU time of the server for each request, all its threads included; the gateway beside bare
 * node:http in the same run. The servers are processes of their own; this one holds the connections.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** `bare` is node:http alone, `unstored` the gateway with a store that forgets, `gateway` the whole. */
export type HttpServerKind = 'bare' | 'unstored' | 'gateway';
const kinds: readonly HttpServerKind[] = ['bare', 'unstored', 'gateway'];

export interface HttpFigures {
  server: HttpServerKind;
  requestsPerS: number;
  /** CPU time of the server for each request, in microseconds: the least of the rounds, the one disturbed least. */
  cpuUs: number;
}

export interface HttpLoad {
  /** In each round. */
  requests: number;
  rounds: number;
  /** As fast as it goes when absent. */
  perS?: number;
}

const connections = 100;
const warmUp = 10_000;

/** The servers in turn, `rounds` times: a machine's mood changes within a minute. */
export async function measureHttp({ requests, rounds, perS = Infinity }: HttpLoad): Promise<HttpFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  const servers: Started[] = [];
  try {
    for (const kind of kinds) servers.push(await started(kind, folder));
    for (const { port } of servers) await post(port, warmUp, Infinity);
    for (let round = 0; round < rounds; round++)
      for (const { child, port, figures } of servers) {
        const cpuUs = await cpuOf(child);
        const beganMs = performance.now();
        await post(port, requests, perS);
        figures.requestsPerS = Math.max(
          figures.requestsPerS,
          (requests * 1000) / (performance.now() - beganMs),
        );
        figures.cpuUs = Math.min(figures.cpuUs, ((await cpuOf(child)) - cpuUs) / requests);
      }
    return servers.map(({ figures }) => figures);
  } finally {
    for (const { child } of servers) {
      child.disconnect();
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true });
  }
}

interface Started {
  child: ChildProcess;
  port: number;
  figures: HttpFigures;
}

async function started(server: HttpServerKind, folder: string): Promise<Started> {
  const file = new URL('http-server.ts', import.meta.url);
  const child = fork(file, [server, folder], { execArgv: ['--import', 'tsx'] });
  const [{ port }] = (await firstMessage(child)) as [{ port: number }];
  return { child, port, figures: { server, requestsPerS: 0, cpuUs: Infinity } };
}

function firstMessage(child: ChildProcess): Promise<unknown[]> {
  const ended: Promise<never> = once(child, 'exit').then(() =>
    Promise.reject(new Error('the server has ended; see above')),
  );
  return Promise.race([once(child, 'message'), ended]);
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuUs }] = (await once(child, 'message')) as [{ cpuUs: number }];
  return cpuUs;
}

/** Each connection sends its next reading when the one before is answered and, with a rate, when it is due. */
export async function post(port: number, requests: number, perS: number): Promise<void> {
  const idle: Connection[] = await Promise.all(
    Array.from({ length: Math.min(connections, perS) }, (_, index) => Connection.open(port, index)),
  );
  const all = [...idle];
  const beganMs = performance.now();
  let sent = 0;
  let answered = 0;
  await new Promise<void>((resolve, reject) => {
    const send = () => {
      const due = Math.min(requests, ((performance.now() - beganMs) * perS) / 1000);
      while (sent < due && idle.length > 0) idle.shift()!.send(sent++);
    };
    for (const connection of all) {
      connection.onProblem = reject;
      connection.onAnswer = () => {
        idle.push(connection);
        if (++answered === requests) resolve();
        else if (perS === Infinity) send();
      };
    }
    const tick = async () => {
      for (; sent < requests; await rest(1)) send();
    };
    tick().catch(reject);
  });
  for (const { socket } of all) socket.destroy();
}

class Connection {
  onAnswer = (): void => undefined;
  onProblem = (_problem: Error): void => undefined;
  private open = '';

  private constructor(
    readonly socket: Socket,
    private readonly index: number,
  ) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: unknown) => this.take(text as string));
    socket.on('error', (error) => this.onProblem(error));
  }

  static async open(port: number, index: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket, index);
  }

  send(seq: number): void {
    const sensor = `bench_${this.index}`;
    const body = `{"sensor_id":"${sensor}","temperature":${20 + (seq % 100) / 10},"humidity":45.2,"light":512}`;
    this.socket.write(
      `POST /api/sensors/${sensor}/data HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  private take(text: string): void {
    this.open += text;
    const head = /\r\ncontent-length: (\d+)\r\n[^]*?\r\n\r\n/i.exec(this.open);
    if (!head || this.open.length < head.index + head[0].length + Number(head[1])) return;
    if (this.open.startsWith('HTTP/1.1 201 ')) this.onAnswer();
    else this.onProblem(new Error(`expected 201, got ${this.open}`));
    this.open = '';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  for (const load of [
    { requests: 5000, rounds: 10 },
    { requests: 4000, rounds: 5, perS: 2000 },
  ]) {
    console.log(load.perS ? `${load.perS} requests a second` : 'as fast as it goes');
    console.log('server    requests/s  CPU us/request  of bare');
    const figures = await measureHttp(load);
    for (const { server, requestsPerS, cpuUs } of figures)
      console.log(
        `${server.padEnd(8)}  ${requestsPerS.toFixed(0).padStart(10)}  ${cpuUs.toFixed(1).padStart(14)}` +
          `  ${(cpuUs / figures[0]!.cpuUs).toFixed(2).padStart(7)}`,
      );
  }
}
