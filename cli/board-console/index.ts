import { BoardConsole } from '../../flashing/console';
import { parsePort } from './port-address';
import { openSerial, usualBaudRate } from './serial-transport';
import { openTcp } from './tcp-transport';

export * from '../../flashing/console';
export { exitCodeOf } from './exit-code';
export { parsePort, type PortAddress } from './port-address';
export { serialProblem } from './open-failure';

export interface OpenOptions {
  /** Its bytes, one character each, as kit.json holds them. */
  password?: string | undefined;
  /** Of a serial port; 115,200 unless told otherwise. */
  baudRate?: number | undefined;
  /** How long the board may take to answer, in milliseconds. */
  timeoutMs?: number | undefined;
  /** false: only listen, to await what a board says as it starts. */
  greet?: boolean | undefined;
}

/** Longer than a board takes that was reset by the opening of its port. */
const greetMs = 6500;

/**
 * The console of the board at a serial port (`/dev/ttyUSB0`, `COM3`) or an address (`tcp://192.168.0.42:23`), answering.
 * Every failure is a BoardError.
 */
export async function openBoard(port: string, options: OpenOptions = {}): Promise<BoardConsole> {
  const address = parsePort(port);
  const transport =
    address.kind === 'tcp'
      ? await openTcp(address.host, address.port)
      : await openSerial(address.path, options.baudRate ?? usualBaudRate);
  const board = new BoardConsole(port, transport);
  if (options.greet === false) return board;
  try {
    await board.greet(options.password, options.timeoutMs ?? greetMs);
    return board;
  } catch (error) {
    await board.close();
    throw error;
  }
}
