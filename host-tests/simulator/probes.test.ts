import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../build/root';
import { virtualBoardPrints } from '../engine/probes/probe';
import { subjects } from '../engine/probes/subjects';
import { starts } from '../engine/probes/starts';
import { runVirtual, runVirtualStart } from '../engine/probes/virtual';

describe.each(['esp8266', 'esp32'] as const)(
  'a virtual %s prints what the real interpreter prints',
  (chip) => {
    describe.each(subjects)('$name', (subject) => {
      const printed = runVirtual(chip, subject);

      test.each(subject.probes.map((probe, i) => ({ ...probe, i })))('$title', (probe) => {
        expect(printed[probe.i]).toBe(virtualBoardPrints(probe, chip));
      });
    });
  },
);

describe.each(['esp8266', 'esp32'] as const)('a virtual %s starts as the real interpreter does', (chip) => {
  test.each(starts)('$title', (start) => {
    expect(runVirtualStart(chip, start.files)).toBe(virtualBoardPrints(start, chip));
  });
});

const probes = [...subjects.flatMap((subject) => subject.probes), ...starts];

test('each probe has a title of its own', () => {
  const titles = probes.map(({ title }) => title);
  expect(titles.filter((title, i) => titles.indexOf(title) < i)).toEqual([]);
});

test('every difference is one, and has its reason in docs/virtual-board.md', () => {
  const docs = readFileSync(join(root, 'docs/virtual-board.md'), 'utf8');
  const named = (because: string): boolean => docs.includes(`- **${because}.**`);
  const differing = probes.filter(({ virtual, because }) => virtual !== undefined || because !== undefined);
  const wrong = differing.filter((probe) => {
    const same = (['esp8266', 'esp32'] as const).every(
      (chip) =>
        virtualBoardPrints(probe, chip) === virtualBoardPrints({ ...probe, virtual: undefined }, chip),
    );
    return same || probe.because === undefined || !named(probe.because);
  });
  expect(wrong.map(({ title }) => title)).toEqual([]);
});
