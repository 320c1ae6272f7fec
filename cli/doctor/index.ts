import { readConfiguration } from './computer';
import { type DoctorOptions, examine } from './doctor';
import { findingLines, summaryOf } from './report';

export interface DoctorCommand extends DoctorOptions {
  /** kit.config.ts */
  config: string;
  json: boolean;
}

/** `lamplighter doctor`: returns the exit code, 0 only when nothing is wrong. */
export async function doctor(options: DoctorCommand, print: (line: string) => void): Promise<number> {
  const { findings, exitCode } = await examine(
    options,
    await readConfiguration(options.config),
    (finding) => {
      if (!options.json) findingLines(finding).forEach(print);
    },
  );
  if (options.json) print(JSON.stringify({ ok: exitCode === 0, findings }, null, 2));
  else print(summaryOf(findings));
  return exitCode;
}
