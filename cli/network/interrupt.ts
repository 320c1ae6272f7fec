import { setMaxListeners } from 'node:events';

/** The user has ended a command before its end: nothing to explain. The exit code is the one that a shell gives. */
export class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/**
 * Aborted by the first Ctrl-C or SIGTERM, with an `Interrupted` as its reason, so that a command can end in order; a second one
 * ends at once.
 */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  // As many as there are connections at once.
  setMaxListeners(0, controller.signal);
  for (const [name, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(name, () => {
      controller.abort(new Interrupted(exitCode));
      process.once(name, () => process.exit(exitCode));
    });
  return controller.signal;
}

/** Settles with the job, also when that was interrupted: for what Ctrl-C is no failure of. */
export async function untilInterrupted(job: Promise<unknown>): Promise<void> {
  await job.catch((error: unknown) => {
    if (!(error instanceof Interrupted)) throw error;
  });
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

/** Resolves when what `listen` is handed is called, after this time, or when interrupted; holds the process no longer. */
export async function within(
  ms: number,
  signal: AbortSignal,
  listen: (happened: () => void) => void,
): Promise<void> {
  const over = new AbortController();
  listen(() => over.abort());
  await pause(ms, AbortSignal.any([signal, over.signal]));
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
