/** The thread of the database. It has no clock, no timer and no state but the open file: all else is asked of it. */
import { renameSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { History } from './history';
import { HistoryError, historyError } from './history-error';
import type { CallName, Calls, Reply, Request, Retention } from './protocol';
import { words } from './shared-words';

let history: History | undefined;
let file = '';
let retention: Retention | undefined;

function answer({ id, call, args, nowMs }: Request): Reply[] {
  try {
    return [{ id, result: run(call, args) }];
  } catch (error) {
    const { problem, message } = historyError(error, file);
    const movedTo = problem === 'corrupt' ? putAside(nowMs) : undefined;
    if (movedTo !== undefined) return [{ movedTo, reason: message }, ...answer({ id, call, args, nowMs })];
    return [{ id, error: { problem, message } }];
  }
}

function run(call: CallName, args: unknown[]): unknown {
  if (call === 'open') [file, retention] = args as Parameters<Calls['open']>;
  if (call === 'open') return void open();
  if (!history) throw new HistoryError('closed', `${file}: not open`);
  const method = history[call] as (...args: unknown[]) => unknown;
  const result = method.apply(history, args);
  if (call === 'close') history = undefined;
  return result;
}

function open(): void {
  history?.close();
  history = undefined;
  history = new History(file, retention!);
}

/**
 * The damaged file stays beside the new one, for whoever can still get something out of it. Undefined when it cannot
 * be moved; that is tried again with the next call.
 */
function putAside(nowMs: number): string | undefined {
  try {
    history?.close();
  } catch {
    // Nothing more can be written to it.
  }
  history = undefined;
  const movedTo = `${file}.damaged-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
  try {
    renameSync(file, movedTo);
    for (const suffix of ['-wal', '-shm']) renameIfThere(`${file}${suffix}`, `${movedTo}${suffix}`);
    open();
    return movedTo;
  } catch {
    return undefined;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function serve(request: Request): void {
  for (const reply of answer(request)) parentPort!.postMessage(reply);
  history?.packIfDue();
}

const shared = workerData as Int32Array;

parentPort!.on('message', (request: Request) => {
  Atomics.store(shared, words.isBusy, 1);
  if (Atomics.load(shared, words.isEnding) === 0) serve(request);
  Atomics.store(shared, words.isBusy, 0);
  Atomics.notify(shared, words.isBusy);
});
