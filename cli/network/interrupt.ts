import { setMaxListeners } from 'node:events';

/** Aborted by the first Ctrl-C or SIGTERM, so that a command can end in order; a second one ends at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  // As many as there are connections at once.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      controller.abort(new Error('interrupted'));
      process.once(name, () => process.exit(name === 'SIGINT' ? 130 : 143));
    });
  return controller.signal;
}

/** Resolves after this time, at most 24 days or for ever, or at once when interrupted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

/** Moments `everyMs` apart, the first one now: what is done in between does not delay those that follow. */
export function rhythm(everyMs: number, signal: AbortSignal): () => Promise<void> {
  let nextMs: number | undefined;
  return async () => {
    const now = performance.now();
    // Who is late by more than a whole period has slept: what was missed is not made up for.
    nextMs = nextMs === undefined || now - nextMs > 2 * everyMs ? now : nextMs;
    await pause(nextMs - now, signal);
    nextMs += everyMs;
  };
}
