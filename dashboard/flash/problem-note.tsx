import type { ComponentChildren } from 'preact';
import type { Problem } from './problem';
import type { FlashTexts } from './texts';

/** What went wrong, what it has left behind, and what to do; in words first, then as the parts of it said it. */
export function ProblemNote(given: { texts: FlashTexts; problem: Problem; children?: ComponentChildren }) {
  const { texts, problem, children } = given;
  const { kind, after, detail } = problem;
  return (
    <div class="note warning" role="alert">
      <h2>{texts.failed}</h2>
      <p>{texts.problems[kind]}</p>
      {kind !== 'no-files' && <p>{texts.after[after]}</p>}
      <details>
        <summary>{texts.detail}</summary>
        <p class="flash-detail" lang="en">
          {detail}
        </p>
      </details>
      {children}
    </div>
  );
}
