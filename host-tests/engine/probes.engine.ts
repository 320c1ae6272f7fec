import { beforeAll, describe, expect, test } from 'vitest';
import { findForms } from './interpreter';
import { interpreterPrints } from './probes/probe';
import { runInterpreter } from './probes/real';
import { subjects } from './probes/subjects';

/** A busy computer may be late in the middle of a probe; then it is run again, alone. */
const repeats = 2;

const forms = await findForms(process.env);

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
