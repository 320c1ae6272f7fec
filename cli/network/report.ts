import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { Locked, lockFile } from '../../gateway/file-lock';
import { makeFolder } from '../../gateway/make-folder';
import { readingOrProblem } from '../../gateway/reading';
import { historyError } from '../../gateway/store/history-error';
import { writeProblem } from '../../network/file-problem';
import { appendDurably, FileJournal, RotatingLog } from '../../network/report/files';
import { parseServer, postReports, type Server } from '../../network/report/http';
import { entriesMax, type Report, ReportQueue } from '../../network/report/queue';
import { Reporter } from '../../network/report/reporter';
import { SimulatedRoom } from '../../network/simulated';
import { wholeNumber } from '../start-options';
import { interrupted, pause, rhythm, within } from './interrupt';
import { counted, print, printJson, tell } from './print';
import { Progress } from './progress';
import { environment } from './this-computer';
import { printable } from '../view/text';

export interface ReportFlags {
  server: string;
  sensor?: string;
  simulate?: string;
  every: string;
  count?: string;
  concurrency: string;
  state?: string;
  wait?: string;
  logSize: string;
  logCount: string;
  ack?: boolean;
  json?: boolean;
}

/** Where reports come from: one at a time, until there are no more or the command is interrupted. */
type Input = AsyncIterable<{ sensor: string; report: Report } | { problem: string }>;

/** Between two attempts to write to a disk that is full. */
const diskMs = 5000;
const progressMs = 500;
/** After Ctrl-C a server may take so long to answer what is under way. */
const endingMs = 2000;
/** A reading of 16 values has some 9,000 characters at most. */
const lineMax = 65_536;

export async function reportCommand(flags: ReportFlags): Promise<void> {
  const server = parseServer(flags.server);
  const concurrency = wholeNumber('--concurrency', flags.concurrency, 1, 64);
  const waitMs = flags.wait === undefined ? Infinity : wholeNumber('--wait', flags.wait, 0, 86_400) * 1000;
  const limits = {
    bytes: wholeNumber('--log-size', flags.logSize, 1, 100_000) * 1024,
    count: wholeNumber('--log-count', flags.logCount, 1, 100),
  };
  const signal = interrupted();
  const input = flags.simulate === undefined ? fromLines(flags.sensor, signal) : simulated(flags, signal);
  const folder =
    flags.state ??
    join(environment('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state'), 'lamplighter', 'report');
  if (folder === '') throw new Error('--state: expected the name of a folder, got ""');
  const unlock = lockOf(folder);
  try {
    const log = new RotatingLog(join(folder, 'report.log'), limits);
    const journal = new FileJournal(join(folder, 'queue.jsonl'));
    const queue = await ReportQueue.open(journal, `report_${randomBytes(6).toString('hex')}`);
    if (queue.damage !== undefined) tell(queue.damage);
    const left = queue.length;
    if (left > 0) tell(`${counted(left, 'report')} left from the last time`);
    const progress = new Progress('reporting');
    const say = (line: string) => {
      progress.end();
      tell(line);
    };
    const reporter = newReporter({ queue, server, folder, log, concurrency, say, signal: delayed(signal) });
    const taken = { accepted: left, problems: 0 };
    const showing = setInterval(() => showProgress(progress, taken.accepted, queue.length), progressMs);
    try {
      reporter.wake();
      await takeAll(input, taken, { queue, reporter, ack: flags.ack ?? false, signal, say });
      await within(waitMs, signal, (idle) => void reporter.idle().then(idle));
    } finally {
      await reporter.stop();
      clearInterval(showing);
      progress.end();
    }
    await noteTheEnd(queue);
    if (log.counters.lost > 0) tell(`${counted(log.counters.lost, 'line')} of the log could not be written`);
    finish(flags, { reporter, queue, ...taken });
    if (queue.length > 0) signal.throwIfAborted();
  } finally {
    unlock();
  }
}

/** Only one process may write to a queue. Throws a sentence when another has it. */
function lockOf(folder: string): () => void {
  const file = join(folder, 'queue.jsonl');
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw writeProblem(folder, error);
  }
  try {
    return lockFile(file);
  } catch (error) {
    if (!(error instanceof Locked)) throw historyError(error, file);
    throw new Error(`${folder} is in use by ${error.holder}: end it, or choose another with --state`);
  }
}

/** What is aborted, and not answered by then, is sent again the next time under the same key. */
function delayed(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(), endingMs).unref());
  return controller.signal;
}

function newReporter({
  queue,
  server,
  folder,
  log,
  concurrency,
  say,
  signal,
}: {
  queue: ReportQueue;
  server: Server;
  folder: string;
  log: RotatingLog;
  concurrency: number;
  say: (line: string) => void;
  signal: AbortSignal;
}): Reporter {
  return new Reporter({
    queue,
    post: (sensor, key, reports) => postReports(server, sensor, key, reports, { now: Date.now, signal }),
    setAside: async ({ key, entries }, { status, reason }) => {
      const file = join(folder, 'dead-letter.jsonl');
      const reports = entries.map(({ sensor, report }) => ({ sensor, report }));
      const line = { at: new Date().toISOString(), status, reason, key, reports };
      await appendDurably(file, JSON.stringify(line) + '\n');
      say(`${entries.length} refused with ${status}, set aside in ${file}: ${printable(reason)}`);
    },
    log: (line) => log.write(`${new Date().toISOString()} ${line}`),
    pausing: (ms, reason) =>
      say(printable(reason) + (ms > 0 ? `; next attempt in ${ms / 1000} s, ${queue.length} waiting` : '')),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    concurrency,
  });
}

