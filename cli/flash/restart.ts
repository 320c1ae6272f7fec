import { type Awaited, BootNews, restart } from '../../flashing';
import { type BoardConsole, BoardError, openBoard, parsePort, readSlots } from '../board-console';
import { listenAtBroker } from './kit-at-broker';

/** How long a restart may take, in milliseconds. */
export interface Pace {
  /** Between two looks at a board that is not online yet. */
  pollMs: number;
  greetedMs: number;
}

/**
 * The loader's pause is over within this, and a board that is still connected has greeted. A chip that restarts does not
 * close its connections: only silence tells that this one is dead.
 */
const usualPace: Pace = { pollMs: 1000, greetedMs: 4000 };

/** Restarts the board and waits until its kit is online. Throws a FlashError. */
export async function restartAndAwait(
  board: BoardConsole,
  awaited: Awaited,
  { pollMs, greetedMs } = usualPace,
): Promise<void> {
  const { settings, timeoutMs, signal } = awaited;
  const news = new BootNews(awaited);
  const end = (): void => news.end();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  const overWifi = parsePort(board.port).kind === 'tcp';
  let current: BoardConsole | undefined;
  const hold = (one: BoardConsole): void => {
    current = one;
    void one.closed.then(() => current === one && (current = undefined));
    news.listen(one);
  };
  let atBroker = false;
  hold(board);
  // The firmware that ran before was stopped long ago, so whatever the broker hears now is the new one's.
  const leave = overWifi ? listenAtBroker(settings, () => (atBroker = true)) : () => {};
  try {
    let over = false;
    const done = news.online.catch(() => {}).then(() => (over = true));
    restart(board);
    if (overWifi) {
      await Promise.race([done, board.closed, pause(greetedMs)]);
      if (!over && !news.greeted) await board.close();
    }
    while (!over) {
      if (!current && (await reopened(board.port, settings.console, pollMs, hold))) news.reached();
      if (atBroker) await confirm(news, current);
      await Promise.race([done, pause(pollMs)]);
    }
    await news.online;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    leave();
    const last = current as BoardConsole | undefined;
    last?.lock();
    await last?.close();
  }
}

/** A kit is online. It is the new one unless the loader went back to the one before, which it says to nobody over WiFi. */
async function confirm(news: BootNews, board: BoardConsole | undefined): Promise<void> {
  try {
    const slots = board ? await readSlots(board, 'fw') : [];
    const given = slots.find(
      ({ abandoned, header }) =>
        abandoned && slots.every((other) => (other.header?.sequence ?? 0) <= header!.sequence),
    );
    if (given) return news.givenUp(given.name);
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
  }
  news.confirm();
}

/** What the board says while it is greeted is heard, too: `hold` gets its console before that. */
async function reopened(
  port: string,
  password: string | undefined,
  timeoutMs: number,
  hold: (board: BoardConsole) => void,
): Promise<boolean> {
  let board: BoardConsole | undefined;
  try {
    board = await openBoard(port, { greet: false });
    hold(board);
    await board.greet(password, timeoutMs);
    return true;
  } catch (error) {
    await board?.close();
    if (!(error instanceof BoardError)) throw error;
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
