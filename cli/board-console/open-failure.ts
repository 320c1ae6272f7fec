import { constants, accessSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { BoardError } from '../../flashing/console';

/** What is wrong with a serial port that could not be opened, from the error and from the port itself. */
export async function openFailure(path: string, error: Error): Promise<BoardError> {
  const problem = serialProblem(path);
  if (problem) return problem;
  const text = error.message;
  // On Windows a port that another program has is one to which access is denied.
  if (/lock|busy|temporarily unavailable|access denied/i.test(text)) return busy(path);
  if (/not found|no such file|cannot find/i.test(text)) return noSuchPort(path);
  if (/permission/i.test(text)) return new BoardError('no-permission', `no permission to open ${path}`);
  if (/ioctl|not a typewriter|invalid argument/i.test(text)) return noSerialPort(path);
  return new BoardError('no-port', `${path} cannot be opened: ${text}`);
}

/** What can be seen without opening it; undefined when nothing is wrong, and always where ports are no files. */
export function serialProblem(path: string): BoardError | undefined {
  if (process.platform === 'win32') return undefined;
  let stat;
  try {
    stat = statSync(path);
  } catch {
    return noSuchPort(path);
  }
  if (!stat.isCharacterDevice()) return noSerialPort(path);
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return new BoardError(
      'no-permission',
      `no permission to open ${path}: ${permissionAdvice(stat.gid, readGroups(), userInfo().username, process.getgroups?.() ?? [])}`,
    );
  }
}

/** What opens a device to a user: its group, `dialout` on Debian, `uucp` on Arch. */
export function permissionAdvice(gid: number, groups: string, user: string, joined: number[]): string {
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  const [name, , , members = ''] = line?.split(':') ?? [];
  if (!name || gid === 0)
    return `it belongs to root alone; a udev rule for USB serial adapters would mend that`;
  if (members.split(',').includes(user) && !joined.includes(gid)) {
    return `${user} has joined its group ${name} since logging in; log out and in again`;
  }
  return `it belongs to group ${name}; \`sudo usermod -aG ${name} ${user}\`, then log out and in again`;
}

function readGroups(): string {
  try {
    return readFileSync('/etc/group', 'utf8');
  } catch {
    return '';
  }
}

function busy(path: string): BoardError {
  return new BoardError(
    'busy',
    `${path} is in use by another program: close the serial monitor, IDE or console that has it open`,
  );
}

function noSuchPort(path: string): BoardError {
  return new BoardError(
    'no-port',
    `there is no port ${path}: is the board plugged in, and with a cable that carries data? \`npm run doctor\` lists the ports`,
  );
}

function noSerialPort(path: string): BoardError {
  return new BoardError('bad-port', `${path} is no serial port: expected one such as /dev/ttyUSB0`);
}
