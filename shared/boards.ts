import type { BoardName, PinSettings } from './settings';

/**
 * A board as sold: the limits of its chip, and what is printed beside its pins. All numbers are GPIO
 * numbers: the same pin may be GPIO 2 to the chip and D4 on the board.
 * Sources: Espressif ESP8266EX and ESP32 datasheets ("Strapping Pins"), NodeMCU 1.0 and ESP32-DevKitC
 * schematics, Espruino's targets/esp8266/jshardware.c and targets/esp32/jshardware.c.
 */
export interface Board {
  title: string;
  /** The highest GPIO number of the chip; the lowest is 0. */
  gpioMax: number;
  /** What is printed beside each pin; a GPIO without a label is not on the board's header. */
  labels: Record<number, string>;
  /** Wired to the flash chip that holds the program. */
  flash: number[];
  /** The serial console and the flashing tool. */
  console: number[];
  /** Pins that cannot drive anything. */
  inputOnly: number[];
  /** Pins on which setWatch does not work, so that no edges can be timed. */
  unwatchable: number[];
  /** Pins with neither pull-up nor open drain: plain output or input only. */
  plain: number[];
  /** Pins that Espruino reads and writes inverted, as a button's. */
  inverted: number[];
  /** Pins read once at reset, which decide whether and how the chip starts. */
  straps: Strap[];
  /** Pins whose level changes by itself while the chip starts: boot messages, clocks. */
  restless: number[];
  /** The pin on which the boot messages appear, as bits that a sensor may take for its own. */
  bootMessages: number[];
  /** What can measure the light while WiFi is on. */
  adc: (number | string)[];
  /** Analogue inputs that WiFi occupies. */
  adc2: number[];
  /** The pins that a kit uses unless it names others. */
  pins: PinSettings;
}

export interface Strap {
  gpio: number;
  /** The level that the pin must have at reset. */
  level: number;
  /** What happens with the other level. */
  otherwise: string;
}

export const nodemcu: Board = {
  title: 'NodeMCU',
  gpioMax: 16,
  labels: {
    0: 'D3',
    1: 'TX',
    2: 'D4',
    3: 'RX',
    4: 'D2',
    5: 'D1',
    6: 'CLK',
    7: 'SD0',
    8: 'SD1',
    9: 'SD2',
    10: 'SD3',
    11: 'CMD',
    12: 'D6',
    13: 'D7',
    14: 'D5',
    15: 'D8',
    16: 'D0',
  },
  flash: [6, 7, 8, 9, 10, 11],
  console: [1, 3],
  inputOnly: [],
  unwatchable: [16],
  plain: [16],
  inverted: [],
  straps: [
    { gpio: 0, level: 1, otherwise: 'the board does not start' },
    { gpio: 2, level: 1, otherwise: 'the board does not start' },
    { gpio: 15, level: 0, otherwise: 'the board does not start' },
  ],
  restless: [0, 1, 2, 3],
  bootMessages: [1, 2],
  adc: ['A0'],
  adc2: [],
  pins: { led: 16, relay: 2, dht22: 0, cds: 'A0', sda: 4, scl: 5 },
};

export const esp32: Board = {
  title: 'ESP32 DevKit',
  gpioMax: 39,
  labels: {
    0: '0',
    1: 'TX',
    2: '2',
    3: 'RX',
    4: '4',
    5: '5',
    6: 'CLK',
    7: 'D0',
    8: 'D1',
    9: 'D2',
    10: 'D3',
    11: 'CMD',
    12: '12',
    13: '13',
    14: '14',
    15: '15',
    16: '16',
    17: '17',
    18: '18',
    19: '19',
    21: '21',
    22: '22',
    23: '23',
    25: '25',
    26: '26',
    27: '27',
    32: '32',
    33: '33',
    34: '34',
    35: '35',
    36: 'VP',
    39: 'VN',
  },
  flash: [6, 7, 8, 9, 10, 11],
  console: [1, 3],
  inputOnly: [34, 35, 36, 39],
  // jshCanWatch excludes 6 to 12 although only 6 to 11 belong to the flash chip.
  unwatchable: [6, 7, 8, 9, 10, 11, 12],
  plain: [],
  // boards/ESP32.py marks GPIO 0 as BTN1, negated.
  inverted: [0],
  straps: [
    { gpio: 0, level: 1, otherwise: 'the board does not start' },
    // Read only while GPIO 0 is low, which is when the flashing tool talks to the chip.
    { gpio: 2, level: 0, otherwise: 'the board cannot be flashed' },
    { gpio: 12, level: 0, otherwise: 'the flash chip gets 1.8 V and the board does not start' },
  ],
  restless: [0, 1, 3, 5, 14, 15],
  bootMessages: [1],
  adc: [32, 33, 34, 35, 36, 39],
  adc2: [0, 2, 4, 12, 13, 14, 15, 25, 26, 27],
  pins: { led: 2, relay: 26, dht22: 27, cds: 34, sda: 21, scl: 22 },
};

export function boardOf(name: BoardName): Board {
  return name === 'esp32' ? esp32 : nodemcu;
}
