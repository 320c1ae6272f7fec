/** Waits of so many milliseconds. */
export type Wait = (ms: number) => Promise<void>;

/**
 * Waits that are not stretched: the timers of a page that is not in front run once a second, which would make minutes of
 * an upload's seconds, and those of a worker do not.
 */
export function steadyTimer(): Wait {
  const waiting = new Map<number, () => void>();
  const worker = new Worker(new URL('./timer-worker.ts', import.meta.url), { type: 'module' });
  let last = 0;
  let broken = false;
  const settle = (id: number): void => {
    waiting.get(id)?.();
    waiting.delete(id);
  };
  worker.onmessage = ({ data }: MessageEvent<number>) => settle(data);
  // Slower is better than not at all.
  worker.onerror = () => {
    broken = true;
    for (const id of [...waiting.keys()]) settle(id);
  };
  return (ms) =>
    new Promise((resolve) => {
      if (broken) return void setTimeout(resolve, ms);
      const id = ++last;
      waiting.set(id, resolve);
      worker.postMessage([id, ms]);
    });
}
