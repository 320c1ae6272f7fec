/** What the cases do and look for, in their own words. */
import { expect } from 'vitest';
import type { Bench, Message, Output } from '../support/kit-bench';

/** Every command is answered within this time, ms. */
export const promptMs = 100;
/** A command that needs a reading is answered within this time, ms. */
export const readingMs = 2500;
/** Longest that a level takes to be noticed: four samples, one each 100 ms, and one tick more. */
export const noticedMs = 500;
/** Light counts as the lamp's own for this long after it went off, ms. */
export const ownLightMs = 1000;

export const daylight = 600;
export const darkness = 100;

export function topicOf(bench: Bench, rest = ''): string {
  return `iot/${bench.settings.kit}${rest && '/'}${rest}`;
}

export function on(bench: Bench, rest: string): Message[] {
  const topic = topicOf(bench, rest);
  return bench.messages.filter((message) => message.topic === topic);
}

export function texts(bench: Bench, rest: string): string[] {
  return on(bench, rest).map((message) => message.text);
}

/** Publishes on `iot/<kit>`, as a person would. */
export function tell(bench: Bench, payload: string | Uint8Array): Promise<void> {
  return bench.publish(topicOf(bench), payload);
}

/** Publishes on `iot/<kit>`, or on a set topic below it, and waits for the one answer on `result`. */
export async function ask(
  bench: Bench,
  payload: string | Uint8Array,
  { rest = '', withinMs = promptMs }: { rest?: string; withinMs?: number } = {},
): Promise<string> {
  const before = on(bench, 'result').length;
  await bench.publish(topicOf(bench, rest), payload);
  const shown = typeof payload === 'string' && payload.length < 40 ? payload : `${payload.length} bytes`;
  await bench.until(
    `an answer to ${shown}`,
    () => on(bench, 'result').length > before,
    withinMs + bench.slackMs,
  );
  return on(bench, 'result')[before]!.text;
}

/** The last document on `iot/<kit>/state`. */
export function state(bench: Bench): Record<string, unknown> {
  const last = texts(bench, 'state').at(-1);
  return last === undefined ? {} : (JSON.parse(last) as Record<string, unknown>);
}

export async function untilLit(bench: Bench, withinMs = promptMs): Promise<void> {
  await bench.until('the lamp to be lit', () => bench.lamp.lit, withinMs + bench.slackMs);
}

export async function untilDark(bench: Bench, withinMs = promptMs): Promise<void> {
  await bench.until('the lamp to be off', () => !bench.lamp.lit, withinMs + bench.slackMs);
}

/** Lets the light fall upon the sensor until it is noticed. */
export async function light(bench: Bench, level: number): Promise<void> {
  bench.setLight(level);
  await bench.advance(noticedMs + bench.slackMs);
}

/** Waits until what the lamp shone is over and the level of before or now is settled. */
export async function untilOwnLightIsOver(bench: Bench): Promise<void> {
  await untilDark(bench, bench.settings.lamp.holdMs);
  await bench.advance(ownLightMs + noticedMs + bench.slackMs);
}

/** How long each lighting lasted, ms; one that still lasts counts until now. */
export function lightings(bench: Bench, output: Output = bench.lamp): number[] {
  const { history } = output;
  return history.flatMap(({ atMs, lit }, i) => (lit ? [(history[i + 1]?.atMs ?? bench.now()) - atMs] : []));
}

/** One lighting, not longer than the hold and hardly shorter. */
export function expectHold(bench: Bench, lastedMs: number, holdMs = bench.settings.lamp.holdMs): void {
  expect(lastedMs).toBeLessThanOrEqual(holdMs + bench.slackMs);
  expect(lastedMs).toBeGreaterThan(holdMs - 3 * promptMs - bench.slackMs);
}

/** What a case failed with, and what the board has said on its console until then. */
export function withConsole(error: unknown, bench: Bench): Error {
  const text = error instanceof Error ? error.message : String(error);
  const lines = bench.console.slice(-20).map((line) => `  > ${line}`);
  return new Error([text, 'console of the board:', ...lines].join('\n'), { cause: error });
}
