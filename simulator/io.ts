import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import type { Pins } from './pins';
import type { BoardFunction } from './realm';
import type { Watches } from './watches';

/** What board code calls to reach the pins. Source: Espruino src/jswrap_io.c, src/jswrap_pin.c; release 2v29. */
export function installIo(
  interpreter: BoardInterpreter,
  pins: Pins,
  watches: Watches,
  analogLevel: (pin: number) => number,
): void {
  const { realm } = interpreter;
  const { chip } = pins;

  /** Several pins at once: the last one in the array is the lowest bit. */
  function digitalWrite(pin: unknown, value: unknown): void {
    if (Array.isArray(pin)) {
      const bits = typeof value === 'boolean' ? -Number(value) : Math.trunc(Number(value)) || 0;
      for (const [index, item] of [...pin].reverse().entries())
        pins.write(pins.find(item), ((bits >> index) & 1) as 0 | 1);
    } else {
      pins.write(pins.find(pin), isOn(value) ? 1 : 0);
    }
  }

  function digitalRead(pin: unknown): number {
    if (!Array.isArray(pin)) return pins.read(pins.find(pin));
    return pin.reduce<number>((bits, item) => (bits << 1) | pins.read(pins.find(item)), 0);
  }

  /**
   * 0 to just below 1 in the converter's steps; NaN for a pin without converter. An ESP8266 reads 1 beyond its range. Source: ESP8266
   * Non-OS SDK API reference, system_adc_read; Espruino targets/esp8266/jshardware.c, jshPinAnalog.
   */
  function analogRead(pin: unknown): number {
    // On ESP8266 the converter has one input, which no pin at all means, too.
    const found = pin === undefined && chip.name === 'esp8266' ? chip.lastPin : pins.parse(pin);
    if (found === undefined || !chip.hasAnalogIn(found)) return NaN;
    const counts = Math.round(analogLevel(found) * chip.analogSteps);
    const most = chip.name === 'esp8266' ? chip.analogSteps : chip.analogSteps - 1;
    return Math.min(most, Math.max(0, counts)) / chip.analogSteps;
  }

  /** The edges come from a hardware timer: they do not wait for JavaScript. */
  function digitalPulse(pin: unknown, value: unknown, times: unknown): void {
    const found = pins.find(pin);
    // A text counts as a list of its characters.
    const isList = Array.isArray(times) || typeof times === 'string';
    const durations: unknown[] = isList ? [...times] : [times];
    if (!isList && typeof times !== 'number')
      throw new BoardError(`Expecting Number or Array, got ${typeof times}`);
    if (typeof times === 'number' && !(times >= 0))
      throw new BoardError('Pulse Time is less than 0 or not a number');
    let level: 0 | 1 = isOn(value) ? 1 : 0;
    let atMs = 0;
    pins.write(found, level);
    for (const duration of durations) {
      atMs += Number(duration) || 0;
      level = level === 1 ? 0 : 1;
      const next = level;
      interpreter.later(atMs, () => pins.write(found, next));
    }
  }

  const functions: Record<string, BoardFunction> = {
    digitalWrite,
    digitalRead,
    digitalPulse,
    analogRead,
    pinMode: (pin: unknown, mode: unknown, automatic: unknown) =>
      pins.pinMode(pins.find(pin), mode, Boolean(automatic)),
    getPinMode: (pin: unknown) => pins.modeOf(pins.find(pin)),
    setWatch: (callback: unknown, pin: unknown, options: unknown) => watches.add(callback, pin, options),
    clearWatch: (...args: unknown[]) => watches.clear(args),
    Pin: (pin: unknown) => pins.parse(pin),
  };
  for (const [name, fn] of Object.entries(functions)) realm.define(name, realm.native(fn));
  for (let pin = 0; pin <= chip.lastPin; pin++) realm.define(chip.pinName(pin), pin);
  realm.define('HIGH', 1);
  realm.define('LOW', 0);
  if (chip.name === 'esp8266') realm.define('NodeMCU', realm.object(nodeMcuPins()));
  else realm.define('LED1', 2);
  installPinMethods(interpreter, functions);
}

/** A pin is a number on the board as well, with these methods: `D4.set()`. */
function installPinMethods(interpreter: BoardInterpreter, io: Record<string, BoardFunction>): void {
  const call = (name: string, ...args: unknown[]): unknown =>
    (io[name] as (...args: unknown[]) => unknown)(...args);
  const methods: Record<string, BoardFunction> = {
    read(this: unknown) {
      return call('digitalRead', Number(this)) === 1;
    },
    write(this: unknown, value: unknown) {
      call('digitalWrite', Number(this), value);
    },
    set(this: unknown) {
      call('digitalWrite', Number(this), 1);
    },
    reset(this: unknown) {
      call('digitalWrite', Number(this), 0);
    },
    mode(this: unknown, mode: unknown) {
      call('pinMode', Number(this), mode);
    },
    getMode(this: unknown) {
      return call('getPinMode', Number(this));
    },
    pulse(this: unknown, value: unknown, times: unknown) {
      call('digitalPulse', Number(this), value, times);
    },
    analog(this: unknown) {
      return call('analogRead', Number(this));
    },
  };
  const { realm } = interpreter;
  const prototype = (realm.global['Number'] as { prototype: object }).prototype;
  for (const [name, fn] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value: realm.native(fn), writable: true, configurable: true });
  }
}

/** The labels printed on a NodeMCU. `A0` is wrong there in Espruino, too: it reads as no analogue pin. */
function nodeMcuPins(): Record<string, number> {
  const gpio = [16, 5, 4, 0, 2, 14, 12, 13, 15, 3, 1];
  return { A0: 0, ...Object.fromEntries(gpio.map((pin, label) => [`D${label}`, pin])) };
}

function isOn(value: unknown): boolean {
  return typeof value === 'boolean' ? value : (Math.trunc(Number(value)) || 0) !== 0;
}
