/** How often to look whether npm is still there, in milliseconds. */
const parentCheckMs = 500;
/** How long ending may take, in milliseconds; what then still holds the process is not worth more waiting. */
const drainMs = 1800;

export interface End {
  /** Settles when a signal or `now` asks this process to end. */
  reached: Promise<void>;
  now: () => void;
  dispose: () => void;
}

/**
 * A first signal asks this process to end, a second one ends it at once. `late` is told when ending has taken so
 * long that the process is ended all the same.
 */
export function endOfProcess(late: (afterMs: number) => void = () => undefined): End {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  let resolve = () => {};
  let asked = false;
  const reached = new Promise<void>((settle) => (resolve = settle));
  const now = () => {
    if (asked) return;
    asked = true;
    const deadline = setTimeout(() => {
      late(drainMs);
      process.exit(1);
    }, drainMs);
    deadline.unref();
    resolve();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(128 + numbers[signal as keyof typeof numbers]);
    now();
  };
  const signals = Object.keys(numbers) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, onSignal);
  // npm hands SIGTERM to the shell between it and this process, which dies of it without a word to its child.
  const parent = process.ppid;
  const underNpm = process.env['npm_lifecycle_event'] !== undefined;
  const watch = setInterval(() => underNpm && process.ppid !== parent && now(), parentCheckMs);
  return {
    reached,
    now,
    dispose() {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
