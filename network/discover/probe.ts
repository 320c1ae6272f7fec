import { connect } from 'node:net';

/** `open`: something listens. `closed`: the host answers that nothing does. `filtered`: no answer. `unreachable`: there is no way there. */
export type PortState = 'open' | 'closed' | 'filtered' | 'unreachable';

export interface Probed {
  port: number;
  state: PortState;
  /** Until the answer; of what was filtered, how long was waited. */
  ms: number;
}

/** Finds out by one TCP connection, which is closed at once. Resolves within `timeoutMs`, or at once when aborted. */
export type Probe = (host: string, port: number, timeoutMs: number, signal?: AbortSignal) => Promise<Probed>;

export function tcpProbe(now: () => number): Probe {
  return (host, port, timeoutMs, signal) =>
    new Promise((resolve) => {
      const startMs = now();
      const socket = connect({ host, port, family: 4 });
      const end = (state: PortState) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        socket.removeAllListeners().on('error', () => undefined);
        // A reset: thousands of connections in TIME-WAIT would be left otherwise. One that is not there yet would wait for it.
        if (state === 'open') socket.resetAndDestroy();
        else socket.destroy();
        resolve({ port, state, ms: now() - startMs });
      };
      const abort = () => end('filtered');
      const timer = setTimeout(() => end('filtered'), timeoutMs);
      signal?.addEventListener('abort', abort);
      socket.once('connect', () => end('open'));
      socket.once('error', ({ code }: NodeJS.ErrnoException) => end(stateOf(code)));
    });
}

function stateOf(code: string | undefined): PortState {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'closed';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EHOSTDOWN') return 'unreachable';
  return 'filtered';
}
