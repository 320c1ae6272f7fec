import { closeSync, fsyncSync, openSync, writeSync, fstatSync } from 'node:fs';
import pc from 'picocolors';
import { noWifi, wifiInfo, wifiInterfaces } from '../../network/wifi/info';
import {
  csvHeader,
  csvRow,
  durationText,
  type Signal,
  SignalWatch,
  signalOf,
  sparkline,
  type Told,
} from '../../network/wifi/monitor';
import { qualityText } from '../../network/wifi/signal';
import { interrupted, pause } from '../network/interrupt';
import { brokerOf, KitWatch } from '../network/kit-signal';
import { printJson, tell } from '../network/print';
import { thisComputer } from '../network/this-computer';
import { wholeNumber } from '../start-options';

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
  const everyMs = wholeNumber('--every', flags.every, 1, 86_400) * 1000;
  const count = flags.count === undefined ? Infinity : wholeNumber('--count', flags.count, 1, 999_999);
  const watch = new SignalWatch(dbm(flags.warn));
  const signal = interrupted();
  const source = flags.source === undefined ? await computer(flags.interface) : await kit(flags, everyMs);
  // Opened first: a file that cannot be written is found out at once.
  const file = appendTo(flags.output);
  const seen: (number | undefined)[] = [];
  const live = process.stderr.isTTY;
  tell(`${source.name}: one row every ${everyMs / 1000} s into ${flags.output}; Ctrl-C ends it`);
  try {
    for (let looked = 0; looked < count && !signal.aborted; looked++) {
      if (looked) await pause(everyMs, signal);
      if (signal.aborted) break;
      const now = Date.now();
      const found = await source.look();
      file.append(csvRow(now, found ?? {}));
      if (flags.json) printJson({ timestamp: new Date(now).toISOString(), ...found });
      seen.push(found?.signal_dbm);
      if (seen.length > 500) seen.shift();
      for (const told of watch.look(now, found)) tell(`${live ? '\r\x1b[K' : ''}${sentence(told)}`);
      if (live) process.stderr.write(`\r\x1b[K${liveLine(seen, found)}`);
    }
  } finally {
    if (live) process.stderr.write('\n');
    file.close();
    source.stop();
  }
}

async function computer(name: string | undefined): Promise<Source> {
  const system = thisComputer();
  // What was never there cannot be waited for.
  if (name === undefined && (await wifiInterfaces(system)).length === 0) throw new Error(noWifi);
  return {
    name: name ?? 'WiFi',
    look: async () => {
      try {
        const info = await wifiInfo(system, name);
        return info.ssid === undefined ? undefined : signalOf(info);
      } catch (error) {
        // A stick that was pulled out is an outage as any other.
        if ((error as Error).message === noWifi || name !== undefined) return undefined;
        throw error;
      }
    },
    stop: () => undefined,
  };
}

/** A kit counts as gone when its status says so, or when three periods bring nothing. */
async function kit({ source, broker }: MonitorFlags, everyMs: number): Promise<Source> {
  const number = /^kit:(.*)$/.exec(source!)?.[1];
  if (number === undefined)
    throw new Error(`--source: expected kit: and its number, as kit:2, got ${JSON.stringify(source)}`);
  const watch = new KitWatch(wholeNumber('--source kit:', number, 1, 9999), brokerOf(broker), Date.now);
  const silentMs = Math.max(3 * everyMs, 35_000);
  watch.onOutage = (offlineS, reason) =>
    tell(`kit ${number} was out for ${durationText(offlineS * 1000)}: ${reason}`);
  await watch.start();
  const startMs = Date.now();
  return {
    name: `kit ${number}`,
    look: () => {
      const { atMs, status, signal_dbm } = watch.seen;
      const silent = Date.now() - (atMs || startMs) > silentMs;
      if (status === 'offline' || silent || (atMs === 0 && status === undefined))
        return Promise.resolve(undefined);
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
  let file: number;
  try {
    file = openSync(path, 'a');
  } catch (error) {
    throw new Error(`--output: cannot write ${path}: ${(error as Error).message}`);
  }
  const append = (line: string) => {
    writeSync(file, line + '\n');
    try {
      fsyncSync(file);
    } catch {
      // A pipe or a terminal has nothing to flush.
    }
  };
  if (fstatSync(file).size === 0) append(csvHeader);
  return { append, close: () => closeSync(file) };
}

function dbm(text: string): number {
  const value = Number(text);
  if (/^-?\d{1,3}$/.test(text) && value >= -120 && value <= 0) return value;
  throw new Error(`--warn: expected dBm from -120 to 0, as -70, got ${JSON.stringify(text)}`);
}
