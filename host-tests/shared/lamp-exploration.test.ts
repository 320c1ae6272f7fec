/**
 * Every state that lamp, light and commands can lead to, and what is promised in each of them. Beside
 * the kit runs a shadow that knows true time: a tick counts the time since the tick before, so that a
 * command may have come at any moment of what the next tick counts. Light goes in as the board hands it over, as a mean.
 *
 * The hold of 10 s is the one that is shipped: the countdown makes it 100 values, which is few. The one
 * of 1.25 s is divided by no tick, so that the rest of the last tick is seen, too. A longer hold
 * adds only more values of the same countdown.
 */
import { describe, expect, it } from 'vitest';
import { Effect } from '../../shared/effects';
import { greeting } from '../../shared/messages';
import { newKit, step, tickMs, Cause, KitEventType, type KitEvent, type KitState } from '../../shared/kit';
import { between, bright, causeText, dark, newBareKit } from '../support/bare-kit';
import { ensure } from '../support/ensure';
import { explore, pack, unpack, type Explored, type Machine } from '../support/explore';
import { forSeeds } from '../support/random';

type Step = typeof step;

/** What is explored: the kit itself, or one that is broken on purpose. */
interface Variant {
  step: Step;
  boot: (before: KitState, fresh: KitState) => KitState;
}

const kitItself: Variant = { step, boot: (_before, fresh) => fresh };

const settings = { darkBelow: 300, brightFrom: 320 };
/** Light that is dark, between and bright. */
const plainLight = [dark, between, bright];
/** The last and the first of each level. */
const edgeLight = [299, 300, 319, 320];
/** Light counts as the lamp's own for so long after it went off, ms. */
const ownLightMs = 1_000;
/** With this much counted without the lamp, a tick for no more than its usual length, the light counts again, ms. */
const againMs = ownLightMs + tickMs;
/** How long a tick lasts when nothing but time brings it; a message may bring one sooner. */
const usualTicks = [tickMs, 200, 500, 1_000];
const anyTicks = [50, tickMs, 150, 500];

type Does = 'on' | 'off' | 'toggle' | 'nothing';

/** [rest of the topic, payload, what it does to the lamp] */
const messages: [string, string, Does][] = [
  ['', 'USBLED', 'toggle'],
  ['', 'USBLED/ON', 'on'],
  ['', 'USBLED/OFF', 'off'],
  ['lamp/set', 'on', 'on'],
  ['lamp/set', 'OFF', 'off'],
  ['lamp/set', 'Toggle', 'toggle'],
  ['', 'led', 'nothing'],
  ['', 'LED/ON', 'nothing'],
  ['', 'LED/OFF', 'nothing'],
  ['', 'dht22', 'nothing'],
  ['', 'dht22_t', 'nothing'],
  ['', 'dht22_h', 'nothing'],
  ['', 'cds', 'nothing'],
  ['', '', 'nothing'],
  ['', 'USBLED/on', 'nothing'],
  ['', greeting + 2, 'nothing'],
  ['lamp/set', '', 'nothing'],
  ['lamp/set', 'USBLED/ON', 'nothing'],
  ['led/set', 'on', 'nothing'],
  ['led/set', 'off', 'nothing'],
  ['led/set', 'toggle', 'nothing'],
  ['fan/set', 'on', 'nothing'],
];

interface Move {
  title: string;
  /** Absent for a reboot. */
  event?: KitEvent;
  does: Does;
  /** Of a tick: true time since the lamp was changed by a command after the tick before, else `event.ms`. */
  late?: boolean;
}

function movesOf(holdMs: number, lights: number[], ticksMs: number[]): Move[] {
  const moves: Move[] = [{ title: 'reboot', does: 'nothing' }];
  for (const ms of [...ticksMs, holdMs, 60_000])
    for (const late of [false, true])
      for (const light of lights)
        moves.push({
          title: `tick ${ms} ms${late ? ' that ends at once' : ''}, light ${light}`,
          event: { type: KitEventType.Tick, ms, light },
          does: 'nothing',
          late,
        });
  for (const [set, payload, does] of messages)
    for (const retained of [0, 1])
      moves.push({
        title: `${retained ? 'retained ' : ''}${set ? set + ' ' : ''}${payload || 'nothing'}`,
        event: { type: KitEventType.Command, set, payload, size: payload.length, retained },
        does: retained ? 'nothing' : does,
      });
  for (const set of ['', 'lamp/set'])
    moves.push({
      title: `${set} 300 bytes`,
      event: { type: KitEventType.Command, set, payload: '', size: 300, retained: 0 },
      does: 'nothing',
    });
  for (const value of [200, NaN])
    moves.push({
      title: `reading ${value}`,
      event: { type: KitEventType.Reading, temperature: value, humidity: value },
      does: 'nothing',
    });
  return moves;
}

