import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../build/root';
import { compareBytes, compareVariables, readBudget } from './budget';
import { textFigures, type Figures } from './figures';

test('dist/firmware.js weighs what budget.json says', async () => {
  expect(compareBytes(await readBudget(), await textFigures(join(root, 'dist')))).toEqual([]);
});

test('every byte of the bundle belongs to a module', async () => {
  const { bytes, modules } = await textFigures(join(root, 'dist'));
  expect(Object.values(modules).reduce((sum, part) => sum + part)).toBe(bytes);
});

const accepted: Figures = {
  bytes: 10_000,
  gzip: 5000,
  variablesAtRest: 400,
  variablesPeak: 600,
  phases: { boot: 600, commands: 550, telemetry: 540, reconnect: 530, burst: 520 },
  modules: { 'device/main.ts': 6000, 'shared/kit.ts': 4000 },
};

describe('the budget', () => {
  test('names the modules that grew, the most first, and what became smaller last', () => {
    const modules = { 'device/main.ts': 6100, 'shared/kit.ts': 3990, 'shared/new.ts': 300 };
    expect(compareBytes(accepted, { ...accepted, bytes: 10_390, modules })).toEqual([
      'dist/firmware.js grew by 390 bytes, from 10000 to 10390 (shared/new.ts +300, device/main.ts +100, shared/kit.ts -10); ' +
        'if that is meant, npm run size -- --save writes it to budget.json',
    ]);
  });

  test('asks to keep what was won', () => {
    const modules = { 'device/main.ts': 6000, 'shared/kit.ts': 3000 };
    const [sentence] = compareBytes(accepted, { ...accepted, bytes: 9000, modules });
    expect(sentence).toMatch(/^dist\/firmware\.js shrank by 1000 bytes, .*\(shared\/kit\.ts -1000\); if/);
  });

  test('names the phase whose peak grew', () => {
    const phases = { ...accepted.phases!, burst: 560 };
    expect(compareVariables(accepted, { ...accepted, phases })).toEqual([
      'the peak of burst grew by 40 variables, from 520 to 560; ' +
        'if that is meant, npm run size -- --save writes it to budget.json',
    ]);
  });

  test('lets figures differ as they do from run to run', () => {
    const phases = { ...accepted.phases!, telemetry: 550 };
    const now = { ...accepted, bytes: 10_010, variablesAtRest: 402, phases };
    expect(compareBytes(accepted, now)).toEqual([]);
    expect(compareVariables(accepted, now)).toEqual([]);
  });

  test('lets no variable creep in at rest', () => {
    const [sentence] = compareVariables(accepted, { ...accepted, variablesAtRest: 410 });
    expect(sentence).toMatch(/^at rest grew by 10 variables, from 400 to 410;/);
  });
});
