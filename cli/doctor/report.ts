import pc from 'picocolors';
import type { Finding, Verdict } from './finding';

const words: Record<Verdict, { word: string; paint: (text: string) => string }> = {
  ok: { word: 'ok', paint: pc.green },
  warning: { word: 'warning', paint: pc.yellow },
  wrong: { word: 'wrong', paint: pc.red },
  unknown: { word: 'not seen', paint: pc.dim },
};

/** The lines for one finding: verdict, subject and text, then what to do. */
export function findingLines({ subject, verdict, text, advice }: Finding): string[] {
  const { word, paint } = words[verdict];
  const lines = [`${paint(word.padEnd(8))}  ${subject.padEnd(8)}  ${text}`];
  if (advice !== undefined) lines.push(`${' '.repeat(20)}-> ${advice}`);
  return lines;
}

/** The last line. */
export function summaryOf(findings: Finding[]): string {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const parts = [
    [count('wrong'), 'wrong'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('unknown'), 'not seen'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return told.length === 0 ? 'All is well.' : `${told.join(', ')}; the rest is well.`;
}
