/**
 * The files `boots0` and `boots1`, used by turns: a base of 8 digits, then two bytes for each boot: how many boots before it
 * crashed in a row, written as it starts, and a `1` once it went well.
 */
const baseLength = 8;
const bytesPerBoot = 2;
const unwritten = '\xff';

export interface BootCount {
  /** Number of the latest boot, from 1. */
  boot: number;
  /** How many boots in a row crashed before it. */
  crashes: number;
  /** It ran for a minute, or was told to restart. */
  wentWell: boolean;
}

/** What the two files tell; undefined when the loader has never counted. */
export function readBootCount(files: string[]): BootCount | undefined {
  return files
    .map(readFile)
    .reduce((best, one) => (one && (!best || one.boot > best.boot) ? one : best), undefined);
}

function readFile(file: string): BootCount | undefined {
  const base = /^\d{8}/.exec(file)?.[0];
  if (base === undefined) return undefined;
  const boots = file.slice(baseLength);
  let count = 0;
  while (count * bytesPerBoot < boots.length && boots[count * bytesPerBoot] !== unwritten) count++;
  if (count === 0) return undefined;
  const [crashes, good] = boots.slice((count - 1) * bytesPerBoot);
  return { boot: Number(base) + count, crashes: Number(crashes) || 0, wentWell: good === '1' };
}
