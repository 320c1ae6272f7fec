/**
 * The kit: lamp, LED, dusk, commands and the cadence of the sensors, as one pure step over a flat
 * record of small numbers. It holds countdowns instead of deadlines, so it knows no clock and no wrap.
 */
import { expectedJson, plainCommand } from './commands';
import { Effect, type Act } from './effects';
import { echo, greeting, tenths } from './messages';
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
  /** 0..1023, the mean of the last four samples; while it is the lamp's own, the last one. */
  light: number;
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
  /** 1 after too many crashes: the outputs stay off, and only `restart` is obeyed. */
  safe: number;
  /** From the settings; named otherwise than there, since names on the wire cannot be shortened. */
  fullMs: number;
  darkUnder: number;
  lightFrom: number;
  periodMs: number;
}

export const enum KitEventType {
  Tick,
  Command,
  Reading,
}

export type KitEvent =
  /** `ms` since the tick before; `light` as in the state. */
  | { type: KitEventType.Tick; ms: number; light: number }
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
  safe: number,
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
    temperature: NaN,
    humidity: NaN,
    failures: 0,
    restMs,
    sampling: 0,
    asked: '',
    dueMs: 1,
    safe,
    fullMs: lamp.holdMs,
    darkUnder: lamp.darkBelow,
    lightFrom: lamp.brightFrom,
    periodMs,
  };
}

/**
 * What happened to the kit. The board calls the functions below itself: Espruino reads the whole text of a function at every
 * call, so that one function for everything would cost as much as everything.
 */
export function step(state: KitState, event: KitEvent, act: Act): void {
  if (event.type === KitEventType.Tick) {
    state.light = event.light;
    if (passTime(state, event.ms)) passBusyTime(state, event.ms, act);
  } else if (event.type === KitEventType.Reading) takeReading(state, event.temperature, event.humidity, act);
  else if (event.set || event.retained || !obey(state, event.payload, event.payload, act)) {
    const command = takeMessage(state, event.set, event.payload, event.size, event.retained, act);
    if (command) obey(state, command, event.set + ' ' + event.payload, act);
    if (isAnswerable(state)) answer(state, act);
  }
}

/** `ms` have passed; returns 1 when `passBusyTime` has to see what comes of it. */
export function passTime(state: KitState, ms: number): number {
  if (state.restMs > 0) state.restMs -= ms;
  state.dueMs -= ms;
  const awake = state.lampMs > 0 || state.ownMs > 0 || !state.settled;
  return awake || state.asked || state.dueMs <= 0 || isNews(state) ? 1 : 0;
}

/** Whether light has come to the other side: down to dark, or up to bright. */
function isNews(state: KitState): boolean {
  return state.dark ? state.light >= state.lightFrom : state.light < state.darkUnder;
}

/** What `ms` change for lamp, light and sensor. */
export function passBusyTime(state: KitState, ms: number, act: Act): void {
  if (state.safe) return;
  if (state.lampMs > 0) {
    const leftMs = state.lampMs - ms;
    // Rather a tick too early than lit longer than the hold.
    if (leftMs < tickMs) setLamp(state, 0, Cause.HoldOver, act);
    else state.lampMs = leftMs;
  }
  // In steps of one tick at most: a long tick may have begun long before a command put the lamp off.
  else if (state.ownMs > 0) state.ownMs -= Math.min(ms, tickMs);
  else {
    if (isNews(state)) {
      state.dark = 1 - state.dark;
      if (state.dark && state.settled) setLamp(state, 1, Cause.Dusk, act);
      else act(Effect.Changed);
    }
    if (state.lampMs === 0) state.settled = 1;
  }
  if (state.dueMs <= 0) {
    state.dueMs = Math.max(state.dueMs + state.periodMs, tickMs);
    if (state.asked[0] !== Asked.Report) state.asked = Asked.Report + state.asked;
  }
  if (state.asked && !state.sampling && state.restMs <= 0) {
    state.sampling = 1;
    act(Effect.Sample);
  }
}

/**
 * Obeys what changes lamp or LED or asks for the light, and answers by the name that it came with; returns 0 when
 * `payload` is something else.
 */
export function obey(state: KitState, payload: string, name: string, act: Act): number {
  let result = '';
  if (state.safe) return 0;
  if (payload === 'cds') act(Effect.Reply, payload, 'Light intensity is ' + state.light);
  else {
    const lamp = payload.substr(0, 3) === 'USB';
    const word = lamp ? payload.substr(3) : payload;
    let lit = word === 'LED/ON' ? 1 : word === 'LED/OFF' ? 0 : word === (lamp ? 'LED' : 'led') ? 2 : 3;
    if (lit > 2) return 0;
    if (lit > 1) lit = (lamp ? state.lampMs : state.led) ? 0 : 1;
    if (lamp) {
      setLamp(state, lit, Cause.Command, act);
      result = ',' + kitJson(state, '');
    } else {
      state.led = lit;
      act(Effect.Led, lit);
      act(Effect.Changed);
      result = lit ? ',"led":"ON"' : ',"led":"OFF"';
    }
  }
  act(Effect.Result, '{"ok":true,"command":"' + name + '"' + result + '}');
  return 1;
}

