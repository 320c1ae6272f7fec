import type { KitSettings } from '../../shared/settings';
import { type BoardConsole, BoardError, markGood, openBoard } from '../board-console';
import { brokerFindings } from '../doctor/broker';
import { FlashError } from './flash-error';

export interface Awaited {
  settings: KitSettings;
  timeoutMs: number;
  /** What the board prints, line by line. */
  onLine: (line: string) => void;
  signal: AbortSignal;
}

/** The loader's pause is over, and the link is up again, within less. */
const pollMs = 1000;
/** A kit that has WiFi is at its broker within this, when all is well. */
const brokerMs = 3000;

/** Restarts the chip, not only its interpreter. */
export function restart(board: BoardConsole): void {
  board.send(`${markGood}E.reboot()`);
}

/** Restarts the board and waits until it says that its kit is online. Throws a FlashError. */
export async function restartAndAwait(board: BoardConsole, awaited: Awaited): Promise<void> {
  const { settings, timeoutMs, signal } = awaited;
  const { promise, listen, end } = news(awaited);
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  let current: BoardConsole | undefined = board;
  try {
    listen(board);
    restart(board);
    // Over WiFi the restart ends the connection, and the board has said most when there is one again.
    let over = false;
    void promise.then(
      () => (over = true),
      () => (over = true),
    );
    while (!over) {
      await Promise.race([promise, current?.closed.then(() => (current = undefined)) ?? pause()]);
      if (over || current) break;
      current = await reopen(board.port, settings.console);
      if (!current) continue;
      listen(current);
      await Promise.race([promise, pause(brokerMs)]);
      if (!over && (await brokerFindings(settings)).online) return;
    }
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    current?.lock();
    await current?.close();
  }
}

/** Settles by what the board says: that it is online, or that it will not be. */
function news({ settings, timeoutMs, onLine, signal }: Awaited) {
  const kit = `kit ${settings.kit}`;
  let greeted = false;
  let last = '';
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => {});
  const fail = (why: string): void =>
    reject(new FlashError('not-online', `${kit} was flashed and verified, but ${why}`));
  return {
    promise,
    listen(board: BoardConsole): void {
      board.onLine = (line) => {
        if (line.trim() === '') return;
        onLine(line);
        greeted ||= /^Lamplighter \S+, boot \d+, board /.test(line);
        if (/^(?:link|kit\.json|Lamplighter): /.test(line)) last = line;
        if (line.startsWith(`link: online as kit_${settings.kit},`)) resolve();
        else if (/^kit\.json: .*outputs stay off$/.test(line)) fail(`refuses its configuration: "${line}"`);
      };
    },
    end(): void {
      if (signal.aborted) return reject(new FlashError('interrupted', 'interrupted'));
      const seconds = `${timeoutMs / 1000} s`;
      if (last !== '') fail(`is not online after ${seconds}; it says "${last}"`);
      else if (greeted) fail(`is not online after ${seconds}: is its WiFi network there?`);
      else fail(`has not greeted within ${seconds}; npm run rescue gets hold of a board that does not start`);
    },
  };
}

async function reopen(port: string, password: string | undefined): Promise<BoardConsole | undefined> {
  try {
    return await openBoard(port, { password, timeoutMs: pollMs });
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    await pause();
    return undefined;
  }
}

function pause(ms = pollMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