/** What the shadow knows beside the kit, in true time. */
interface Shadow {
  /** Since the last cause that lit the lamp, while it is lit, ms: true, and as ticks counted it. */
  litMs: number;
  countedMs: number;
  /** Since the lamp went off, ms, at most `ownLightMs`. */
  offMs: number;
  /** Counted since the lamp went off, a tick for no more than its usual length, ms, at most `againMs`. */
  calmMs: number;
  /** 1 when a command has changed the lamp since the tick before. */
  fresh: number;
}

/** The kit, its shadow and what is promised, as a machine to explore. */
function lampMachine(holdMs: number, lights: number[], variant: Variant, ticksMs: number[]): Machine {
  const unitMs = 50;
  // A tick that ends at once counts for one of the usual length, and a shorter one at the end does not make up for that.
  const quietMs = ownLightMs - (tickMs - Math.min(...ticksMs));
  const moves = movesOf(holdMs, lights, ticksMs);
  const fresh = (): KitState => newKit(2, { holdMs, ...settings }, 3_600_000, 0);
  const freshShadow = (): Shadow => ({
    litMs: 0,
    countedMs: 0,
    // The loader waits two seconds before the firmware runs.
    offMs: ownLightMs,
    calmMs: ownLightMs,
    fresh: 0,
  });
  const span = holdMs / unitMs + 1;
  const ownSpan = ownLightMs / unitMs + 1;
  const radices = [span, 4, ownSpan, 2, 2, span, span, ownSpan, againMs / unitMs + 1, 2];
  const values: number[] = [];
  const encode = (state: KitState, shadow: Shadow): number => {
    const fields = [
      state.lampMs / unitMs,
      state.cause,
      // Only whether it is above zero is ever asked.
      Math.max(state.ownMs, 0) / unitMs,
      state.settled,
      state.dark,
      shadow.litMs / unitMs,
      shadow.countedMs / unitMs,
      shadow.offMs / unitMs,
      shadow.calmMs / unitMs,
      shadow.fresh,
    ];
    return pack(fields, radices);
  };
  // The sensors' cadence does not concern the lamp (a test below shows it): it starts anew each time. So does
  // the light, which each tick brings.
  const state = fresh();
  const pristine = fresh();
  const shadow = freshShadow();
  const decode = (packed: number): void => {
    unpack(packed, radices, values);
    Object.assign(state, pristine);
    state.lampMs = values[0] * unitMs;
    state.cause = values[1];
    state.ownMs = values[2] * unitMs;
    state.settled = values[3];
    state.dark = values[4];
    shadow.litMs = values[5] * unitMs;
    shadow.countedMs = values[6] * unitMs;
    shadow.offMs = values[7] * unitMs;
    shadow.calmMs = values[8] * unitMs;
    shadow.fresh = values[9];
  };
  let output = 0;
  let writes = 0;
  let told = 0;
  const act = (effect: Effect, value?: number | string): void => {
    if (effect === Effect.Lamp) {
      output = value as number;
      writes++;
    } else if (effect === Effect.Changed) told++;
  };

  /** What a change of the output, or its absence, must look like. */
  const expectCause = (was: number, causeBefore: Cause, expected: Cause, lighted: boolean): void => {
    if (output !== was || lighted) {
      ensure(state.cause === expected, `the cause is ${causeText(state.cause)}, not ${causeText(expected)}`);
      ensure(told > 0, 'a change of the output was not told');
    } else ensure(state.cause === causeBefore, 'the cause changed without the output');
  };

  const afterTick = (
    event: KitEvent & { type: KitEventType.Tick },
    late: boolean,
    was: number,
    before: Before,
  ): void => {
    const trueMs = late ? 0 : event.ms;
    const light = event.light;
    shadow.fresh = 0;
    if (was) {
      ensure(
        !(output && state.lampMs > before.lampMs - event.ms),
        'light or time made the lamp stay lit longer',
      );
      shadow.litMs += trueMs;
      shadow.countedMs += event.ms;
      ensure(state.dark === before.dark && state.settled === 0, 'the lamp counted its own light while lit');
      expectCause(was, before.cause, Cause.HoldOver, false);
      ensure(output === 1 || shadow.countedMs > holdMs - tickMs, 'the hold was over too early');
      ensure(
        output === 1 || shadow.litMs <= holdMs + event.ms - tickMs,
        'off later than its last tick was late',
      );
      if (!output) shadow.offMs = shadow.calmMs = 0;
      return;
    }
    shadow.offMs = Math.min(shadow.offMs + trueMs, ownLightMs);
    shadow.calmMs = Math.min(shadow.calmMs + Math.min(event.ms, tickMs), againMs);
    let isDark = before.dark;
    if (before.settled || state.settled)
      isDark = light < settings.darkBelow ? 1 : light >= settings.brightFrom ? 0 : isDark;
    const dusk = before.settled === 1 && isDark > before.dark;
    if (state.settled && !before.settled)
      ensure(shadow.offMs >= quietMs, "the lamp's own light counted within a second after it went off");
    ensure(output > 0 === dusk, dusk ? 'dusk did not light the lamp' : 'the lamp was lit without dusk');
    ensure(state.dark === isDark, `dark is ${state.dark}, not ${isDark}`);
    ensure(isDark === before.dark || told > 0, 'dusk or dawn was not told');
    ensure(dusk || state.settled === 1 || shadow.calmMs < againMs, 'light did not count again');
    expectCause(was, before.cause, Cause.Dusk, false);
    if (dusk) lighted();
  };

  const lighted = (): void => {
    ensure(state.lampMs === holdMs, 'the hold did not start anew');
    shadow.litMs = shadow.countedMs = shadow.offMs = shadow.calmMs = 0;
  };

  const afterMessage = (does: Does, was: number, before: Before, key: number): void => {
    if (does === 'nothing') {
      ensure(
        writes === 0 && encode(state, shadow) === key,
        'a message that is no lamp command changed the lamp',
      );
      return;
    }
    const on = does === 'on' || (does === 'toggle' && !was);
    ensure(output === (on ? 1 : 0), `the lamp is not ${on ? 'lit' : 'off'}`);
    expectCause(was, before.cause, Cause.Command, on);
    if (on) {
      lighted();
      shadow.fresh = 1;
    } else if (was) {
      shadow.offMs = shadow.calmMs = shadow.litMs = shadow.countedMs = 0;
      shadow.fresh = 1;
    } else ensure(encode(state, shadow) === key, 'putting the lamp off changed more than the lamp');
  };

  interface Before {
    lampMs: number;
    cause: Cause;
    dark: number;
    settled: number;
  }

  const apply = (key: number, index: number): number | undefined => {
    const move = moves[index];
    decode(key);
    const event = move.event;
    if (!event) {
      const booted = variant.boot(state, fresh());
      ensure(booted.lampMs === 0 && booted.cause === Cause.Boot, 'the lamp is not off after boot');
      ensure(booted.settled === 0, 'the first light after boot would count');
      return encode(booted, freshShadow());
    }
    // Only when a command came after the tick before is there a doubt about the time that passed.
    if (move.late && !shadow.fresh) return undefined;
    const was = state.lampMs > 0 ? 1 : 0;
    const before: Before = {
      lampMs: state.lampMs,
      cause: state.cause,
      dark: state.dark,
      settled: state.settled,
    };
    output = was;
    writes = told = 0;
    variant.step(state, event, act);
    ensure(output === (state.lampMs > 0 ? 1 : 0), 'the output is not what the state says');
    if (event.type === KitEventType.Tick) afterTick(event, move.late === true, was, before);
    else afterMessage(move.does, was, before, key);
    if (output) {
      ensure(shadow.litMs <= holdMs - tickMs, 'the lamp is lit longer than its hold');
      ensure(state.settled === 0, 'light counts while the lamp is lit');
    } else shadow.litMs = shadow.countedMs = 0;
    return encode(state, shadow);
  };

  return { start: encode(fresh(), freshShadow()), moves: moves.map((move) => move.title), apply };
}

