import { appendFileSync, closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs';
import pc from 'picocolors';
import { writeProblem } from '../../network/file-problem';
import { noWifi, wifiInfo, wifiInterface } from '../../network/wifi/info';
import {
  durationText,
  isSignal,
  type Signal,
  SignalWatch,
  signalOf,
  sparkline,
  type Told,
} from '../../network/wifi/monitor';
import { qualityText } from '../../network/wifi/signal';
import { duration } from '../network/duration';
import { Interrupted, interrupted, rhythm, within } from '../network/interrupt';
import { isPresent, KitWatch } from '../network/kit-signal';
import { note, printJsonLine, tell } from '../network/print';
import { csvHeader, csvRow } from './signal-csv';
import { thisComputer } from '../network/this-computer';
import { brokerOf, wholeNumber } from '../start-options';
import { printable } from '../view/text';

export interface MonitorFlags {
  interface?: string;
  source?: string;
  broker?: string;
  every: string;
  warn: string;
  output: string;
  count?: string;
  json?: boolean;
}

/** Where signals come from: undefined when there is no network. */
interface Source {
  name: string;
  look(): Promise<Signal | undefined>;
  stop(): void;
}

export async function wifiMonitorCommand(flags: MonitorFlags): Promise<void> {
  const everyMs = duration('--every', flags.every, 1000);
  const count = flags.count === undefined ? Infinity : wholeNumber('--count', flags.count, 1, 999_999);
  const watch = new SignalWatch(dbm(flags.warn));
  const signal = interrupted();
  const source =
    flags.source === undefined
      ? await computer(flags.interface, signal)
      : await kit(flags.source, flags.broker, signal);
  const seen: (number | undefined)[] = [];
  const live = process.stderr.isTTY;
  let file: ReturnType<typeof appendTo> | undefined;
  try {
    file = appendTo(flags.output);
    tell(`${source.name}: one row every ${everyMs / 1000} s into ${flags.output}; Ctrl-C ends it`);
    const beat = rhythm(everyMs, signal);
    for (let looked = 0; looked < count; looked++) {
      await beat();
      signal.throwIfAborted();
      const now = Date.now();
      const found = await source.look();
      // Ctrl-C ends the programs of a look as well: what they did not say is no outage.
      signal.throwIfAborted();
      file.append(csvRow(now, found ?? {}));
      if (flags.json) printJsonLine({ timestamp: new Date(now).toISOString(), ...found });
      seen.push(found?.signal_dbm);
      if (seen.length > 500) seen.shift();
      for (const told of watch.look(now, found)) note(sentence(told));
      if (live) process.stderr.write(`\r\x1b[K${liveLine(seen, found)}`);
    }
  } catch (error) {
    // Without --count there is no other end.
    if (!(error instanceof Interrupted && count === Infinity)) throw error;
  } finally {
    if (live && seen.length > 0) process.stderr.write('\n');
    file?.close();
    source.stop();
  }
}

async function computer(name: string | undefined, signal: AbortSignal): Promise<Source> {
  const system = thisComputer(signal);
  // What was never there cannot be waited for.
  const first = await wifiInterface(system, name);
  return {
    name: name ?? first,
    look: async () => {
      try {
        const found = signalOf(await wifiInfo(system, name));
        return isSignal(found) ? found : undefined;
      } catch (error) {
        // A stick that was pulled out is an outage as any other.
        const isOut = (error as Error).message === noWifi || name !== undefined;
        if (error instanceof Interrupted || !isOut) throw error;
        return undefined;
      }
    },
    stop: () => undefined,
  };
}

const retainedMs = 1000;

async function kit(source: string, broker: string | undefined, signal: AbortSignal): Promise<Source> {
  const number = /^kit:(.*)$/.exec(source)?.[1];
  if (number === undefined)
    throw new Error(`--source: expected kit: and its number, as kit:2, got ${JSON.stringify(source)}`);
  const watch = new KitWatch(wholeNumber('--source kit:', number, 1, 9999), brokerOf(broker), Date.now);
  watch.onOutage = (offlineS, reason) =>
    note(`kit ${number} was out for ${durationText(offlineS * 1000)}: ${printable(reason)}`);
  watch.onBroker = (state) =>
    note(
      state === 'back'
        ? 'the broker is back'
        : 'the broker is gone: what the kit does is not known until it is back',
    );
  await watch.start(signal);
  // What the kit has left at the broker comes at once: without it the first look would find nobody.
  await within(retainedMs, signal, (happened) => (watch.onStatus = happened));
  return {
    name: `kit ${number}`,
    look: () => {
      if (!isPresent(watch.seen, Date.now())) return Promise.resolve(undefined);
      const { signal_dbm } = watch.seen;
      return Promise.resolve({
        ssid: `kit_${number}`,
        ...(signal_dbm !== undefined && { signal_dbm, quality: qualityText(signal_dbm) }),
      });
    },
    stop: () => watch.stop(),
  };
}

function sentence(told: Told): string {
  switch (told.type) {
    case 'weak':
      return pc.yellow(`weak signal: ${told.signalDbm} dBm, below ${told.warnDbm} dBm`);
    case 'strong again':
      return `signal is better again: ${told.signalDbm} dBm`;
    case 'gone':
      return pc.red(`network gone at ${new Date(told.atMs).toISOString()}`);
    case 'back':
      return pc.green(
        `network back at ${new Date(told.atMs).toISOString()}, out for ${durationText(told.outMs)}`,
      );
  }
}

function liveLine(seen: readonly (number | undefined)[], found: Signal | undefined): string {
  const now = found?.signal_dbm === undefined ? (found ? '? dBm' : 'no network') : `${found.signal_dbm} dBm`;
  const width = Math.max((process.stderr.columns || 80) - now.length - 2, 10);
  return `${sparkline(seen, width)} ${now}`;
}

/** Appends whole lines and has each on the disk before it goes on: safe to interrupt, or to cut the power of. */
function appendTo(path: string) {
  const guarded = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw writeProblem(path, error);
    }
  };
  const file = guarded(() => openSync(path, 'a+'));
  const append = (line: string) =>
    guarded(() => {
      appendFileSync(file, line + '\n');
      // A pipe or a terminal has nothing to flush.
      if (fstatSync(file).isFile()) fsyncSync(file);
    });
  const { size } = fstatSync(file);
  if (size === 0) append(csvHeader);
  // The last line was cut off, by a full disk or with the power.
  else if (lastByte(file, size) !== '\n') append('');
  return { append, close: () => closeSync(file) };
}

function lastByte(file: number, size: number): string {
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, size - 1);
  return byte.toString('latin1');
}

function dbm(text: string): number {
  const value = Number(text);
  if (/^-?\d{1,3}$/.test(text) && value >= -120 && value <= 0) return value;
  throw new Error(`--warn: expected dBm from -120 to 0, as -70, got ${JSON.stringify(text)}`);
}
