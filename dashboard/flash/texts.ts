import type { FlashStep } from '../../flashing';
import type { After, ProblemKind } from './problem';
import type { Outcome } from './session';
import { en } from './texts-en';
import { ko } from './texts-ko';

/** All that the page says; sentences are whole, so that each language has its own order of words. */
export interface FlashTexts {
  title: string;
  lead: string;
  /** Where the page cannot flash: why, and what to do instead. */
  notSecure: string;
  noFilesHere: string;
  noWebSerial: string;
  runThis: string;
  openElsewhere: string;
  loading: string;
  needs: string[];
  choose: string;
  choosing: string;
  connecting: string;
  pressReset: string;
  cancel: string;
  found: string;
  espruino: string;
  mac: string;
  runs: string;
  runsKit: (slot: string, kit: number) => string;
  runsSlot: (slot: string) => string;
  runsNothing: string;
  free: string;
  bytes: (count: string) => string;
  kit: string;
  kitOption: (kit: number, board: string, mac: string | undefined) => string;
  kitNone: string;
  flash: string;
  letGo: string;
  steps: Record<FlashStep, string>;
  progress: string;
  written: (percent: number) => string;
  keepPlugged: string;
  mayUnplug: string;
  stop: string;
  dontWait: string;
  boardSays: string;
  done: Record<Outcome, (kit: number, bytes: string) => string>;
  notOnlineAdvice: string;
  another: string;
  again: string;
  failed: string;
  problems: Record<ProblemKind, string>;
  after: Record<After, string>;
  detail: string;
}

export const flashTexts: Record<'en' | 'ko', FlashTexts> = { en, ko };
