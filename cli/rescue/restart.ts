import { type BoardConsole, markGood } from '../board-console';

/** A chip takes a moment until it really restarts. */
const restartMs = 500;

/** Restarts the board. One that was asked for is no crash: the loader counts those that have no such mark. */
export async function restart(board: BoardConsole): Promise<void> {
  board.send(`${markGood}E.reboot()`);
  await new Promise((resolve) => setTimeout(resolve, restartMs));
}
