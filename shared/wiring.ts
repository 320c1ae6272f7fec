import { boardOf, type Board } from './boards';
import type { BoardName, PinSettings } from './settings';

/** A part of the kit, by its key in `pins`. */
export type Part = keyof PinSettings;

/** What is soldered to the pins, as far as it pulls them one way before the program runs. */
export interface WiringLevels {
  /** 1: the LED goes to ground, 0: it goes to 3.3 V. */
  ledOn: number;
  /** 0: the relay module pulls its input up, 1: it pulls its input down. */
  relayOn: number;
  /** 0: there is no OLED, so SDA and SCL are free. */
  oled: number;
}

export interface WiringProblem {
  part: Part;
  /** The pin, why it cannot work, and which pins would. */
  sentence: string;
}

/** Everything in this wiring that cannot work; an empty list is a kit that can be built. */
export function wiringProblems(name: BoardName, pins: PinSettings, levels: WiringLevels): WiringProblem[] {
  const board = boardOf(name);
  const problems: WiringProblem[] = [];
  for (const part of fittedParts(levels)) {
    const pin = pins[part];
    const range = part === 'cds' ? undefined : whyNoGpio(board, pin);
    const reason = whyNot(board, part, pin, levels) ?? sharedWith(board, part, pins, levels);
    if (range !== undefined) problems.push({ part, sentence: range });
    else if (reason !== undefined) {
      problems.push({ part, sentence: reason + remedy(board, part, pins, levels) });
    }
  }
  return problems;
}

function fittedParts(levels: WiringLevels): Part[] {
  return levels.oled === 0
    ? ['led', 'relay', 'dht22', 'cds']
    : ['led', 'relay', 'dht22', 'cds', 'sda', 'scl'];
}

/** Why this pin alone cannot serve this part, or undefined when it can. */
function whyNot(board: Board, part: Part, pin: number | string, levels: WiringLevels): string | undefined {
  if (part === 'cds') return whyNotLight(board, pin);
  if (typeof pin === 'string') return whyNoGpio(board, pin);
  const gpio = gpioName(board, pin);
  if (board.labels[pin] === undefined) return `the ${board.title} has no ${gpio}`;
  if (board.flash.includes(pin)) return `${gpio} belongs to the flash chip that holds the program`;
  if (board.console.includes(pin)) return `${gpio} belongs to the serial console`;
  if (board.inverted.includes(pin)) return `${gpio} is the BOOT button, whose level Espruino inverts`;
  if (board.inputOnly.includes(pin)) return `${gpio} is an input only, and ${drives(part)}`;
  if (part === 'dht22') {
    if (board.unwatchable.includes(pin))
      return `${gpio} cannot be watched for edges, of which a DHT22 reading consists`;
    if (board.bootMessages.includes(pin)) {
      return `${gpio} carries boot messages, after which a DHT22 is silent until its power is cut`;
    }
  }
  if ((part === 'sda' || part === 'scl') && board.plain.includes(pin)) {
    return `${gpio} has no open drain, which I2C needs`;
  }
  return whyNotAtReset(board, part, pin, levels);
}

/** Why this is no GPIO number of the chip at all, or undefined when it is one. */
function whyNoGpio(board: Board, pin: number | string): string | undefined {
  const expected = `expected a GPIO from 0 to ${board.gpioMax}, got`;
  if (typeof pin === 'number') {
    return pin >= 0 && pin <= board.gpioMax && pin % 1 === 0 ? undefined : `${expected} ${pin}`;
  }
  const meant = gpios(board).find((gpio) => board.labels[gpio] === pin && !board.flash.includes(gpio));
  return `${expected} "${pin}"` + (meant === undefined ? '' : `, which is printed beside GPIO ${meant}`);
}

function whyNotLight(board: Board, pin: number | string): string | undefined {
  if (board.adc.includes(pin)) return undefined;
  if (typeof pin === 'string') return `the ${board.title} has no analogue input "${pin}"`;
  if (board.labels[pin] === undefined) return `the ${board.title} has no GPIO ${pin}`;
  const gpio = gpioName(board, pin);
  if (board.adc2.includes(pin)) return `${gpio} is on ADC2, which cannot measure while WiFi is on`;
  return `${gpio} cannot measure a voltage`;
}

function whyNotAtReset(board: Board, part: Part, pin: number, levels: WiringLevels): string | undefined {
  for (const strap of board.straps) {
    if (strap.gpio !== pin || strap.level === levelAtReset(part, levels)) continue;
    const must = strap.level === 0 ? 'low' : 'high';
    return `${gpioName(board, pin)} must be ${must} at reset, else ${strap.otherwise}, and ${pulls(part, levels)}`;
  }
  return undefined;
}

/** The level that a part gives its pin while no program drives it. */
function levelAtReset(part: Part, levels: WiringLevels): number {
  if (part === 'led') return levels.ledOn === 0 ? 1 : 0;
  if (part === 'relay') return levels.relayOn === 0 ? 1 : 0;
  return 1;
}

function pulls(part: Part, levels: WiringLevels): string {
  if (part === 'led') {
    return levels.ledOn === 0
      ? 'an LED to 3.3 V (ledOn 0) pulls it up'
      : 'an LED to ground (ledOn 1) pulls it down';
  }
  if (part === 'relay') {
    return levels.relayOn === 0
      ? 'an active-low relay module (relayOn 0) pulls it up'
      : 'an active-high relay module (relayOn 1) pulls it down';
  }
  return part === 'dht22'
    ? 'the pull-up of the DHT22 holds it high'
    : 'the pull-up of the I2C bus holds it high';
}

function drives(part: Part): string {
  if (part === 'led') return 'the LED needs an output';
  if (part === 'relay') return 'the relay needs an output';
  return part === 'dht22' ? 'the DHT22 needs a pulse to wake it' : 'I2C needs an output';
}

/** Says it of the later of two parts, and only when the pin itself is a good one for the earlier. */
function sharedWith(board: Board, part: Part, pins: PinSettings, levels: WiringLevels): string | undefined {
  for (const other of fittedParts(levels)) {
    if (other === part) return undefined;
    if (pins[other] !== pins[part] || whyNot(board, other, pins[other], levels) !== undefined) continue;
    return `${pinName(board, pins[part])} is already taken by pins.${other}`;
  }
  return undefined;
}

/** Pins that would do and are free: the usual one first, else none that flickers while the board starts. */
function remedy(board: Board, part: Part, pins: PinSettings, levels: WiringLevels): string {
  const usual = board.pins[part];
  const calm = gpios(board).filter((gpio) => !board.restless.includes(gpio));
  const others = (part === 'cds' ? board.adc : calm).filter((pin) => pin !== usual);
  const free = [usual]
    .concat(others)
    .filter((pin) => whyNot(board, part, pin, levels) === undefined)
    .filter((pin) => fittedParts(levels).every((other) => other === part || pins[other] !== pin));
  const names = free.slice(0, 5).map((pin) => pinName(board, pin));
  return names.length === 0 ? '' : `; free and suitable: ${names.join(', ')}`;
}

function gpios(board: Board): number[] {
  const all: number[] = [];
  for (let pin = 0; pin <= board.gpioMax; pin++) all.push(pin);
  return all;
}

function pinName(board: Board, pin: number | string): string {
  return typeof pin === 'string' ? pin : gpioName(board, pin);
}

/** `GPIO 2 (D4)`, or `GPIO 26` where the number itself is printed on the board. */
function gpioName(board: Board, pin: number): string {
  const label = board.labels[pin];
  return label === undefined || label === String(pin) ? `GPIO ${pin}` : `GPIO ${pin} (${label})`;
}
