import type { Chip } from './chips';
import type { Clock } from './clock';
import { BoardError } from './errors';
import type { Level, Part, Wire } from './wire';

export type PinMode =
  | 'analog'
  | 'input'
  | 'input_pullup'
  | 'input_pulldown'
  | 'output'
  | 'opendrain'
  | 'opendrain_pullup'
  | 'i2c';

const outputModes: readonly PinMode[] = ['output', 'opendrain', 'opendrain_pullup', 'i2c'];
const pullUpModes: readonly PinMode[] = ['input_pullup', 'opendrain_pullup', 'i2c'];
const modeNames: readonly string[] =
  'analog input input_pullup input_pulldown output opendrain opendrain_pullup af_output af_opendrain'.split(
    ' ',
  );

/** Why each chip refuses a mode; undefined when it takes it. */
type Refusal = string | undefined;

interface PinState {
  mode: PinMode;
  /** The output register: what the pin would drive, kept while it is an input. */
  latch: 0 | 1;
  /** Set by pinMode(): from then on reading and writing leave the mode alone. */
  manual: boolean;
  part: Part | undefined;
  /** What the part does to the wire. */
  partLevel: Level;
  /** What the part was told last. */
  told: Level;
  /** The level that an input reads, kept to find edges. */
  level: 0 | 1;
}

/**
 * The pins of one chip with what is soldered to them. They outlive a reset; the interpreter that drives them does not.
 * Source: Espruino src/jspin.c, src/jswrap_io.c, targets/esp8266/jshardware.c, targets/esp32/jshardware.c; release 2v29.
 */
export class Pins {
  readonly #states: PinState[];
  /** An input's level has changed at this time of the world. */
  onEdge: ((pin: number, level: 0 | 1, atMs: number) => void) | undefined;
  /** The board's own time while its code runs. */
  now: () => number;
  /** What Espruino prints instead of throwing. */
  complain: (message: string) => void = () => {};

  constructor(
    readonly chip: Chip,
    private readonly clock: Clock,
  ) {
    this.now = () => clock.now();
    this.#states = Array.from({ length: chip.lastPin + 1 }, () => freshPin());
  }

  /** Solders a part to a pin. */
  attach(pin: number, part: Part): Wire {
    const state = this.#states[pin];
    if (state === undefined)
      throw new Error(`wiring: expected a pin from 0 to ${this.chip.lastPin}, got ${pin}`);
    state.part = part;
    return {
      drive: (level, atMs = this.clock.now()) => {
        state.partLevel = level;
        this.#settle(pin, state, atMs);
      },
    };
  }

  /** The pin that board code means, or throws "Invalid pin". */
  find(pin: unknown): number {
    const found = this.parse(pin);
    if (found === undefined) throw new BoardError('Invalid pin');
    return found;
  }

  /** A whole number, or a name like "D4" or "A0". */
  parse(pin: unknown): number | undefined {
    if (typeof pin === 'string') {
      for (let i = 0; i <= this.chip.lastPin; i++) if (this.chip.pinName(i) === pin) return i;
      return undefined;
    }
    return Number.isInteger(pin) && (pin as number) >= 0 && (pin as number) <= this.chip.lastPin
      ? (pin as number)
      : undefined;
  }

  /** digitalWrite(): the level is set first, then the pin becomes an output unless pinMode() has fixed its mode. */
  write(pin: number, level: 0 | 1): void {
    const state = this.#states[pin]!;
    state.latch = level;
    this.#settle(pin, state, this.now());
    if (!state.manual) this.setMode(pin, 'output');
  }

  /** digitalRead(): makes the pin an input, even one that is an output, unless pinMode() has fixed its mode. */
  read(pin: number): 0 | 1 {
    const state = this.#states[pin]!;
    if (!state.manual) this.setMode(pin, 'input');
    return state.level;
  }

  /** The level on the wire, without touching anything. */
  levelOf(pin: number): 0 | 1 {
    return this.#states[pin]!.level;
  }

  modeOf(pin: number): PinMode {
    return this.#states[pin]!.mode;
  }

  isManual(pin: number): boolean {
    return this.#states[pin]!.manual;
  }

  /** pinMode(): "auto" or nothing gives the mode back to reading and writing. */
  pinMode(pin: number, mode: unknown, automatic: boolean): void {
    const state = this.#states[pin]!;
    if (mode === undefined || mode === 'auto') {
      state.manual = false;
      return;
    }
    if (typeof mode !== 'string' || !modeNames.includes(mode)) throw new BoardError('Unknown pin mode');
    state.manual = !automatic;
    this.setMode(pin, mode as PinMode);
  }

  setMode(pin: number, mode: PinMode): void {
    const refusal = this.#refusal(pin, mode);
    if (refusal !== undefined) {
      if (refusal !== '') this.complain(`ERROR: ${refusal}`);
      return;
    }
    const state = this.#states[pin]!;
    state.mode = mode;
    this.#settle(pin, state, this.now());
  }

  /** Both lines of a bus rest released: an open drain whose latch is high. */
  joinBus(pin: number): void {
    this.#states[pin]!.latch = 1;
    this.setMode(pin, 'i2c');
  }

  /** What a start, reset() and load() do: modes are automatic again and some pins are pulled up. */
  reset(): void {
    for (const [pin, state] of this.#states.entries()) {
      state.manual = false;
      if (this.chip.pulledUpAtReset.includes(pin)) state.mode = 'input_pullup';
      this.#settle(pin, state, this.now());
    }
  }

  /** No power, or the reset button: every register is as new. */
  clear(): void {
    for (const [pin, state] of this.#states.entries()) {
      Object.assign(state, { mode: 'input', latch: 0, manual: false });
      this.#settle(pin, state, this.now());
    }
  }

  #refusal(pin: number, mode: PinMode): Refusal {
    if (this.chip.name === 'esp8266') {
      if (this.chip.hasAnalogIn(pin)) return '';
      if (pin === 16)
        return mode === 'input' || mode === 'output' ? undefined : 'only output and input are valid for D16';
      if (this.chip.isFlashPin(pin)) return 'Cannot change pins used for flash chip';
      return mode === 'analog' || mode === 'input_pulldown' ? 'Pin state not supported' : undefined;
    }
    if (mode === 'analog') return 'jshPinSetState: Unexpected state: 7';
    return this.chip.isFlashPin(pin) ? '' : undefined;
  }

  /** Works out what the board drives and what an input reads, and tells the part and the watches. */
  #settle(pin: number, state: PinState, atMs: number): void {
    const driven = this.#driven(pin, state);
    if (driven !== state.told) {
      state.told = driven;
      state.part?.onBoardDrives?.(driven, atMs);
    }
    const pulled = pullUpModes.includes(state.mode) && this.chip.hasPullUp(pin) ? 1 : 0;
    // An open drain that lets go drives nothing: then the part has the wire, as on a bus.
    const level = driven ?? state.partLevel ?? pulled;
    if (level === state.level) return;
    state.level = level;
    this.onEdge?.(pin, level, atMs);
  }

  #driven(pin: number, state: PinState): Level {
    if (!outputModes.includes(state.mode) || this.chip.isInputOnly(pin)) return undefined;
    if (state.mode === 'output') return state.latch;
    return state.latch === 0 ? 0 : undefined;
  }
}

function freshPin(): PinState {
  return {
    mode: 'input',
    latch: 0,
    manual: false,
    part: undefined,
    partLevel: undefined,
    told: undefined,
    level: 0,
  };
}
