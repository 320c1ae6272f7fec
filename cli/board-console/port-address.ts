import { BoardError } from '../../flashing/console';

/** Source: Espruino libs/network/telnet/jswrap_telnet.c, PORT */
const consolePort = 23;

export type PortAddress = { kind: 'tcp'; host: string; port: number } | { kind: 'serial'; path: string };

/** Throws a BoardError when the text names neither a serial port nor `tcp://host:port`. */
export function parsePort(text: string): PortAddress {
  if (!/^[a-z]+:\/\//i.test(text)) {
    if (text.trim() !== '') return { kind: 'serial', path: text };
    throw wrong(text);
  }
  const match = /^tcp:\/\/([^/:\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i.exec(text);
  const port = Number(match?.[2] ?? consolePort);
  if (!match || port < 1 || port > 65_535) throw wrong(text);
  return { kind: 'tcp', host: match[1]!.replace(/^\[|\]$/g, ''), port };
}

function wrong(text: string): BoardError {
  return new BoardError(
    'bad-port',
    `"${text}" is no port of a board: expected a serial port such as /dev/ttyUSB0 or COM3, or an address such as tcp://192.168.0.42:23`,
  );
}
