/**
 * The kit: lamp, LED, dusk, commands and the cadence of the sensors, as one pure step over a flat
 * record of small numbers. It holds countdowns instead of deadlines, so it knows no clock and no wrap.
 */
import { Command, expectedJson, parseCommand } from './commands';
import { Effect, type Act } from './effects';
import { echo, greetingText, readingText } from './messages';
import { payloadMax } from './packets';

/** Why the lamp is as it is. */
export const enum Cause {
  Boot,
  Command,
  Dusk,
  HoldOver,
}

export interface KitState {
  kit: number;
  /** Time that the lamp stays lit, ms; 0 when it is off. */
  lampMs: number;
  cause: Cause;
  /** 1 when the LED is lit. */
  led: number;
  /** Time for which light still counts as the lamp's own after it went off, ms. */
  ownMs: number;
  /** 0 when the next sample only sets the level, as after boot and after the lamp's own light. */
  settled: number;
  /** 1 when it is dark. */
  dark: number;
  /** Mean of the last four samples, 0..1023; the three before the newest follow. */
  light: number;
  sample1: number;
  sample2: number;
  sample3: number;
  /** Tenths of a degree and tenths of a percent; NaN when the last reading failed. */
  temperature: number;
  humidity: number;
  /** Readings that failed in a row. */
  failures: number;
  /** Time until the DHT22 may be read again, ms. */
  restMs: number;
  /** 1 while a reading is under way. */
  sampling: number;
  /** Who waits for the reading: one digit of `Asked` each. */
  asked: string;
  /** Time until the next telemetry, ms. */
  dueMs: number;
  holdMs: number;
  darkBelow: number;
  brightFrom: number;
  periodMs: number;
}

export const enum KitEventType {
  Tick,
  Command,
  Reading,
}

export type KitEvent =
  /** `ms` since the tick before, light 0..1023. */
  | { type: KitEventType.Tick; ms: number; sample: number }
  /** `set` is the rest of the topic, empty on `iot/<kit>` itself; `size` counts also when `payload` was too long to hold. */
  | { type: KitEventType.Command; set: string; payload: string; size: number; retained: number }
  /** Tenths, NaN for a reading that failed. */
  | { type: KitEventType.Reading; temperature: number; humidity: number };

/** Length of a tick, ms. */
export const tickMs = 100;
/** Light counts as the lamp's own for this long after it went off, ms. */
const ownLightMs = 1000;
/**
 * Source: Aosong AM2302 datasheet, at least 2 s between reads; and one tick more, since the first tick
 * after a reading counts time from before it, too.
 */
const restMs = 2000 + tickMs;
/** Requests that may wait for one reading. */
const askedMax = 8;

/** Failed readings in a row after which the sensor is called stuck. */
const stuckAt = 6;

/** Who waits for a reading: the telemetry, or a `Command` as a digit. */
const enum Asked {
  Report = '0',
  Both = '1',
  Temperature = '2',
}

/** The record a kit starts with; `dueMs` 1 lets the first reading follow the first tick. */
export function newKit(
  kit: number,
  lamp: { holdMs: number; darkBelow: number; brightFrom: number },
  periodMs: number,
): KitState {
  return {
    kit,
    lampMs: 0,
    cause: Cause.Boot,
    led: 0,
    ownMs: 0,
    settled: 0,
    dark: 0,
    light: 0,
    sample1: 0,
    sample2: 0,
    sample3: 0,
    temperature: NaN,
    humidity: NaN,
    failures: 0,
    restMs,
    sampling: 0,
    asked: '',
    dueMs: 1,
    holdMs: lamp.holdMs,
    darkBelow: lamp.darkBelow,
    brightFrom: lamp.brightFrom,
    periodMs,
  };
}

