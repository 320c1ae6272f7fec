import { writeFileSync } from 'node:fs';
import { writeProblem } from '../../network/file-problem';
import { boardEchoMax } from '../../shared/echo';
import { compare, type Language, msText } from '../../network/bench/compare';
import { answer, parseAnswer, request, sizeMax, sizeMin } from '../../network/bench/message';
import { measureOverhead, type Overhead } from '../../network/bench/overhead';
import { svgPlot, terminalHistogram } from '../../network/bench/plot';
import { run, type Run } from '../../network/bench/run';
import { EchoServer, type OpenLine, tcpLine, udpLine } from '../../network/bench/sockets';
import { type Statistics, statisticsOf } from '../../network/bench/statistics';
import { wholeNumber } from '../start-options';
import { interrupted, pause } from './interrupt';
import { addressOf } from './private-address';
import { print, printJson, printTable, tell } from './print';
import { Progress } from './progress';

export interface ServeFlags {
  listen: string;
  udpPort: string;
  tcpPort: string;
  json?: boolean;
}

const clock = () => performance.now();
/** Finer than Date.now(), and as near to it as the start of the process. */
const wallClock = () => performance.timeOrigin + performance.now();

export async function benchServeCommand(flags: ServeFlags): Promise<void> {
  const server = new EchoServer({
    host: flags.listen,
    udpPort: wholeNumber('--udp-port', flags.udpPort, 0, 65_535),
    tcpPort: wholeNumber('--tcp-port', flags.tcpPort, 0, 65_535),
    now: wallClock,
  });
  const signal = interrupted();
  await server.start();
  const { udpPort, tcpPort, counters } = server;
  if (flags.json) printJson({ host: flags.listen, udpPort, tcpPort });
  else print(`echo on ${flags.listen}: UDP ${udpPort}, TCP ${tcpPort}; Ctrl-C ends it`);
  if (flags.listen === '127.0.0.1')
    tell('only this computer can reach it; --listen 0.0.0.0 lets the network in');
  while (!signal.aborted) await pause(3_600_000, signal);
  server.stop();
  tell(`answered ${counters.udp} over UDP and ${counters.tcp} over TCP, refused ${counters.refused}`);
}

export interface BenchFlags {
  count: string;
  size: string;
  every: string;
  timeout: string;
  warmUp: string;
  udpPort: string;
  tcpPort: string;
  protocol: string;
  kit?: string;
  kitUdpPort: string;
  kitTcpPort: string;
  lang: string;
  csv?: string;
  svg?: string;
  allowPublic?: boolean;
  json?: boolean;
}

type Protocol = 'udp' | 'tcp';

/** What answers. */
interface OtherEnd {
  kind: 'computer' | 'kit';
  host: string;
  address: string;
  ports: Record<Protocol, number>;
}

interface Measured {
  end: OtherEnd;
  protocol: Protocol;
  run: Run;
  statistics: Statistics;
}

export async function benchRunCommand(host: string | undefined, flags: BenchFlags): Promise<void> {
  const options = {
    count: wholeNumber('--count', flags.count, 1, 100_000),
    size: wholeNumber('--size', flags.size, sizeMin, sizeMax),
    everyMs: wholeNumber('--every', flags.every, 0, 60_000),
    timeoutMs: wholeNumber('--timeout', flags.timeout, 10, 60_000),
    warmUp: wholeNumber('--warm-up', flags.warmUp, 0, 10_000),
  };
  const language = languageOf(flags.lang);
  const protocols = protocolsOf(flags.protocol);
  if (flags.kit !== undefined && options.size > boardEchoMax)
    throw new Error(`--size: a kit answers messages of at most ${boardEchoMax} bytes, got ${options.size}`);
  const ends = await otherEnds(host, flags);
  const signal = interrupted();
  const overhead = measureOverhead(clock, emptyLoop(options.size));
  const measured: Measured[] = [];
  const failures: string[] = [];
  for (const end of ends) {
    for (const protocol of protocols) {
      if (signal.aborted) break;
      try {
        const one = await measure(end, protocol, options, signal);
        measured.push(one);
        if (one.statistics.answered === 0 && !signal.aborted)
          throw new Error(`${protocol.toUpperCase()} to ${end.host}:${end.ports[protocol]}: nobody answers`);
      } catch (error) {
        failures.push((error as Error).message);
        tell((error as Error).message);
      }
    }
  }
  const of = (kind: OtherEnd['kind']) =>
    ends.some((end) => end.kind === kind)
      ? byProtocol(measured.filter(({ end }) => end.kind === kind))
      : undefined;
  const words =
    protocols.length === 2 && !signal.aborted
      ? compare({ computer: of('computer'), kit: of('kit') }, language)
      : [];
  if (flags.json) printJson({ ...options, overhead, results: measured.map(jsonOf), failures, words });
  else show(measured, overhead, words);
  if (!signal.aborted) for (const end of ends) tellWhatIsMissing(end, measured);
  if (signal.aborted) process.exitCode = 130;
  else if (failures.length > 0) process.exitCode = 1;
  // Last: what was measured is on the screen already when a file cannot be written.
  if (flags.csv !== undefined) writeText(flags.csv, csv(measured));
  if (flags.svg !== undefined) writeText(flags.svg, plot(ends, options.size, measured));
}

