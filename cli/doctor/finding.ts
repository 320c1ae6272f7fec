/** `unknown`: could not be looked at, which is nobody's fault. */
export type Verdict = 'ok' | 'warning' | 'wrong' | 'unknown';

/** One line of the doctor's report. */
export interface Finding {
  /** What was looked at: `node`, `memory`. */
  subject: string;
  verdict: Verdict;
  text: string;
  /** What to do about it; nothing when all is well. */
  advice?: string;
}

export function ok(subject: string, text: string): Finding {
  return { subject, verdict: 'ok', text };
}

export function warning(subject: string, text: string, advice: string): Finding {
  return { subject, verdict: 'warning', text, advice };
}

export function wrong(subject: string, text: string, advice?: string): Finding {
  return { subject, verdict: 'wrong', text, ...(advice !== undefined && { advice }) };
}

export function unknown(subject: string, text: string, advice?: string): Finding {
  return { subject, verdict: 'unknown', text, ...(advice !== undefined && { advice }) };
}
