import { newKit, step, tickMs, Cause, KitEventType, type KitEvent, type KitState } from '../../shared/kit';
import { newRecorder } from './recorder';

/** A kit without a board: what happens to it goes in as words, what it asks for comes out as lines. */
export interface BareKit {
  state: KitState;
  /** Ticks of 100 ms with this mean of the light; returns what the kit asked for. */
  ticks(count: number, light: number): string[];
  /** One tick that lasts `ms`. */
  longTick(ms: number, light: number): string[];
  /** A message on `iot/<kit>`, or on `iot/<kit>/<set>`. */
  command(payload: string, set?: string): string[];
  retained(payload: string, set?: string): string[];
  /** A message with a payload too long to hold. */
  oversize(size: number, set?: string): string[];
  /** The end of a reading, in tenths; NaN for one that failed. */
  reading(temperature: number, humidity: number): string[];
  /** `off, boot` or `lit, command`. */
  lamp(): string;
}

/** Light that is bright, between the two levels, and dark, for the usual settings. */
export const bright = 700;
export const between = 310;
export const dark = 100;

const causes: Record<Cause, string> = {
  [Cause.Boot]: 'boot',
  [Cause.Command]: 'command',
  [Cause.Dusk]: 'dusk',
  [Cause.HoldOver]: 'hold-over',
};

export function causeText(cause: Cause): string {
  return causes[cause];
}

export function newBareKit(holdMs = 10_000, periodMs = 10_000, safe = 0): BareKit {
  const state = newKit(2, { holdMs, darkBelow: 300, brightFrom: 320 }, periodMs, safe);
  const recorder = newRecorder();
  const after = (event: KitEvent): string[] => {
    step(state, event, recorder.act);
    return recorder.take();
  };
  const message = (set: string, payload: string, size: number, retained: number): string[] =>
    after({ type: KitEventType.Command, set, payload, size, retained });
  return {
    state,
    ticks(count, light) {
      let lines: string[] = [];
      for (let i = 0; i < count; i++)
        lines = lines.concat(after({ type: KitEventType.Tick, ms: tickMs, light }));
      return lines;
    },
    longTick: (ms, light) => after({ type: KitEventType.Tick, ms, light }),
    command: (payload, set = '') => message(set, payload, payload.length, 0),
    retained: (payload, set = '') => message(set, payload, payload.length, 1),
    oversize: (size, set = '') => message(set, '', size, 0),
    reading: (temperature, humidity) => after({ type: KitEventType.Reading, temperature, humidity }),
    lamp: () => (state.lampMs > 0 ? 'lit' : 'off') + ', ' + causeText(state.cause),
  };
}
