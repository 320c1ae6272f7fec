import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HistoryError } from './history-error';
import type { CallName, Calls, Reply } from './protocol';
import { words } from './shared-words';

/** So long the end of the process waits for the call that the thread is in. */
const quietMsMax = 500;

/** 32 MB of JavaScript are some hundred times a batch; SQLite's own memory lies outside. */
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 };

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

export interface ThreadEvents {
  /** A damaged file has been put aside and a new one begun. */
  onMoved: (movedTo: string, reason: string) => void;
  /** The thread has ended though nobody has asked it to. */
  onCrash: (reason: string) => void;
}

/** Calls into the thread of the database, answered in their order. */
export class Thread {
  private readonly shared = new Int32Array(new SharedArrayBuffer(8));
  private readonly worker = startWorker(this.shared);
  private readonly quieten = (): void => {
    Atomics.store(this.shared, words.isEnding, 1);
    Atomics.wait(this.shared, words.isBusy, 1, quietMsMax);
  };
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private reason = 'it ended by itself';
  private hasEnded = false;

  constructor(
    private readonly now: () => number,
    events: ThreadEvents,
  ) {
    this.worker.on('message', (reply: Reply) => this.take(reply, events));
    this.worker.on('error', ({ message }) => (this.reason = message));
    this.worker.on('exit', () => this.onExit(events));
    process.on('exit', this.quieten);
  }

  /** Rejects with a HistoryError; `closed` when the thread has ended, and what it did last is not known. */
  call<Name extends CallName>(
    call: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    if (this.hasEnded)
      return Promise.reject(new HistoryError('closed', `the history is closed: ${this.reason}`));
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, args, nowMs: this.now() });
    });
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    this.reason = 'it was stopped';
    this.quieten();
    await this.worker.terminate();
  }

  private take(reply: Reply, { onMoved }: ThreadEvents): void {
    if ('movedTo' in reply) {
      onMoved(reply.movedTo, reply.reason);
      return;
    }
    const waiting = this.waiting.get(reply.id)!;
    this.waiting.delete(reply.id);
    if ('error' in reply) waiting.reject(new HistoryError(reply.error.problem, reply.error.message));
    else waiting.resolve(reply.result as never);
  }

  private onExit({ onCrash }: ThreadEvents): void {
    process.off('exit', this.quieten);
    const wasExpected = this.hasEnded;
    this.hasEnded = true;
    for (const { reject } of this.waiting.values()) {
      reject(new HistoryError('closed', `the thread of the history has ended: ${this.reason}`));
    }
    this.waiting.clear();
    if (!wasExpected) onCrash(this.reason);
  }
}

/** In a bundle the thread's own bundle lies beside it; from a checkout the thread runs TypeScript as it stands. */
function startWorker(workerData: Int32Array): Worker {
  const options = { workerData, resourceLimits, execArgv: [], stderr: false, env: {} };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./store-worker.mjs', import.meta.url), options);
  }
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs/api');
  const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
  // A thread does not inherit tsx from the process on Node 20, and takes no .ts for its main file.
  const code = `require(${JSON.stringify(tsx)}).register(); require(${JSON.stringify(file)});`;
  return new Worker(code, { ...options, eval: true });
}
