import type { Reporter, TestModule } from 'vitest/node';

interface Count {
  run: number;
  passed: number;
  /** Passed, but not at the first try. */
  again: number;
}

/** One line for each form of the interpreter and each list of cases: how many ran, and how many passed. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, Count>();
    for (const module of modules) {
      const list = module.relativeModuleId.replace(/^.*\/|\.engine\.ts$/g, '');
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'skipped' || state === 'pending') continue;
        const form = test.fullName.split(' > ')[0]!.replaceAll("'", '');
        const key = `${form.padEnd(18)} ${list.padEnd(16)}`;
        const count = counts.get(key) ?? { run: 0, passed: 0, again: 0 };
        counts.set(key, count);
        count.run++;
        if (state !== 'passed') continue;
        count.passed++;
        if (test.diagnostic()?.flaky) count.again++;
      }
    }
    console.log('\nform               list                  ran  passed');
    for (const [key, { run, passed, again }] of [...counts].sort()) {
      const note = again > 0 ? `  (${again} at the second try)` : '';
      console.log(`${key} ${String(run).padStart(8)} ${String(passed).padStart(7)}${note}`);
    }
  }
}