export function step(state: KitState, event: KitEvent, act: Act): void {
  if (event.type === KitEventType.Tick) {
    const ms = event.ms;
    const sample = event.sample;
    const own = state.lampMs > 0 || state.ownMs > 0;
    if (!own && !state.settled) state.sample1 = state.sample2 = state.sample3 = sample;
    const light = (sample + state.sample1 + state.sample2 + state.sample3) >> 2;
    state.sample3 = state.sample2;
    state.sample2 = state.sample1;
    state.sample1 = sample;
    state.light = light;
    if (state.lampMs > 0) {
      const leftMs = state.lampMs - ms;
      // Rather a tick too early than lit longer than the hold.
      if (leftMs < tickMs) setLamp(state, 0, Cause.HoldOver, act);
      else state.lampMs = leftMs;
    }
    // In steps of one tick at most: a long tick may have begun long before a command put the lamp off.
    else if (own) state.ownMs -= Math.min(ms, tickMs);
    else {
      if (light < state.darkBelow ? !state.dark : light >= state.brightFrom && state.dark) {
        state.dark = 1 - state.dark;
        if (state.dark && state.settled) setLamp(state, 1, Cause.Dusk, act);
        else act(Effect.Changed);
      }
      if (state.lampMs === 0) state.settled = 1;
    }
    if (state.restMs > 0) state.restMs -= ms;
    state.dueMs -= ms;
    if (state.dueMs <= 0) {
      state.dueMs = Math.max(state.dueMs + state.periodMs, tickMs);
      if (state.asked[0] !== Asked.Report) state.asked = Asked.Report + state.asked;
    }
    if (state.asked && !state.sampling && state.restMs <= 0) {
      state.sampling = 1;
      act(Effect.Sample);
    }
    return;
  }
  if (event.type === KitEventType.Command) {
    const set = event.set;
    const payload = event.payload;
    if (event.size === 0 || (!set && payload === greetingText(state.kit))) return;
    const command = parseCommand(set, payload);
    const name = set ? set + ' ' + payload : payload;
    let error = '';
    if (event.size > payloadMax) error = 'longer than 256 bytes"';
    else if (event.retained) error = 'a retained command is not obeyed: publish without the retain flag"';
    else if (command === Command.Unknown) error = 'not understood","expected":' + expectedJson(set);
    else if (command <= Command.Humidity && state.asked.length >= askedMax)
      error = 'too many requests at once"';
    if (error) {
      const known = echo(name);
      return act(Effect.Result, '{"ok":false,"command":"' + known + '","error":"' + error + '}');
    }
    if (command <= Command.Humidity) {
      // A good reading younger than two seconds serves at once.
      if (state.restMs > tickMs && !isNaN(state.temperature)) answerReading(state, payload, act);
      else state.asked += command;
      return;
    }
    let result = '';
    if (command === Command.Light) act(Effect.Reply, payload, 'Light intensity is ' + state.light);
    else if (command > Command.LampToggle) {
      state.led = command === Command.LedToggle ? 1 - state.led : Command.LedOff - command;
      act(Effect.Led, state.led);
      act(Effect.Changed);
      result = ',"led":"' + onOff(state.led) + '"';
    } else {
      const lit = command === Command.LampToggle ? +(state.lampMs <= 0) : Command.LampOff - command;
      setLamp(state, lit, Cause.Command, act);
      result = ',' + lampJson(state);
    }
    return act(Effect.Result, '{"ok":true,"command":"' + name + '"' + result + '}');
  }
  const asked = state.asked;
  state.temperature = event.temperature;
  state.humidity = event.humidity;
  state.sampling = 0;
  state.restMs = restMs;
  state.asked = '';
  state.failures = isNaN(event.temperature) ? state.failures + 1 : 0;
  if (state.failures === stuckAt)
    act(Effect.Result, '{"ok":false,"error":"DHT22 is stuck: switch its power off and on"}');
  for (let i = 0; i < asked.length; i++) {
    const who = asked[i];
    const topic = who === Asked.Both ? 'dht22' : who === Asked.Temperature ? 'dht22_t' : 'dht22_h';
    if (who === Asked.Report) act(Effect.Telemetry);
    else answerReading(state, topic, act);
  }
}

function setLamp(state: KitState, lit: number, cause: Cause, act: Act): void {
  const was = state.lampMs > 0;
  act(Effect.Lamp, lit);
  state.lampMs = lit ? state.holdMs : 0;
  if (!lit && !was) return;
  state.cause = cause;
  state.settled = 0;
  state.ownMs = ownLightMs;
  act(Effect.Changed);
}

/** `topic` is the command's name, too. */
function answerReading(state: KitState, topic: string, act: Act): void {
  const text = readingText(topic, state.temperature, state.humidity);
  act(Effect.Reply, topic, text);
  const failed = isNaN(state.temperature);
  const error = failed ? ',"error":"DHT22 did not answer"' : '';
  act(Effect.Result, '{"ok":' + !failed + ',"command":"' + topic + '"' + error + '}');
}

function onOff(value: number): string {
  return value ? 'ON' : 'OFF';
}

function lampJson(state: KitState): string {
  const cause = state.cause;
  return (
    '"lamp":"' +
    onOff(state.lampMs) +
    '","cause":"' +
    (cause === Cause.Command ? 'command' : cause === Cause.Dusk ? 'dusk' : cause ? 'hold-over' : 'boot') +
    '","remaining":' +
    remainingS(state)
  );
}

/** Seconds that the lamp stays lit, rounded up; 0 when it is off. */
export function remainingS(state: KitState): number {
  return Math.ceil(state.lampMs / 1000);
}

/** The retained document on `iot/<kit>/state`; `board` is the JSON text of what does not change while online. */
export function stateJson(state: KitState, board: string): string {
  return (
    '{' +
    lampJson(state) +
    ',"led":"' +
    onOff(state.led) +
    '","dark":' +
    (state.dark ? 'true' : 'false') +
    board +
    '}'
  );
}
