import { ConsoleServer } from '../../../simulator/console-server';
import { printingBoard } from '../../flashing/console/wire';

/** A board whose console listens at a TCP port of this computer; how to close it goes to `cleanUps`. */
export async function boardOnPort(cleanUps: (() => unknown)[]) {
  const bare = printingBoard();
  const server = new ConsoleServer(bare.board);
  bare.shown.print = (line) => server.print(line);
  cleanUps.push(() => server.close());
  return { ...bare, port: `tcp://127.0.0.1:${await server.listen(0)}` };
}
