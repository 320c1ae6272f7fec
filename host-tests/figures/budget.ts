import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../build/root';
import type { Figures } from './figures';
import { phaseNames } from './phases';

/** The figures of the last measurement that was accepted. */
export const budgetFile = join(root, 'budget.json');

/**
 * What may change before the figures have to be renewed: little growth, so that nothing creeps in, and more of the
 * opposite, so that what was won is kept. A peak differs from run to run, as real sockets and timers meet differently.
 */
const bytesMay = { grow: 32, shrink: 128 };
const atRestMay = { grow: 4, shrink: 12 };
const peakMay = { grow: 24, shrink: 48 };

export async function readBudget(): Promise<Figures> {
  return JSON.parse(await readFile(budgetFile, 'utf8')) as Figures;
}

/** Figures that could not be measured this time stay as they were. */
export async function saveBudget(figures: Figures): Promise<void> {
  const before = figures.phases ? figures : await readBudget();
  const { variablesAtRest, variablesPeak, phases } = before;
  const saved: Figures = { ...figures, variablesAtRest, variablesPeak, phases };
  await writeFile(budgetFile, JSON.stringify(saved, undefined, 2) + '\n');
}

/** What is no longer as the budget says, as sentences for who changed it; none when all is. */
export function compareBytes(budget: Figures, now: Figures): string[] {
  const names = new Set([...Object.keys(budget.modules), ...Object.keys(now.modules)]);
  const modules = [...names].map((name) => ({
    name,
    change: (now.modules[name] ?? 0) - (budget.modules[name] ?? 0),
  }));
  return judge('dist/firmware.js', 'bytes', bytesMay, [budget.bytes, now.bytes], modules);
}

export function compareVariables(budget: Figures, now: Figures): string[] {
  if (!budget.phases || !now.phases) throw new Error('both figures need variables');
  const before = budget.phases;
  const after = now.phases;
  return [
    ...judge('at rest', 'variables', atRestMay, [budget.variablesAtRest!, now.variablesAtRest!]),
    ...phaseNames.flatMap((name) =>
      judge(`the peak of ${name}`, 'variables', peakMay, [before[name], after[name]]),
    ),
  ];
}

function judge(
  what: string,
  unit: string,
  may: { grow: number; shrink: number },
  [before, now]: [number, number],
  parts: { name: string; change: number }[] = [],
): string[] {
  const change = now - before;
  if (change <= may.grow && change >= -may.shrink) return [];
  const named = parts
    .filter((part) => part.change !== 0)
    .sort((a, b) => (b.change - a.change) * Math.sign(change))
    .map((part) => `${part.name} ${part.change > 0 ? '+' : ''}${part.change}`);
  const where = named.length > 0 ? ` (${named.join(', ')})` : '';
  const verb = change > 0 ? 'grew' : 'shrank';
  return [
    `${what} ${verb} by ${Math.abs(change)} ${unit}, from ${before} to ${now}${where}; ` +
      'if that is meant, npm run size -- --save writes it to budget.json',
  ];
}