/** To whoever got no answer at all from this end. */
function tellWhatIsMissing(end: OtherEnd, measured: readonly Measured[]): void {
  if (measured.some((one) => one.end === end && one.statistics.answered > 0)) return;
  const what =
    end.kind === 'kit' ? 'is echo switched on in kit.config.ts?' : 'start lamplighter bench serve there';
  tell(`${end.host}: ${what}`);
}

async function otherEnds(host: string | undefined, flags: BenchFlags): Promise<OtherEnd[]> {
  const end = async (
    kind: OtherEnd['kind'],
    host: string,
    [udpName, udpPort]: [string, string],
    [tcpName, tcpPort]: [string, string],
  ): Promise<OtherEnd> => ({
    kind,
    host,
    ports: {
      udp: wholeNumber(udpName, udpPort, 1, 65_535),
      tcp: wholeNumber(tcpName, tcpPort, 1, 65_535),
    },
    address: await addressOf(host, flags.allowPublic ?? false),
  });
  const { kit, udpPort, tcpPort, kitUdpPort, kitTcpPort } = flags;
  const ends = [];
  if (host !== undefined)
    ends.push(await end('computer', host, ['--udp-port', udpPort], ['--tcp-port', tcpPort]));
  if (kit !== undefined)
    ends.push(await end('kit', kit, ['--kit-udp-port', kitUdpPort], ['--kit-tcp-port', kitTcpPort]));
  if (ends.length === 0)
    throw new Error(
      'expected the address of a computer that runs lamplighter bench serve, or --kit with that of a kit',
    );
  return ends;
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw writeProblem(file, error);
  }
}

async function measure(
  end: OtherEnd,
  protocol: Protocol,
  options: { count: number; size: number; everyMs: number; timeoutMs: number; warmUp: number },
  signal: AbortSignal,
): Promise<Measured> {
  const { address, ports } = end;
  const open: OpenLine =
    protocol === 'udp'
      ? await udpLine(address, ports.udp)
      : await tcpLine(address, ports.tcp, options.timeoutMs);
  const progress = new Progress(titleOf({ end, protocol }));
  try {
    const tools = { ...options, now: clock, after, signal };
    // Compilers and caches at both ends warm up first, or whoever is measured first looks slower.
    const warm = { ...tools, count: options.warmUp, everyMs: 0, progress: progress.show };
    const before = options.warmUp > 0 ? await run(open, warm) : undefined;
    const silent = before?.roundTrips.every((time) => time === undefined) ?? false;
    const result = silent
      ? before!
      : await run(open, { ...tools, first: options.warmUp, progress: progress.show });
    return { end, protocol, run: result, statistics: statisticsOf(result.roundTrips, result.outOfOrder) };
  } finally {
    progress.end();
    open.close();
  }
}

function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** All that is done for a message but to send and receive it. */
function emptyLoop(size: number): (sequence: number) => void {
  const reply = answer(request(0, size), wallClock())!;
  return (sequence) => {
    request(sequence, size);
    clock();
    parseAnswer(reply);
    clock();
  };
}

