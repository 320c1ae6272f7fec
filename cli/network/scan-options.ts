import { setTimeout as sleep } from 'node:timers/promises';
import { Pace } from '../../network/discover/pace';
import { wholeNumber } from '../start-options';

export interface ScanFlags {
  timeout: string;
  concurrency: string;
  rate: string;
}

/** How fast a scan goes. Throws a sentence. */
export function scanOptions({ timeout, concurrency, rate }: ScanFlags): { timeoutMs: number; pace: Pace } {
  return {
    timeoutMs: wholeNumber('--timeout', timeout, 50, 60_000),
    pace: new Pace({
      concurrency: wholeNumber('--concurrency', concurrency, 1, 1024),
      perSecond: wholeNumber('--rate', rate, 1, 10_000),
      now: performance.now.bind(performance),
      sleep,
    }),
  };
}
