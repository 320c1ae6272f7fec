import { describe, expect, it } from 'vitest';
import { boardOf } from '../../shared/boards';
import type { BoardName, PinSettings } from '../../shared/settings';
import { wiringProblems, type Part, type WiringLevels } from '../../shared/wiring';

const usual: WiringLevels = { ledOn: 1, relayOn: 0, oled: 0x3c };
const boards: BoardName[] = ['nodemcu', 'esp32'];

/** Pins of a board with some moved; a wrong type is what a file without types may hold. */
function pins(board: BoardName, moved: Partial<Record<Part, number | string>>): PinSettings {
  return { ...boardOf(board).pins, ...moved } as PinSettings;
}

/** [rule, board, moved pins, levels, `part: sentence` each] */
const refused: [
  string,
  BoardName,
  Partial<Record<Part, number | string>>,
  Partial<WiringLevels>,
  string[],
][] = [
  ['a GPIO above the chip', 'nodemcu', { relay: 99 }, {}, ['relay: expected a GPIO from 0 to 16, got 99']],
  ['a GPIO below zero', 'nodemcu', { led: -1 }, {}, ['led: expected a GPIO from 0 to 16, got -1']],
  ['half a GPIO', 'esp32', { led: 4.5 }, {}, ['led: expected a GPIO from 0 to 39, got 4.5']],
  [
    'the printed label of another pin',
    'nodemcu',
    { relay: 'D1' },
    {},
    ['relay: expected a GPIO from 0 to 16, got "D1", which is printed beside GPIO 5'],
  ],
  [
    'a label that some boards print beside GPIO 2 and others beside GPIO 9',
    'esp32',
    { led: 'D2' },
    {},
    ['led: expected a GPIO from 0 to 39, got "D2"'],
  ],
  [
    'a GPIO that is not on the header',
    'esp32',
    { led: 20 },
    {},
    ['led: the ESP32 DevKit has no GPIO 20; free and suitable: GPIO 2, GPIO 4, GPIO 12, GPIO 13, GPIO 16'],
  ],
  [
    'a flash pin',
    'nodemcu',
    { led: 9 },
    {},
    [
      'led: GPIO 9 (SD2) belongs to the flash chip that holds the program; free and suitable: GPIO 16 (D0), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5), GPIO 15 (D8)',
    ],
  ],
  [
    'a flash pin',
    'esp32',
    { relay: 6 },
    {},
    [
      'relay: GPIO 6 (CLK) belongs to the flash chip that holds the program; free and suitable: GPIO 26, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'a console pin',
    'nodemcu',
    { relay: 3 },
    {},
    [
      'relay: GPIO 3 (RX) belongs to the serial console; free and suitable: GPIO 2 (D4), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'a console pin',
    'esp32',
    { scl: 1 },
    {},
    [
      'scl: GPIO 1 (TX) belongs to the serial console; free and suitable: GPIO 22, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'the pin that Espruino inverts',
    'esp32',
    { relay: 0 },
    {},
    [
      'relay: GPIO 0 is the BOOT button, whose level Espruino inverts; free and suitable: GPIO 26, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'an input-only pin as an output',
    'esp32',
    { relay: 35 },
    {},
    [
      'relay: GPIO 35 is an input only, and the relay needs an output; free and suitable: GPIO 26, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'an input-only pin for the DHT22, which is woken by a pulse',
    'esp32',
    { dht22: 39 },
    {},
    [
      'dht22: GPIO 39 (VN) is an input only, and the DHT22 needs a pulse to wake it; free and suitable: GPIO 27, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'DHT22 on a pin without watch',
    'nodemcu',
    { led: 12, dht22: 16 },
    {},
    [
      'dht22: GPIO 16 (D0) cannot be watched for edges, of which a DHT22 reading consists; free and suitable: GPIO 0 (D3), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'DHT22 on a pin without watch',
    'esp32',
    { dht22: 12 },
    {},
    [
      'dht22: GPIO 12 cannot be watched for edges, of which a DHT22 reading consists; free and suitable: GPIO 27, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'DHT22 on the boot messages',
    'nodemcu',
    { relay: 14, dht22: 2 },
    {},
    [
      'dht22: GPIO 2 (D4) carries boot messages, after which a DHT22 is silent until its power is cut; free and suitable: GPIO 0 (D3), GPIO 12 (D6), GPIO 13 (D7)',
    ],
  ],
  [
    'I2C on a pin without open drain',
    'nodemcu',
    { led: 12, sda: 16 },
    {},
    [
      'sda: GPIO 16 (D0) has no open drain, which I2C needs; free and suitable: GPIO 4 (D2), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'light on a digital pin',
    'nodemcu',
    { cds: 14 },
    {},
    ['cds: GPIO 14 (D5) cannot measure a voltage; free and suitable: A0'],
  ],
  [
    'light on GPIO 0, which is what the name A0 is to some libraries',
    'nodemcu',
    { cds: 0, dht22: 14 },
    {},
    ['cds: GPIO 0 (D3) cannot measure a voltage; free and suitable: A0'],
  ],
  [
    "light on the other board's pin",
    'esp32',
    { cds: 'A0' },
    {},
    [
      'cds: the ESP32 DevKit has no analogue input "A0"; free and suitable: GPIO 34, GPIO 32, GPIO 33, GPIO 35, GPIO 36 (VP)',
    ],
  ],
  [
    'light on ADC2',
    'esp32',
    { cds: 25 },
    {},
    [
      'cds: GPIO 25 is on ADC2, which cannot measure while WiFi is on; free and suitable: GPIO 34, GPIO 32, GPIO 33, GPIO 35, GPIO 36 (VP)',
    ],
  ],
  [
    'light on a pin that is not there',
    'esp32',
    { cds: 37 },
    {},
    [
      'cds: the ESP32 DevKit has no GPIO 37; free and suitable: GPIO 34, GPIO 32, GPIO 33, GPIO 35, GPIO 36 (VP)',
    ],
  ],
  [
    'light on a pin without ADC',
    'esp32',
    { cds: 19 },
    {},
    [
      'cds: GPIO 19 cannot measure a voltage; free and suitable: GPIO 34, GPIO 32, GPIO 33, GPIO 35, GPIO 36 (VP)',
    ],
  ],

  // Strapping pins
  [
    'an active-low relay pulls up what must be low',
    'nodemcu',
    { relay: 15 },
    {},
    [
      'relay: GPIO 15 (D8) must be low at reset, else the board does not start, and an active-low relay module (relayOn 0) pulls it up; free and suitable: GPIO 2 (D4), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'an active-high relay pulls down what must be high',
    'nodemcu',
    {},
    { relayOn: 1 },
    [
      'relay: GPIO 2 (D4) must be high at reset, else the board does not start, and an active-high relay module (relayOn 1) pulls it down; free and suitable: GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5), GPIO 15 (D8)',
    ],
  ],
  [
    'an LED to ground pulls down what must be high',
    'nodemcu',
    { led: 0, dht22: 14 },
    {},
    [
      'led: GPIO 0 (D3) must be high at reset, else the board does not start, and an LED to ground (ledOn 1) pulls it down; free and suitable: GPIO 16 (D0), GPIO 12 (D6), GPIO 13 (D7), GPIO 15 (D8)',
    ],
  ],
  [
    'an LED to 3.3 V pulls up what must be low',
    'nodemcu',
    { led: 15 },
    { ledOn: 0 },
    [
      'led: GPIO 15 (D8) must be low at reset, else the board does not start, and an LED to 3.3 V (ledOn 0) pulls it up; free and suitable: GPIO 16 (D0), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'the pull-up of the DHT22 on a pin that must be low',
    'nodemcu',
    { dht22: 15 },
    {},
    [
      'dht22: GPIO 15 (D8) must be low at reset, else the board does not start, and the pull-up of the DHT22 holds it high; free and suitable: GPIO 0 (D3), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'the pull-up of I2C on a pin that must be low',
    'nodemcu',
    { scl: 15 },
    {},
    [
      'scl: GPIO 15 (D8) must be low at reset, else the board does not start, and the pull-up of the I2C bus holds it high; free and suitable: GPIO 5 (D1), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'a relay that raises the flash voltage',
    'esp32',
    { relay: 12 },
    {},
    [
      'relay: GPIO 12 must be low at reset, else the flash chip gets 1.8 V and the board does not start, and an active-low relay module (relayOn 0) pulls it up; free and suitable: GPIO 26, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    'an LED to 3.3 V that keeps the flashing tool out',
    'esp32',
    {},
    { ledOn: 0 },
    [
      'led: GPIO 2 must be low at reset, else the board cannot be flashed, and an LED to 3.3 V (ledOn 0) pulls it up; free and suitable: GPIO 4, GPIO 13, GPIO 16, GPIO 17, GPIO 18',
    ],
  ],
  [
    'a DHT22 that keeps the flashing tool out',
    'esp32',
    { led: 4, dht22: 2 },
    {},
    [
      'dht22: GPIO 2 must be low at reset, else the board cannot be flashed, and the pull-up of the DHT22 holds it high; free and suitable: GPIO 27, GPIO 13, GPIO 16, GPIO 17, GPIO 18',
    ],
  ],

  // One pin twice
  [
    'two parts on one pin',
    'nodemcu',
    { relay: 16 },
    {},
    [
      'relay: GPIO 16 (D0) is already taken by pins.led; free and suitable: GPIO 2 (D4), GPIO 12 (D6), GPIO 13 (D7), GPIO 14 (D5)',
    ],
  ],
  [
    'SDA and SCL on one pin',
    'esp32',
    { scl: 21 },
    {},
    [
      'scl: GPIO 21 is already taken by pins.sda; free and suitable: GPIO 22, GPIO 4, GPIO 13, GPIO 16, GPIO 17',
    ],
  ],
  [
    "the light sensor's pin is no output, so only the other part is at fault",
    'esp32',
    { led: 34 },
    {},
    [
      'led: GPIO 34 is an input only, and the LED needs an output; free and suitable: GPIO 2, GPIO 4, GPIO 12, GPIO 13, GPIO 16',
    ],
  ],
  [
    'a board with one suitable pin left',
    'nodemcu',
    { led: 12, relay: 13, dht22: 14, sda: 15 },
    { oled: 0x3c },
    [
      'sda: GPIO 15 (D8) must be low at reset, else the board does not start, and the pull-up of the I2C bus holds it high; free and suitable: GPIO 4 (D2)',
    ],
  ],
];

describe('a wiring that cannot work is refused with the pin, the reason and what would do', () => {
  it.each(refused)('%s (%s, %o, %o)', (_, board, moved, levels, expected) => {
    const problems = wiringProblems(board, pins(board, moved), { ...usual, ...levels });
    expect(problems.map(({ part, sentence }) => `${part}: ${sentence}`)).toEqual(expected);
  });
});

/** [what works, board, moved pins, levels] */
const accepted: [string, BoardName, Partial<PinSettings>, Partial<WiringLevels>][] = [
  ['the usual wiring', 'nodemcu', {}, {}],
  ['the usual wiring', 'esp32', {}, {}],
  ['the quieter pin for the relay', 'nodemcu', { relay: 14 }, {}],
  ['an active-high relay on the pin that is pulled down', 'nodemcu', { relay: 15 }, { relayOn: 1 }],
  ['an active-low relay on the other pin that must be high', 'nodemcu', { relay: 0, dht22: 14 }, {}],
  ['the LED on the module, which goes to 3.3 V', 'nodemcu', { led: 2, relay: 14 }, { ledOn: 0 }],
  ['an LED to ground on the pin that must be low', 'esp32', { led: 12 }, {}],
  ['the pins of the OLED for other parts when there is none', 'nodemcu', { led: 4, dht22: 5 }, { oled: 0 }],
  ['SDA and SCL swapped', 'nodemcu', { sda: 5, scl: 4 }, {}],
  ['any ADC1 pin for the light', 'esp32', { cds: 39 }, {}],
];

describe('a wiring that works is not complained about', () => {
  it.each(accepted)('%s (%s, %o, %o)', (_, board, moved, levels) => {
    expect(wiringProblems(board, pins(board, moved), { ...usual, ...levels })).toEqual([]);
  });
});

describe('for every part on every pin of every board', () => {
  const everything = boards.flatMap((board) =>
    [0, 1].flatMap((ledOn) =>
      [0, 1].flatMap((relayOn) =>
        (Object.keys(boardOf(board).pins) as Part[]).flatMap((part) =>
          Array.from({ length: boardOf(board).gpioMax + 1 }, (_, gpio) => ({
            board,
            part,
            wiring: pins(board, { [part]: gpio }),
            levels: { ...usual, ledOn, relayOn },
          })),
        ),
      ),
    ),
  );

  it('each pin that an answer recommends would really do', () => {
    let recommended = 0;
    for (const { board, wiring, levels } of everything) {
      for (const { part, sentence } of wiringProblems(board, wiring, levels)) {
        const pinsNamed = sentence.split('free and suitable: ')[1]?.matchAll(/GPIO (\d+)|A0/g) ?? [];
        for (const [text, gpio] of pinsNamed) {
          const better = { ...wiring, [part]: gpio === undefined ? text : Number(gpio) };
          const left = wiringProblems(board, better, levels).filter((problem) => problem.part === part);
          expect(left, `${sentence} → ${text}`).toEqual([]);
          recommended++;
        }
      }
    }
    expect(recommended).toBeGreaterThan(1000);
  });

  it('no part is ever accepted on a flash or console pin', () => {
    for (const { board, part, wiring, levels } of everything) {
      const { flash, console } = boardOf(board);
      if (!flash.includes(Number(wiring[part])) && !console.includes(Number(wiring[part]))) continue;
      expect(wiringProblems(board, wiring, levels).map((problem) => problem.part)).toContain(part);
    }
  });
});