function show(measured: readonly Measured[], overhead: Overhead, words: readonly string[]): void {
  const rows: [string, (statistics: Statistics) => string | number][] = [
    ['sent', ({ sent }) => sent],
    ['answered', ({ answered }) => answered],
    ['lost', ({ lost }) => lost],
    ['out of order', ({ outOfOrder }) => outOfOrder],
    ['min', ({ min }) => msText(min)],
    ['mean', ({ mean }) => msText(mean)],
    ['median', ({ median }) => msText(median)],
    ['p95', ({ p95 }) => msText(p95)],
    ['p99', ({ p99 }) => msText(p99)],
    ['max', ({ max }) => msText(max)],
    ['std. deviation', ({ deviation }) => msText(deviation)],
  ];
  if (measured.length > 0)
    printTable(
      ['', ...measured.map(titleOf)],
      rows.map(([name, value]) => [name, ...measured.map(({ statistics }) => value(statistics))]),
    );
  const width = Math.min(process.stdout.columns || 80, 100);
  for (const one of measured) {
    if (one.statistics.answered === 0) continue;
    print(`\n${titleOf(one)}: round trips`);
    for (const line of terminalHistogram(one.run.roundTrips, width)) print(line);
  }
  print(
    `\nOf this tool itself: clock step ${microseconds(overhead.clockStepMs)}, per message without a network ${microseconds(overhead.emptyLoopMs)}.`,
  );
  for (const paragraph of words) print(`\n${wrapped(paragraph, width)}`);
}

function microseconds(ms: number): string {
  return `${(ms * 1000).toFixed(ms < 0.001 ? 2 : 1)} µs`;
}

/** Breaks lines at blanks; a Korean letter is two columns wide. */
function wrapped(text: string, width: number): string {
  const lines = [''];
  let columns = 0;
  for (const word of text.split(' ')) {
    const wide = [...word].reduce((sum, char) => sum + (char >= '\u1100' ? 2 : 1), 0);
    if (columns && columns + 1 + wide > width) {
      lines.push('');
      columns = 0;
    }
    lines[lines.length - 1] += (columns ? ' ' : '') + word;
    columns += wide + (columns ? 1 : 0);
  }
  return lines.join('\n');
}

/** `UDP`, or `kit UDP`. */
function titleOf({ end, protocol }: Pick<Measured, 'end' | 'protocol'>): string {
  return (end.kind === 'kit' ? 'kit ' : '') + protocol.toUpperCase();
}

function csv(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ end, protocol, run }) =>
    run.roundTrips.map((time, sequence) =>
      [end.host, protocol, sequence, time?.toFixed(3) ?? '', run.serverMs[sequence]?.toFixed(3) ?? ''].join(
        ',',
      ),
    ),
  );
  return ['host,protocol,sequence,round_trip_ms,server_time_ms', ...rows].join('\n') + '\n';
}

const colors = {
  computer: { udp: '#0a7', tcp: '#06c' },
  kit: { udp: '#c70', tcp: '#a0a' },
};

function plot(ends: readonly OtherEnd[], size: number, measured: readonly Measured[]): string {
  return svgPlot(
    `Round trips of ${size} bytes to ${ends.map(({ host }) => host).join(' and ')}`,
    measured.map((one) => ({
      name: titleOf(one),
      color: colors[one.end.kind][one.protocol],
      roundTrips: one.run.roundTrips,
    })),
  );
}

function jsonOf({ end, protocol, statistics, run }: Measured): object {
  const rounded = Object.entries(statistics).map(([name, value]) => [
    name,
    isNaN(value) ? null : +value.toFixed(4),
  ]);
  const { kind, host, address } = end;
  return { kind, host, address, protocol, ...Object.fromEntries(rounded), repeated: run.repeated };
}

/** One that could not be measured has sent nothing. */
function byProtocol(measured: readonly Measured[]): { udp: Statistics; tcp: Statistics } {
  const of = (protocol: Protocol) =>
    measured.find((one) => one.protocol === protocol)?.statistics ?? statisticsOf([], 0);
  return { udp: of('udp'), tcp: of('tcp') };
}

function protocolsOf(text: string): Protocol[] {
  if (text === 'both') return ['udp', 'tcp'];
  if (text === 'udp' || text === 'tcp') return [text];
  throw new Error(`--protocol: expected udp, tcp or both, got ${JSON.stringify(text)}`);
}

function languageOf(text: string): Language {
  if (text === 'en' || text === 'ko') return text;
  throw new Error(`--lang: expected en or ko, got ${JSON.stringify(text)}`);
}
