import { dirname } from 'node:path';
import { makeFolder } from '../make-folder';
import { HistoryError } from './history-error';
import type { CallName, Calls, Retention } from './protocol';
import { Thread } from './thread';

export interface ConnectionOptions {
  file: string;
  retention: Retention;
  now: () => number;
  say: (sentence: string) => void;
}

/** A thread that cannot open its file, or ends at once, is not started more often. */
const restartMs = 1000;

/** The thread with its file open. Whoever calls after it has ended starts it anew. */
export class Connection {
  private thread: Promise<Thread> | undefined;
  private startedMs = -Infinity;
  private failure: HistoryError | undefined;
  private hasEnded = false;

  constructor(private readonly options: ConnectionOptions) {}

  /** Rejects with a HistoryError. */
  async call<Name extends CallName>(
    call: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    const thread = await this.opened();
    try {
      return await thread.call(call, ...args);
    } catch (error) {
      // Its file was put aside, and no new one could be begun.
      if ((error as HistoryError).problem === 'closed' && call !== 'close') await this.discard(thread);
      throw error;
    }
  }

  /** For good: whoever waited for a disk that does not answer must not open the file again. */
  async end(): Promise<void> {
    this.hasEnded = true;
    const thread = await this.thread?.catch(() => undefined);
    this.thread = undefined;
    await thread?.end();
  }

  private opened(): Promise<Thread> {
    if (this.hasEnded)
      return Promise.reject(new HistoryError('closed', `${this.options.file}: the history is closed`));
    if (this.thread) return this.thread;
    const nowMs = this.options.now();
    if (this.failure && nowMs - this.startedMs < restartMs) return Promise.reject(this.failure);
    this.startedMs = nowMs;
    const opening = this.open();
    this.thread = opening;
    opening.catch((error: HistoryError) => {
      this.failure = error;
      if (this.thread === opening) this.thread = undefined;
    });
    return opening;
  }

  private async open(): Promise<Thread> {
    const { file, retention, now, say } = this.options;
    try {
      makeFolder(dirname(file));
    } catch {
      // SQLite says what is wrong with the path.
    }
    const thread: Thread = new Thread(now, {
      onMoved: (movedTo, reason) => say(`${reason}; it is now ${movedTo}, and a new one was begun`),
      onCrash: (reason) => {
        say(`${file}: the thread of the history has ended (${reason}) and is started anew`);
        this.failure = new HistoryError('closed', `${file}: the thread of the history has ended (${reason})`);
        this.thread = undefined;
      },
    });
    try {
      await thread.call('open', file, retention);
      return thread;
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  private async discard(thread: Thread): Promise<void> {
    if ((await this.thread?.catch(() => undefined)) !== thread) return;
    this.thread = undefined;
    await thread.end();
  }
}
