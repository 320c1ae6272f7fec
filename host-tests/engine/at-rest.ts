import { expect } from 'vitest';
import { texts, topicOf } from '../conformance/verbs';
import { backMs, fillIdentifiers } from './hostile';
import type { EngineBench } from './engine-bench';

/** Variables by which two boards in the same state may differ: a number of the state that outgrew its name. */
const sameWithin = 2;
const samplePauseMs = 200;
/** Longer than the longest wait for an acknowledgement. */
const settledMs = 45_000;
/** How late the interpreter may be on a computer that runs many of them, ms. */
const lateMs = 250;
let asked = 0;

/** The fewest variables in use during one period: what comes and goes in it does not count. */
export async function variablesAtRest(bench: EngineBench): Promise<number> {
  const endMs = bench.now() + bench.settings.telemetryMs + 1000;
  let least = Infinity;
  while (bench.now() < endMs) {
    least = Math.min(least, await bench.board.memory());
    await bench.advance(samplePauseMs);
  }
  return least;
}

/** Asks until there is an answer, as a person would; each question is told apart by its number. */
export async function answers(bench: EngineBench): Promise<void> {
  const endMs = bench.now() + backMs;
  for (;;) {
    const question = `ask ${++asked}`;
    await bench.publish(topicOf(bench), question);
    const answered = (): boolean =>
      texts(bench, 'result').some((text) => text.includes(`"command":"${question}"`));
    for (let i = 0; i < 100 && !answered(); i++) await bench.advance(20);
    if (answered()) return;
    if (bench.now() > endMs) throw new Error(`the kit answers no command within ${backMs} ms`);
  }
}

/** The board has not started anew, answers, holds what it held before, and never left the lamp lit. */
export async function expectAsBefore(bench: EngineBench, before: number): Promise<void> {
  await answers(bench);
  await fillIdentifiers(bench);
  const endMs = bench.now() + settledMs;
  let now = await variablesAtRest(bench);
  while (now > before + sameWithin && bench.now() < endMs) now = await variablesAtRest(bench);
  expect(now, 'variables in use').toBeLessThanOrEqual(before + sameWithin);
  expect(bench.board.starts, 'starts of the board').toBe(1);
  expectPromiseKept(bench);
}

/** The lamp was never lit longer than its hold, by the interpreter's own clock. */
export function expectPromiseKept(bench: EngineBench): void {
  const { history } = bench.lamp;
  for (const [i, { atMs, lit }] of history.entries()) {
    if (!lit) continue;
    const litMs = (history[i + 1]?.atMs ?? bench.now()) - atMs;
    expect(litMs, 'ms that the lamp was lit').toBeLessThanOrEqual(bench.settings.lamp.holdMs + lateMs);
  }
}
