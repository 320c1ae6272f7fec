import { expect, test } from 'vitest';
import type { Act } from '../../shared/effects';
import { newKit, passBusyTime, passTime, takeReading, tickMs, type KitState } from '../../shared/kit';
import { forSeeds, type Random } from '../support/random';
import { newRecorder, type Recorder } from '../support/recorder';

/** Ticks that the board takes as one while the kit is calm. */
const beatTicks = 5;

/** A kit whose lamp has been off for a while, in light that is no news. */
function calmKit(random: Random): KitState {
  const lamp = { holdMs: 10_000, darkBelow: 300, brightFrom: 320 };
  const periodMs = random.pick([2_000, 2_050, 9_999, 10_000]);
  const dark = random.int(0, 1);
  return {
    ...newKit(2, lamp, periodMs, random.oneIn(10) ? 1 : 0),
    settled: 1,
    ownMs: random.pick([0, -50]),
    dark,
    light: dark ? random.int(0, 319) : random.int(300, 1023),
    temperature: random.pick([NaN, 200]),
    restMs: random.int(-100, 2_100),
    dueMs: random.int(1, periodMs),
    asked: random.pick(['', '', '0', '3', '012', '12312312']),
  };
}

/** Only whether the sensor may be read again is ever asked of the rest. */
function comparable(state: KitState): KitState {
  return { ...state, restMs: Math.max(state.restMs, 0) };
}

function pass(state: KitState, ms: number, act: Act): void {
  if (passTime(state, ms)) passBusyTime(state, ms, act);
}

function ticksOf(state: KitState, { act, take }: Recorder, count: number, ms: number): string[] {
  for (let i = 0; i < count; i++) pass(state, ms, act);
  return take();
}

test('calm light: five ticks ask for the same and leave the same as one that is as long', () => {
  const asked = new Map<string, number>();
  forSeeds(3_000, (random) => {
    const one = calmKit(random);
    const five = { ...one };
    const recorder = newRecorder();
    for (let beat = 0; beat < 30; beat++) {
      const lines = ticksOf(one, recorder, 1, beatTicks * tickMs);
      expect(ticksOf(five, recorder, beatTicks, tickMs)).toEqual(lines);
      if (one.sampling && random.oneIn(2)) {
        const temperature = random.pick([NaN, -5, 240]);
        takeReading(one, temperature, temperature, recorder.act);
        const answers = recorder.take();
        takeReading(five, temperature, temperature, recorder.act);
        expect(recorder.take()).toEqual(answers);
        lines.push(...answers);
      }
      expect(comparable(five)).toEqual(comparable(one));
      for (const line of lines) asked.set(line, (asked.get(line) ?? 0) + 1);
    }
  });
  // What the kit asks for by itself has all come up.
  expect([...asked.keys()]).toEqual(expect.arrayContaining(['Sample', 'Telemetry']));
});

test('light that does not count yet: they do not, and the board takes each tick by itself', () => {
  const state = newKit(2, { holdMs: 10_000, darkBelow: 300, brightFrom: 320 }, 10_000, 0);
  state.ownMs = 1_000;
  const five = { ...state };
  const { act } = newRecorder();
  pass(state, beatTicks * tickMs, act);
  for (let i = 0; i < beatTicks; i++) pass(five, tickMs, act);
  expect([state.ownMs, five.ownMs]).toEqual([900, 500]);
});
