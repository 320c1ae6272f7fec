import { beforeAll, describe, expect, test } from 'vitest';
import { findForms } from './interpreter';
import { interpreterPrints } from './probes/probe';
import { startMs } from './probes/program';
import { runInterpreter, runStart } from './probes/real';
import { starts } from './probes/starts';
import { subjects } from './probes/subjects';

/** A busy computer may be late in the middle of a probe; then it is run again, alone. */
const repeats = 2;

const forms = await findForms(process.env);

describe.concurrent.each(forms)('starts on $name for $chip', (form) => {
  test.each(starts)('$title', async (start) => {
    const expected = interpreterPrints(start, form.chip, form.name);
    let found = await runStart(form, start.files, startMs);
    for (let i = 1; found !== expected && i <= repeats; i++)
      found = await runStart(form, start.files, startMs * (1 + i));
    expect(found).toBe(expected);
  });
});

describe.each(forms)('probes on $name for $chip', (form) => {
  describe.each(subjects)('$name', (subject) => {
    let printed: string[] = [];
    beforeAll(async () => {
      printed = await runInterpreter(form, subject);
    }, 120_000);

    test.each(subject.probes.map((probe, i) => ({ probe, i, title: probe.title })))(
      '$title',
      async ({ probe, i }) => {
        const expected = interpreterPrints(probe, form.chip, form.name);
        let found = printed[i];
        for (let left = repeats; found !== expected && left > 0; left--)
          [found] = await runInterpreter(form, { ...subject, probes: [probe] });
        expect(found).toBe(expected);
      },
    );
  });
});