interface Taking {
  queue: ReportQueue;
  reporter: Reporter;
  ack: boolean;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** On disk first, then acknowledged, then sent. */
async function takeAll(
  input: Input,
  taken: { accepted: number; problems: number },
  { queue, reporter, ack, signal, say }: Taking,
): Promise<void> {
  let acknowledged = 0;
  let isFull = false;
  for await (const item of input) {
    if (signal.aborted) break;
    if ('problem' in item) {
      taken.problems++;
      say(printable(item.problem));
      continue;
    }
    await reporter.room();
    taken.accepted++;
    if (!(await onDisk(queue.add([item]), { queue, signal, say }))) break;
    if (queue.dropped > 0 && !isFull) {
      isFull = true;
      say(`${entriesMax} wait, and more cannot: from now on the oldest make room for the new`);
    }
    if (ack) print(`ok ${++acknowledged}`);
    reporter.wake();
  }
}

/** Until the disk takes it nothing more is read: who feeds this program waits too. False when interrupted before. */
async function onDisk(
  written: Promise<void>,
  { queue, signal, say }: Pick<Taking, 'queue' | 'signal' | 'say'>,
): Promise<boolean> {
  for (let attempt = written; ; attempt = queue.flush())
    try {
      await attempt;
      return true;
    } catch (error) {
      say(`${(error as Error).message}; next attempt in ${diskMs / 1000} s`);
      await pause(diskMs, signal);
      if (signal.aborted) return false;
    }
}

function showProgress(progress: Progress, accepted: number, waiting: number): void {
  // Who types readings in wants to see what he types.
  if (accepted > 0 && !process.stdin.isTTY) progress.show(accepted - waiting, accepted);
}

/** What was sent last may not be noted yet, when the disk has refused it. */
async function noteTheEnd(queue: ReportQueue): Promise<void> {
  try {
    await queue.flush();
  } catch (error) {
    process.exitCode = 1;
    tell(
      `${(error as Error).message}: what was not acknowledged is not kept, and the next time some reports may be sent again, which a gateway notices within a week`,
    );
  }
}

function finish(
  { json }: ReportFlags,
  {
    reporter,
    queue,
    accepted,
    problems,
  }: { reporter: Reporter; queue: ReportQueue; accepted: number; problems: number },
): void {
  const { sent, refused, failures, batches } = reporter.counters;
  const waiting = queue.length;
  if (json)
    printJson({ accepted, sent, refused, dropped: queue.dropped, waiting, problems, batches, failures });
  else {
    const more = [
      refused && `${refused} refused and set aside`,
      queue.dropped && `${queue.dropped} dropped since the queue was full`,
      waiting && `${waiting} waiting on disk for the next time`,
      problems && `${counted(problems, 'line')} not taken`,
    ].filter(Boolean);
    print(`sent ${sent}/${accepted}${more.length ? `; ${more.join('; ')}` : ''}`);
  }
  if (sent < accepted || problems > 0) process.exitCode = 1;
}

/** JSON lines; a line without `sensor_id` is of `sensor`. Each gets the time at which it came, if it has none. */
async function* fromLines(sensor: string | undefined, signal: AbortSignal): Input {
  if (process.stdin.isTTY)
    tell('one reading a line, as {"sensor_id":"room_1","temperature":21.5}; Ctrl-D ends');
  let number = 0;
  for await (const line of linesOf(process.stdin, signal)) {
    number++;
    if (line === undefined) yield { problem: `line ${number}: longer than ${lineMax} characters` };
    if (line === undefined || line.trim() === '') continue;
    let json: unknown;
    try {
      // Some programs on Windows begin with a byte order mark.
      json = JSON.parse(number === 1 ? line.replace(/^\ufeff/, '') : line);
    } catch {
      yield { problem: `line ${number}: no JSON` };
      continue;
    }
    const now = Date.now();
    // With an identifier of its own, a line needs none from the command line.
    const named = typeof json === 'object' && json !== null && 'sensor_id' in json;
    const reading = readingOrProblem(json, now, named ? undefined : sensor);
    if (typeof reading === 'string') yield { problem: `line ${number}: ${reading}` };
    else yield { sensor: reading.sensor, report: { timestamp: reading.atMs / 1000, ...reading.values } };
  }
}

/** Without their newlines; undefined for each that is too long to be a reading. Ends when aborted. */
async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<string | undefined> {
  let rest = '';
  let isTooLong = false;
  try {
    for await (const chunk of addAbortSignal(signal, input).setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        yield isTooLong || line.length > lineMax ? undefined : line;
        isTooLong = false;
      }
      isTooLong ||= rest.length > lineMax;
      if (isTooLong) rest = '';
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (rest !== '' || isTooLong) yield isTooLong ? undefined : rest;
}

async function* simulated(flags: ReportFlags, signal: AbortSignal): Input {
  const sensors = wholeNumber('--simulate', flags.simulate!, 1, 500);
  const everyMs = wholeNumber('--every', flags.every, 0, 86_400) * 1000;
  const count = flags.count === undefined ? Infinity : wholeNumber('--count', flags.count, 1, 999_999);
  const rooms = Array.from({ length: sensors }, () => new SimulatedRoom(random));
  const beat = rhythm(everyMs, signal);
  for (let round = 0; round < count; round++) {
    await beat();
    if (signal.aborted) return;
    for (const [index, room] of rooms.entries())
      yield {
        sensor: `${flags.sensor ?? 'simulated'}_${index + 1}`,
        report: { timestamp: Date.now() / 1000, ...room.next() },
      };
  }
}

/** Weather needs no better one, but one is at hand. */
function random(): number {
  return randomBytes(4).readUInt32LE() / 2 ** 32;
}
