import type { WifiInfo } from './network';

/** What the monitor looks at, be it this computer or a kit. */
export interface Signal {
  ssid?: string;
  signal_dbm?: number;
  quality?: string;
}

/** What is to be told after a look. */
export type Told =
  | { type: 'weak'; signalDbm: number; warnDbm: number }
  | { type: 'strong again'; signalDbm: number }
  | { type: 'gone'; atMs: number }
  | { type: 'back'; atMs: number; outMs: number };

/** Whether there is a network. Without iw, nmcli and iwconfig nobody tells its name, but /proc still tells its signal. */
export function isSignal({ ssid, signal_dbm }: Signal): boolean {
  return Boolean(ssid) || signal_dbm !== undefined;
}

/** Remembers what the last look saw. Told once when it changes, not at each look. */
export class SignalWatch {
  #goneMs: number | undefined;
  #weak = false;

  constructor(private readonly warnDbm: number) {}

  /** Undefined: there is no network. */
  look(atMs: number, signal: Signal | undefined): Told[] {
    if (!signal || !isSignal(signal)) {
      if (this.#goneMs !== undefined) return [];
      this.#goneMs = atMs;
      return [{ type: 'gone', atMs }];
    }
    const told: Told[] = [];
    if (this.#goneMs !== undefined) {
      told.push({ type: 'back', atMs, outMs: atMs - this.#goneMs });
      this.#goneMs = undefined;
    }
    const dbm = signal.signal_dbm;
    if (dbm !== undefined && dbm < this.warnDbm !== this.#weak) {
      this.#weak = !this.#weak;
      told.push(
        this.#weak
          ? { type: 'weak', signalDbm: dbm, warnDbm: this.warnDbm }
          : { type: 'strong again', signalDbm: dbm },
      );
    }
    return told;
  }
}

const bars = '▁▂▃▄▅▆▇█';

/** The last signals as bars, -90 dBm and less the lowest, -40 and more the highest; a gap where there was no network. */
export function sparkline(signals: readonly (number | undefined)[], width: number): string {
  return signals
    .slice(-width)
    .map((dbm) => {
      if (dbm === undefined) return ' ';
      const step = Math.floor(((dbm + 90) / 50) * bars.length);
      return bars[Math.min(Math.max(step, 0), bars.length - 1)];
    })
    .join('');
}

/** `58 s`, `2 min 5 s`, `3 h 0 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** The part of a connection that the monitor writes down. */
export function signalOf({ ssid, signal_dbm, quality }: WifiInfo): Signal {
  return {
    ...(ssid !== undefined && { ssid }),
    ...(signal_dbm !== undefined && { signal_dbm }),
    ...(quality !== undefined && { quality }),
  };
}
