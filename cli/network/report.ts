import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readingOrProblem } from '../../gateway/reading';
import { appendDurably, FileJournal, lockFolder, RotatingLog } from '../../network/report/files';
import { parseServer, postReports } from '../../network/report/http';
import { type Report, ReportQueue } from '../../network/report/queue';
import { Reporter } from '../../network/report/reporter';
import { SimulatedRoom } from '../../network/simulated';
import { wholeNumber } from '../start-options';
import { interrupted, pause } from './interrupt';
import { print, printJson, tell } from './print';
import { environment } from './this-computer';

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

/** Where reports come from: one at a time, until there are no more. */
type Input = AsyncIterable<{ sensor: string; report: Report } | { problem: string }>;

export async function reportCommand(flags: ReportFlags): Promise<void> {
  const server = parseServer(flags.server);
  const concurrency = wholeNumber('--concurrency', flags.concurrency, 1, 64);
  const waitMs = flags.wait === undefined ? Infinity : wholeNumber('--wait', flags.wait, 0, 86_400) * 1000;
  const limits = {
    bytes: wholeNumber('--log-size', flags.logSize, 1, 100_000) * 1024,
    count: wholeNumber('--log-count', flags.logCount, 1, 100),
  };
  const signal = interrupted();
  const input = flags.simulate === undefined ? fromLines(flags.sensor) : simulated(flags, signal);
  const folder =
    flags.state ??
    join(environment('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state'), 'lamplighter', 'report');
  const unlock = lockFolder(folder);
  try {
    const log = new RotatingLog(join(folder, 'report.log'), limits);
    const queue = await ReportQueue.open(
      new FileJournal(join(folder, 'queue.jsonl')),
      `report_${randomBytes(6).toString('hex')}`,
    );
    const reporter = new Reporter({
      queue,
      post: (sensor, key, reports) => postReports(server, sensor, key, reports, Date.now),
      setAside: async ({ key, entries }, { status, reason }) => {
        const reports = entries.map(({ sensor, report }) => ({ sensor, report }));
        appendDurably(
          join(folder, 'dead-letter.jsonl'),
          JSON.stringify({ at: new Date().toISOString(), status, reason, key, reports }),
        );
        tell(
          `${entries.length} refused with ${status}, set aside in ${join(folder, 'dead-letter.jsonl')}: ${reason}`,
        );
      },
      log: (line) => log.write(`${new Date().toISOString()} ${line}`),
      after: (ms, then) => {
        tell(`the server does not take reports: next attempt in ${ms / 1000} s, ${queue.length} wait`);
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
      concurrency,
    });
    if (queue.length > 0) tell(`${queue.length} reports were left from the last time`);
    const left = queue.length;
    reporter.wake();
    const taken = await takeAll(input, queue, reporter, flags.ack ?? false, signal);
    if (!signal.aborted) await Promise.race([reporter.idle(), pause(waitMs, signal)]);
    await reporter.stop();
    await finish(flags, { reporter, queue, accepted: taken.accepted + left, problems: taken.problems });
  } finally {
    unlock();
  }
}

/** On disk first, then acknowledged, then sent. */
async function takeAll(
  input: Input,
  queue: ReportQueue,
  reporter: Reporter,
  ack: boolean,
  signal: AbortSignal,
) {
  const taken = { accepted: 0, problems: 0 };
  const stop = new Promise<IteratorResult<never>>((resolve) =>
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
  );
  const items = input[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const next = await Promise.race([items.next(), stop]);
    if (next.done) break;
    if ('problem' in next.value) {
      taken.problems++;
      tell(next.value.problem);
      continue;
    }
    await queue.add([next.value]);
    taken.accepted++;
    if (ack) print(`ok ${taken.accepted}`);
    reporter.wake();
  }
  return taken;
}

async function finish(
  { json }: ReportFlags,
  {
    reporter,
    queue,
    accepted,
    problems,
  }: { reporter: Reporter; queue: ReportQueue; accepted: number; problems: number },
): Promise<void> {
  const { sent, refused, failures, batches } = reporter.counters;
  const waiting = queue.length;
  if (json)
    printJson({ accepted, sent, refused, dropped: queue.dropped, waiting, problems, batches, failures });
  else {
    const more = [
      refused && `${refused} refused and set aside`,
      queue.dropped && `${queue.dropped} dropped since the queue was full`,
      waiting && `${waiting} wait on disk for the next time`,
      problems && `${problems} lines were no readings`,
    ].filter(Boolean);
    print(`sent ${sent}/${accepted}${more.length ? `; ${more.join('; ')}` : ''}`);
  }
  if (sent < accepted || problems > 0) process.exitCode = 1;
}

/** JSON lines; a line without `sensor_id` is of `sensor`. Each gets the time at which it came, if it has none. */
async function* fromLines(sensor: string | undefined): Input {
  if (process.stdin.isTTY)
    tell('one reading a line, as {"sensor_id":"room_1","temperature":21.5}; Ctrl-D ends');
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number++;
    if (line.trim() === '') continue;
    let json: unknown;
    try {
      json = JSON.parse(line);
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

async function* simulated(flags: ReportFlags, signal: AbortSignal): Input {
  const sensors = wholeNumber('--simulate', flags.simulate!, 1, 500);
  const everyMs = wholeNumber('--every', flags.every, 0, 86_400) * 1000;
  const count = flags.count === undefined ? Infinity : wholeNumber('--count', flags.count, 1, 999_999);
  const rooms = Array.from({ length: sensors }, () => new SimulatedRoom(random));
  for (let round = 0; round < count && !signal.aborted; round++) {
    if (round > 0) await pause(everyMs, signal);
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