function exploreLamp(holdMs: number, lights: number[], variant: Variant, ticksMs = usualTicks): Explored {
  return explore(lampMachine(holdMs, lights, variant, ticksMs));
}

describe('the lamp, explored whole', () => {
  it.each([
    [10_000, plainLight, usualTicks, 1_200, 80_000],
    [1_250, edgeLight, usualTicks, 300, 22_000],
    [10_000, plainLight.concat(edgeLight), anyTicks, 2_700, 250_000],
  ])(
    'keeps every promise in every state, with a hold of %i ms, light of %j and ticks of %j ms',
    { timeout: 120_000 },
    (holdMs, lights, ticksMs, statesMin, transitionsMin) => {
      const explored = exploreLamp(holdMs, lights, kitItself, ticksMs);
      console.info(
        `hold ${holdMs} ms: explored ${explored.states} states, ${explored.transitions} transitions`,
      );
      expect(explored.violation).toBeUndefined();
      expect(explored.states).toBeGreaterThan(statesMin);
      expect(explored.transitions).toBeGreaterThan(transitionsMin);
    },
  );

  it('does not depend on LED, sensors and telemetry, so that these need no exploring', () => {
    forSeeds(200, (random) => {
      const one = newBareKit();
      const other = newBareKit(10_000, 2_000);
      other.command('LED/ON');
      other.reading(random.pick([NaN, 200]), 400);
      for (let i = 0; i < 300; i++) {
        if (random.oneIn(4)) other.command(random.pick(['led', 'dht22', 'dht22_t', 'cds', '', 'nonsense']));
        if (random.oneIn(10)) other.reading(random.pick([NaN, 100]), 100);
        const light = random.pick(plainLight);
        const ms = random.pick([100, 100, 100, 500, 10_000]);
        const payload = random.oneIn(20) ? random.pick(['USBLED', 'USBLED/ON', 'USBLED/OFF']) : '';
        const lamps = [one, other].map((kit) =>
          kit
            .longTick(ms, light)
            .concat(payload ? kit.command(payload) : [])
            .filter((line) => line.startsWith('Lamp'))
            .concat(kit.lamp(), String(kit.state.dark)),
        );
        expect(lamps[0]).toEqual(lamps[1]);
      }
    });
  });
});