/**
 * A message that `obey` did not know or must not see: refuses it, notes a request for a reading, or returns what `obey` is
 * to do for it. `set` is the rest of the topic, empty on `iot/<kit>` itself; `size` counts also when `payload` was too long to hold.
 */
export function takeMessage(
  state: KitState,
  set: string,
  payload: string,
  size: number,
  retained: number,
  act: Act,
): string {
  if (size === 0 || (!set && payload === greeting + state.kit)) return '';
  const name = set ? set + ' ' + payload : payload;
  const asked = payload === 'dht22' ? 1 : payload === 'dht22_t' ? 2 : payload === 'dht22_h' ? 3 : 0;
  let error = '';
  if (size > payloadMax) error = 'longer than 256 bytes"';
  else if (retained) error = 'a retained command is not obeyed: publish without the retain flag"';
  else if (state.safe) {
    if (name === 'restart') {
      act(Effect.Result, '{"ok":true,"command":"restart"}');
      act(Effect.Restart);
      return '';
    }
    error = 'safe mode after crashes","expected":["restart"]';
  } else if (set || !asked) {
    const command = plainCommand(set, payload);
    if (command) return command;
    error = 'not understood","expected":' + expectedJson(set);
  } else if (state.asked.length >= askedMax) error = 'too many requests at once"';
  if (error) {
    const known = echo(name);
    act(Effect.Result, '{"ok":false,"command":"' + known + '","error":"' + error + '}');
  } else state.asked += asked;
  return '';
}

/** The end of a reading: tenths, NaN for one that failed. */
export function takeReading(state: KitState, temperature: number, humidity: number, act: Act): void {
  state.temperature = temperature;
  state.humidity = humidity;
  state.sampling = 0;
  state.restMs = restMs;
  state.failures = isNaN(temperature) ? state.failures + 1 : 0;
  if (state.failures === stuckAt)
    act(Effect.Result, '{"ok":false,"error":"DHT22 is stuck: switch its power off and on"}');
  answer(state, act);
}

/** A good reading younger than two seconds serves at once. */
export function isAnswerable(state: KitState): boolean {
  return state.asked !== '' && state.restMs > tickMs && !isNaN(state.temperature);
}

/** Answers whoever has asked for a reading. */
export function answer(state: KitState, act: Act): void {
  for (const who of state.asked) {
    if (who === Asked.Report) {
      act(Effect.Telemetry);
      continue;
    }
    const temperature = 'Temperature is ' + tenths(state.temperature, '0');
    const humidity = 'Humidity is ' + tenths(state.humidity, '0');
    const failed = isNaN(state.temperature);
    // The topic is the command's name, too.
    const topic = who === Asked.Both ? 'dht22' : who === Asked.Temperature ? 'dht22_t' : 'dht22_h';
    const second = who === Asked.Temperature ? temperature : humidity;
    act(Effect.Reply, topic, who === Asked.Both ? temperature + ', and ' + humidity : second);
    const error = failed ? ',"error":"DHT22 did not answer"' : '';
    act(Effect.Result, '{"ok":' + !failed + ',"command":"' + topic + '"' + error + '}');
  }
  state.asked = '';
}

function setLamp(state: KitState, lit: number, cause: Cause, act: Act): void {
  const was = state.lampMs > 0;
  act(Effect.Lamp, lit);
  state.lampMs = lit ? state.fullMs : 0;
  if (!lit && !was) return;
  state.cause = cause;
  state.settled = 0;
  state.ownMs = ownLightMs;
  act(Effect.Changed);
}

/**
 * Lamp, cause and seconds left as JSON text without braces; with `about`, the JSON text that ends it, the whole
 * retained document on `iot/<kit>/state`.
 */
export function kitJson(state: KitState, about: string): string {
  const cause = state.cause;
  const lamp =
    (state.lampMs ? '"lamp":"ON","cause":"' : '"lamp":"OFF","cause":"') +
    (cause === Cause.Command ? 'command' : cause === Cause.Dusk ? 'dusk' : cause ? 'hold-over' : 'boot') +
    '","remaining":' +
    Math.ceil(state.lampMs / 1000);
  if (!about) return lamp;
  return '{' + lamp + (state.led ? ',"led":"ON","dark":' : ',"led":"OFF","dark":') + (state.dark > 0) + about;
}
