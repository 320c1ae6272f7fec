import { createInterface } from 'node:readline/promises';
import type { RescueTerminal } from './index';
import type { RemedyName } from './remedies';

/** The terminal of a process; nobody is asked where nobody can answer. */
export function rescueTerminal({ stdin, stdout }: NodeJS.Process): RescueTerminal {
  const print = (line: string): void => void stdout.write(`${line}\n`);
  if (!stdin.isTTY || !stdout.isTTY) return { print };
  return {
    print,
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stdout });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}

/** The one remedy that the command line names; throws when it names several. */
export function remedyOf(flags: {
  fallback?: true;
  safeMode?: true;
  erase?: true;
  restart?: true;
}): RemedyName | undefined {
  const named = (
    [
      ['fallback', flags.fallback],
      ['safe-mode', flags.safeMode],
      ['erase', flags.erase],
      ['restart', flags.restart],
    ] as const
  ).flatMap(([name, given]) => (given ? [name] : []));
  if (named.length > 1) throw new Error(`--${named.join(' and --')}: expected one of them`);
  return named[0];
}
