import type { AddressInfo, Server } from 'node:net';
import { ListenError } from '../listen-problem';

export interface ListenTarget {
  host: string;
  port: number;
  /** What chooses the port: `--mqtt-port`. */
  option: string;
}

/** A thousand boards that come back together: Node's 511 would leave the others to a second attempt, a second later. */
const backlog = 2048;

/** Resolves with the port that is in use; throws a ListenError when the address cannot be listened on. */
export function listen(server: Server, { host, port, option }: ListenTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      reject(new ListenError(error, host, port, option));
    server.once('error', onError);
    server.listen({ port, host, backlog }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
