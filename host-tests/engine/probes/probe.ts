import type { ChipName } from '../../../simulator';

/** A small program that runs on the real interpreter and on the virtual board, and what it prints. */
export interface Probe {
  title: string;
  /** Runs as the body of a function; `busy(ms)` keeps the processor, `HOST` and `PORT` lead to the peer of peer.ts. */
  code: string;
  /** The lines as measured on the real interpreter: release 2v29 and head, in the forms of both chips. */
  prints: string;
  /** How long to listen to what the program has started, in ms; as the subject says when absent. */
  ms?: number;
  /** Where the repository's head, or the ESP32, prints something else. */
  except?: { head?: string; esp32?: string };
  /** What the virtual board prints instead, on both chips or on one: a difference that is known and left. */
  virtual?: string | Partial<Record<ChipName, string>>;
  /** The name of the difference as it stands in bold in docs/virtual-board.md. */
  because?: string;
}

export interface Subject {
  name: string;
  probes: readonly Probe[];
  /** How long to listen to each of the probes, in ms; one idle pass when absent. */
  ms?: number;
  /** The programs talk to the peer: the virtual board joins a network first. */
  network?: boolean;
}

type Options = Pick<Probe, 'ms' | 'except' | 'virtual' | 'because'>;

export function probe(title: string, code: string, prints: string, options: Options = {}): Probe {
  return { title, code, prints, ...options };
}

/** What the two boards print; not the program itself. */
type Printed = Pick<Probe, 'prints' | 'except' | 'virtual'>;

export function interpreterPrints({ prints, except = {} }: Printed, chip: ChipName, version: string): string {
  const own = version === '2v29' ? undefined : except.head;
  return own ?? (chip === 'esp32' ? except.esp32 : undefined) ?? prints;
}

export function virtualBoardPrints(probe: Printed, chip: ChipName): string {
  const { virtual } = probe;
  const own = typeof virtual === 'string' ? virtual : virtual?.[chip];
  return own ?? interpreterPrints(probe, chip, '2v29');
}
