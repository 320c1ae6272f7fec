import { isIPv4 } from 'node:net';
import { parsePort } from '../board-console';

/** Whether a port is no chip's but a program's: a virtual board, or the interpreter's Linux form. */
export function onThisComputer(port: string): boolean {
  const address = parsePort(port);
  if (address.kind !== 'tcp') return false;
  return address.host === 'localhost' || (isIPv4(address.host) && address.host.startsWith('127.'));
}
