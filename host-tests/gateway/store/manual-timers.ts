import type { Timers } from '../../../gateway/store/timers';

/** Time passes when the test says so. */
export class ManualTimers implements Timers {
  nowMs = 0;
  private readonly waiting = new Set<{ atMs: number; callback: () => void }>();

  set(callback: () => void, ms: number): unknown {
    const timer = { atMs: this.nowMs + ms, callback };
    this.waiting.add(timer);
    return timer;
  }

  clear(timer: unknown): void {
    this.waiting.delete(timer as never);
  }

  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.waiting].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.waiting.delete(due);
      this.nowMs = due.atMs;
      due.callback();
    }
    this.nowMs = endMs;
  }
}
