import { readdirSync } from 'node:fs';
import { BoardError, parsePort, serialProblem } from './board-console';

/** A serial port that may have a board on it. */
export interface FoundPort {
  /** `/dev/ttyUSB0`, `COM3` */
  path: string;
  /** `CP210x USB serial adapter`; absent when the system does not tell. */
  title?: string;
}

/** What a port's USB descriptor tells, as `serialport` lists it. */
export interface ListedPort {
  path: string;
  vendorId?: string | undefined;
  manufacturer?: string | undefined;
}

/** The chips between USB and serial on ESP boards. Source: the USB ID repository, linux-usb.org/usb.ids */
const vendors: Record<string, string> = {
  '10c4': 'CP210x USB serial adapter',
  '1a86': 'CH340 USB serial adapter',
  '0403': 'FTDI USB serial adapter',
  '067b': 'PL2303 USB serial adapter',
  '303a': 'USB port of an Espressif chip',
};

/** The serial ports that may have a board on them, in order of their names. */
export async function serialPorts(): Promise<FoundPort[]> {
  return likelyPorts(await listedPorts());
}

/** Drops what is soldered to a PC's board, and Bluetooth: only what is on USB has a vendor. */
export function likelyPorts(listed: ListedPort[]): FoundPort[] {
  return listed
    .filter(({ path, vendorId }) => vendorId !== undefined || /\/tty(?:USB|ACM)\d+$/.test(path))
    .map(({ path, vendorId, manufacturer }) => {
      const title = vendors[vendorId?.toLowerCase() ?? ''] ?? manufacturer;
      // On macOS a tty device waits for a carrier that no board sends; its twin does not.
      return { path: path.replace('/dev/tty.', '/dev/cu.'), ...(title !== undefined && { title }) };
    })
    .sort((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }));
}

async function listedPorts(): Promise<ListedPort[]> {
  const { SerialPort } = await import('serialport');
  try {
    return await SerialPort.list();
  } catch {
    // On Linux the list needs udevadm, which a container or a small system may lack.
    return readdirSync('/dev').map((name) => ({ path: `/dev/${name}` }));
  }
}

/** What keeps a port from being opened, as far as that can be seen without opening it. */
export async function portProblem(port: string): Promise<BoardError | undefined> {
  try {
    const address = parsePort(port);
    return address.kind === 'serial' ? serialProblem(address.path) : undefined;
  } catch (error) {
    if (error instanceof BoardError) return error;
    throw error;
  }
}

/** The port that was asked for, or the only one there is. Throws a BoardError when there is none, or a choice. */
export async function choosePort(wanted: string | undefined, ports = serialPorts): Promise<string> {
  if (wanted !== undefined) return wanted;
  const found = await ports();
  if (found.length === 1) return found[0]!.path;
  const list = found.map(({ path, title }) => (title ? `${path} (${title})` : path)).join(', ');
  throw new BoardError(
    'no-port',
    found.length === 0
      ? 'no board found on USB: plug it in with a cable that carries data, install the driver of its adapter (CP210x, CH340) where the system has none, or name a board on the network with -p tcp://192.168.0.42:23'
      : `several serial ports: ${list}. Choose one with -p ${found[0]!.path}`,
  );
}
