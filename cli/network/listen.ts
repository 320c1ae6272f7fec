import { TcpIngest } from '../../gateway/ingest/tcp';
import { UdpIngest } from '../../gateway/ingest/udp';
import { ListenError } from '../../gateway/listen-problem';
import type { Reading, Source } from '../../gateway/reading';
import { wholeNumber } from '../start-options';
import { interrupted, pause } from './interrupt';
import { counted, print, printJsonLine, tell } from './print';
import { printable } from '../view/text';

export interface ListenFlags {
  port?: string;
  open?: boolean;
  json?: boolean;
}

/** The gateway's own ingest, with nothing behind it but the screen. */
export async function listenCommand(
  protocol: string,
  { port, open = false, json = false }: ListenFlags,
): Promise<void> {
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw new Error(`listen: expected tcp or udp, got ${JSON.stringify(protocol)}`);
  const show = (address: string, what: object, text: string): void => {
    const at = new Date().toISOString();
    if (json) printJsonLine({ at, address, ...what });
    else print(`${at} ${address} ${printable(text)}`);
  };
  const options = {
    host: open ? '0.0.0.0' : '127.0.0.1',
    ...(port !== undefined && { port: wholeNumber('--port', port, 0, 65_535) }),
    open,
    now: Date.now,
    ingest: ({ sensor, atMs, values }: Reading, { address = '' }: Source) =>
      show(address, { sensor, atMs, values }, `${sensor} ${JSON.stringify(values)}`),
    onProblem: (problem: string, address: string) => show(address, { problem }, `no reading: ${problem}`),
  };
  const server = protocol === 'tcp' ? new TcpIngest(options) : new UdpIngest(options);
  const signal = interrupted();
  await server.start().catch((error: Error) => {
    // The gateway's option has another name.
    throw error instanceof ListenError ? new Error(error.message.replace(error.option, '--port')) : error;
  });
  tell(`listening on ${protocol.toUpperCase()} ${server.host}:${server.port}; Ctrl-C ends it`);
  while (!signal.aborted) await pause(Infinity, signal);
  await server.stop();
  const { readings, problems } = server.counters;
  tell(`${counted(readings, 'reading')}, ${counted(problems, 'message')} not understood`);
}
