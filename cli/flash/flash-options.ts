import { parsePort } from '../board-console';
import { wholeNumber } from '../start-options';

export interface RawFlashOptions {
  port?: string[];
  kit?: string;
  config?: string;
  configOnly?: true;
  dryRun?: true;
  runtime?: string;
  timeout?: string;
  ui?: true;
}

export interface FlashOptions {
  /** Empty: the only one on USB. */
  ports: string[];
  /** One for each port, in their order. Empty: what the boards are already, or the only kit there is. */
  kits: number[];
  configOnly: boolean;
  dryRun: boolean;
  /** Espruino's image, to be written first. */
  runtime: string | undefined;
  timeoutMs: number;
}

const timeoutS = 120;

/** Stands under `--help`; docs/flashing.md says what to do about each. */
export const flashExitCodes = `A board that loses its power boots what it booted before, or the new. Only where flash announces that it erases
first, it has no firmware then, and is to be flashed again.

Exit codes:
   0  done
   1  anything else, such as a build that failed
   2  an option that cannot be meant
   3  no such port           4  no permission          5  port in use
   6  the board is silent    7  no Espruino on it      8  password refused
   9  kit.config.ts or .env is wrong
  10  not enough flash      11  upload failed         12  verification failed
  13  flashed, not online   14  not the kit's board   15  Espruino not written`;

/** Throws one sentence for what cannot be meant. */
export function parseFlashOptions(raw: RawFlashOptions): FlashOptions {
  const ports = raw.port ?? [];
  for (const port of ports) parsePort(port);
  const twice = ports.find((port, index) => ports.indexOf(port) !== index);
  if (twice !== undefined) throw new Error(`-p: ${twice} is named twice`);
  const kits = (raw.kit?.split(',') ?? []).map((text) => wholeNumber('--kit', text.trim(), 1, 9999));
  if (new Set(kits).size < kits.length)
    throw new Error(`--kit: each board is a kit of its own, got ${raw.kit}`);
  const boards = Math.max(1, ports.length);
  if (kits.length > 0 && kits.length !== boards) {
    throw new Error(`--kit: expected as many numbers as boards (-p), ${boards}, got ${raw.kit}`);
  }
  if (raw.runtime !== undefined && ports.some((port) => parsePort(port).kind === 'tcp')) {
    throw new Error('--runtime: Espruino itself is written over USB only');
  }
  return {
    ports,
    kits,
    configOnly: raw.configOnly ?? false,
    dryRun: raw.dryRun ?? false,
    runtime: raw.runtime,
    timeoutMs: 1000 * wholeNumber('--timeout', raw.timeout ?? String(timeoutS), 1, 3600),
  };
}

/** The options of `--ui`: the browser does the rest. Throws one sentence for what cannot be meant. */
export function parseFlashUiOptions(raw: RawFlashOptions): { kit: number | undefined } {
  const others = { '-p': raw.port, '--config-only': raw.configOnly, '--dry-run': raw.dryRun };
  const more = { '--runtime': raw.runtime, '--timeout': raw.timeout };
  const named = Object.entries({ ...others, ...more }).find(([, value]) => value !== undefined);
  if (named) throw new Error(`${named[0]}: means nothing with --ui, where the browser flashes`);
  return { kit: raw.kit === undefined ? undefined : wholeNumber('--kit', raw.kit, 1, 9999) };
}
