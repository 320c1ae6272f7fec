import { type Awaited, BootNews, restart } from '../../flashing';
import { type BoardConsole, BoardError, openBoard } from '../board-console';
import { brokerFindings } from '../doctor/broker';

/** The loader's pause is over, and the link is up again, within less. */
const pollMs = 1000;
/** A kit that has WiFi is at its broker within this, when all is well. */
const brokerMs = 3000;

/** Restarts the board and waits until it says that its kit is online. Throws a FlashError. */
export async function restartAndAwait(board: BoardConsole, awaited: Awaited): Promise<void> {
  const { settings, timeoutMs, signal } = awaited;
  const news = new BootNews(awaited);
  const end = (): void => news.end();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  let current: BoardConsole | undefined = board;
  try {
    news.listen(board);
    restart(board);
    // Over WiFi the restart ends the connection, and the board has said most when there is one again.
    let over = false;
    void news.online.then(
      () => (over = true),
      () => (over = true),
    );
    while (!over) {
      await Promise.race([news.online, current?.closed.then(() => (current = undefined)) ?? pause()]);
      if (over || current) break;
      current = await reopen(board.port, settings.console);
      if (!current) continue;
      news.listen(current);
      await Promise.race([news.online, pause(brokerMs)]);
      if (!over && (await brokerFindings(settings)).online) return;
    }
    await news.online;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    current?.lock();
    await current?.close();
  }
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