/** Runs the kit with an event of one's own making. */
function withEvent(change: (state: KitState, event: KitEvent) => KitEvent): Step {
  return (state, event, act) => step(state, change(state, event), act);
}

/** Runs the kit with its state changed before or after a tick. */
function aroundTick(
  before: (state: KitState) => void,
  after: (state: KitState, was: KitState) => void,
): Step {
  return (state, event, act) => {
    const was = { ...state };
    if (event.type === KitEventType.Tick) before(state);
    step(state, event, act);
    if (event.type === KitEventType.Tick) after(state, was);
  };
}

function nothing(): void {}

/** [what is broken, the kit broken so, the promise that is found broken and the shortest way to it] */
const broken: [string, Partial<Variant>, string][] = [
  [
    'ignores that the hold is over',
    {
      step: (state, event, act) => {
        const was = { ...state };
        let over = false;
        step(state, event, (effect, value, text) => {
          if (effect === Effect.Lamp && !value && event.type === KitEventType.Tick) over = true;
          else act(effect, value, text);
        });
        if (over) Object.assign(state, was);
      },
    },
    'light or time made the lamp stay lit longer: boot > USBLED > tick 1250 ms, light 100',
  ],
  [
    'is lit 100 ms longer',
    {
      step: aroundTick(nothing, (state, was) => {
        if (was.lampMs === 1_250 && state.lampMs > 0) state.lampMs += 100;
      }),
    },
    'light or time made the lamp stay lit longer: boot > USBLED > tick 100 ms, light 100',
  ],
  [
    'counts its own light while it is lit',
    {
      step: aroundTick(
        nothing,
        (state, was) => void (was.lampMs > 0 && state.lampMs > 0 && (state.dark = 1)),
      ),
    },
    'the lamp counted its own light while lit: boot > USBLED > tick 100 ms, light 100',
  ],
  [
    'counts its own light after it went off',
    { step: aroundTick((state) => void (state.ownMs = 0), nothing) },
    "the lamp's own light counted within a second after it went off: " +
      'boot > USBLED > tick 1250 ms, light 100 > tick 100 ms, light 100',
  ],
  [
    'lets a stall before a command count as time after it',
    {
      step: (state, event, act) => {
        const ownMs = state.lampMs > 0 ? 0 : state.ownMs;
        step(state, event, act);
        if (event.type === KitEventType.Tick && ownMs > 0) state.ownMs = ownMs - event.ms;
      },
    },
    "the lamp's own light counted within a second after it went off: " +
      'boot > USBLED > USBLED > tick 1000 ms that ends at once, light 100 > tick 100 ms, light 100',
  ],
  [
    'takes light between the levels for bright',
    {
      step: aroundTick(nothing, (state) => void (state.settled && state.light >= 300 && (state.dark = 0))),
    },
    'dark is 0, not 1: boot > tick 100 ms, light 100 > tick 100 ms, light 310',
  ],
  [
    'forgets to look whether light that counts again is news',
    {
      step: (state, event, act) => {
        const { dark, settled } = state;
        step(state, event, act);
        if (state.settled > settled) state.dark = dark;
      },
    },
    'dark is 0, not 1: boot > tick 100 ms, light 100',
  ],
  [
    'sleeps while its own light does not count yet',
    {
      step: (state, event, act) => {
        if (event.type !== KitEventType.Tick || state.lampMs > 0 || state.ownMs <= 0) step(state, event, act);
      },
    },
    'light did not count again: boot > USBLED > tick 1250 ms, light 100' +
      ' > tick 100 ms, light 100'.repeat(11),
  ],
  [
    'takes the first light after boot for dusk',
    { step: aroundTick((state) => void (state.cause === Cause.Boot && (state.settled = 1)), nothing) },
    'the lamp was lit without dusk: boot > tick 100 ms, light 100',
  ],
  [
    'never looks at light again once it was lit',
    { step: aroundTick((state) => void (state.cause !== Cause.Boot && (state.ownMs = 1_000)), nothing) },
    'light did not count again: boot > USBLED > tick 1250 ms, light 100' +
      ' > tick 100 ms, light 100'.repeat(11),
  ],
  [
    'does not see dusk at all',
    {
      step: withEvent((state, event) =>
        event.type === KitEventType.Tick && state.settled && !state.dark
          ? { ...event, light: bright }
          : event,
      ),
    },
    'dusk did not light the lamp: boot > tick 100 ms, light 310 > tick 100 ms, light 100',
  ],
  [
    'obeys a retained command',
    {
      step: withEvent((_state, event) =>
        event.type === KitEventType.Command ? { ...event, retained: 0 } : event,
      ),
    },
    'a message that is no lamp command changed the lamp: boot > retained USBLED',
  ],
  [
    'calls dusk a command',
    {
      step: aroundTick(
        nothing,
        (state) => void (state.cause === Cause.Dusk && (state.cause = Cause.Command)),
      ),
    },
    'the cause is command, not dusk: boot > tick 100 ms, light 310 > tick 100 ms, light 100',
  ],
  [
    'does not tell that the hold is over',
    {
      step: (state, event, act) =>
        step(state, event, (effect, value, text) => {
          if (effect !== Effect.Changed || state.cause !== Cause.HoldOver) act(effect, value, text);
        }),
    },
    'a change of the output was not told: boot > USBLED > tick 1250 ms, light 100',
  ],
  [
    'is put off by the light of a bright day',
    {
      step: (state, event, act) => {
        step(state, event, act);
        if (event.type !== KitEventType.Tick || event.light < bright || state.lampMs === 0) return;
        state.lampMs = 0;
        state.cause = Cause.HoldOver;
        act(Effect.Lamp, 0);
        act(Effect.Changed);
      },
    },
    'the hold was over too early: boot > USBLED > tick 100 ms, light 700',
  ],
  [
    'keeps its hold when it is lit once more',
    {
      step: (state, event, act) => {
        const was = state.lampMs;
        step(state, event, act);
        if (was > 0 && event.type === KitEventType.Command && state.lampMs > 0) state.lampMs = was;
      },
    },
    'the hold did not start anew: boot > USBLED > tick 100 ms, light 100 > USBLED/ON',
  ],
  [
    'says that it is off and leaves the relay on',
    {
      step: (state, event, act) =>
        step(state, event, (effect, value, text) => {
          if (effect !== Effect.Lamp || value) act(effect, value, text);
        }),
    },
    'the output is not what the state says: boot > USBLED > tick 1250 ms, light 100',
  ],
  [
    'is lit as before after a reboot',
    { boot: (before, fresh) => ({ ...fresh, lampMs: before.lampMs }) },
    'the lamp is not off after boot: boot > USBLED > reboot',
  ],
];

describe('a lamp that is broken on purpose', () => {
  it.each(broken)('and %s is found out, with the shortest way to it', (_what, variant, violation) => {
    expect(exploreLamp(1_250, plainLight, { ...kitItself, ...variant }).violation).toBe(violation);
  });
});
