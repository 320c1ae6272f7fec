import { createSocket, type Socket } from 'node:dgram';
import { rm } from 'node:fs/promises';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { type EngineForm, Interpreter, makeFlash } from '../interpreter';
import { answerMs, serve } from './peer';
import type { Probe, Subject } from './probe';
import { groups, isOver, outputs, program, startOutput } from './program';

/** Longest that a group of probes may take. */
const limitMs = 30_000;
const busy = 'function busy(ms){let t=getTime()+ms/1000;while(getTime()<t);}';

/** What each of the probes prints on the real interpreter, booted from flash. */
export async function runInterpreter(form: EngineForm, subject: Subject): Promise<string[]> {
  const groupsDone = await Promise.all(groups(subject).map((probes) => runGroup(form, probes, subject)));
  return groupsDone.flat();
}

async function runGroup(
  form: EngineForm,
  probes: readonly Probe[],
  { ms = 0, network }: Subject,
): Promise<string[]> {
  const server = network ? await listen() : undefined;
  const port = (server?.address() as AddressInfo | undefined)?.port ?? 0;
  const echo = network ? await listenUdp(port) : undefined;
  const before = `echo(0);${busy}var HOST="127.0.0.1",PORT=${port};`;
  const folder = await makeFlash(form, { '.bootcde': program(probes, ms, before) });
  try {
    const running = Interpreter.boot(form, folder);
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      running.onLine = (line) => isOver(line) && resolve();
      limit = setTimeout(resolve, limitMs);
      void running.exited.then(() => resolve());
    });
    clearTimeout(limit);
    await running.stop();
    return outputs(withoutHost(running.lines));
  } finally {
    await rm(folder, { recursive: true, force: true });
    server?.close();
    echo?.close();
  }
}

/** What the real interpreter prints within so many milliseconds that starts with these files. */
export async function runStart(form: EngineForm, files: Record<string, string>, ms: number): Promise<string> {
  const folder = await makeFlash(form, files);
  try {
    const running = Interpreter.boot(form, folder);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await running.stop();
    return startOutput(withoutHost(running.lines));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without what the Linux form says of itself. */
function withoutHost(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('espruino: '));
}

/** Sends every datagram back. */
async function listenUdp(port: number): Promise<Socket> {
  const socket = createSocket('udp4', (datagram, from) =>
    setTimeout(() => socket.send(datagram, from.port, from.address), answerMs),
  );
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return socket;
}

async function listen(): Promise<Server> {
  const server = createServer((socket) => {
    const answer = serve({
      write: (text) => socket.write(text, 'latin1'),
      end: () => socket.end(),
      reset: () => socket.resetAndDestroy(),
      later: (run) => void setTimeout(run, answerMs),
    });
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', (data) => answer(data.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
