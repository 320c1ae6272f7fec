/** `unknown`: could not be looked at, which is nobody's fault. */
export type Verdict = 'ok' | 'warning' | 'wrong' | 'unknown';

/** What is looked at, in the order of the report. The table stands in docs/flashing.md. */
export const subjects = [
  'node',
  'config',
  'secrets',
  'port',
  'ports',
  'kit',
  'espruino',
  'board',
  'memory',
  'flash',
  'loader',
  'firmware',
  'kit.json',
  'boots',
  'network',
  'wifi',
  'broker',
  'link',
  'reach',
] as const;
export type Subject = (typeof subjects)[number];

/** One line of the doctor's report. */
export interface Finding {
  subject: Subject;
  verdict: Verdict;
  text: string;
  /** What to do about it; nothing when all is well. */
  advice?: string;
}

export function ok(subject: Subject, text: string): Finding {
  return { subject, verdict: 'ok', text };
}

export function warning(subject: Subject, text: string, advice: string): Finding {
  return { subject, verdict: 'warning', text, advice };
}

export function wrong(subject: Subject, text: string, advice?: string): Finding {
  return { subject, verdict: 'wrong', text, ...(advice !== undefined && { advice }) };
}

export function unknown(subject: Subject, text: string, advice?: string): Finding {
  return { subject, verdict: 'unknown', text, ...(advice !== undefined && { advice }) };
}
