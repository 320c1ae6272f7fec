import { esp32StorageBytes, esp8266StorageBytes } from './flash';

export type ChipName = 'esp8266' | 'esp32';

/** What differs between the two chips as Espruino drives them. Pins are numbers as Espruino counts them. */
export interface Chip {
  name: ChipName;
  /** `process.env.BOARD`. */
  board: string;
  storageBytes: number;
  /** Where Storage begins in the flash chip. */
  storageAddress: number;
  variables: number;
  variableBytes: number;
  /** Pins from 0 to this. */
  lastPin: number;
  /** The name that a pin has in `D4` or `A0`. */
  pinName(pin: number): string;
  /** Wired to the flash chip: their mode cannot be changed. */
  isFlashPin(pin: number): boolean;
  isInputOnly(pin: number): boolean;
  isWatchable(pin: number): boolean;
  hasAnalogIn(pin: number): boolean;
  /** Whether the pin can be an input that is pulled up. */
  hasPullUp(pin: number): boolean;
  /** Whether a start pulls those pins up as well, or only reset() and load(). */
  pullsUpAtStart: boolean;
  /** Pins that reset() and load() leave as inputs with pull-up. */
  pulledUpAtReset: readonly number[];
  /** Counts of the analogue converter at full scale, as Espruino divides by it. */
  analogSteps: number;
  /** Bytes of the queue between interrupts and JavaScript; an edge takes six. */
  eventQueueBytes: number;
  i2c: { scl: number; sda: number; slowest: number; fastest: number };
  /** Built-in modules that the virtual board has as well. */
  modules: readonly string[];
}

/**
 * Source: Espruino boards/ESP8266_4MB.py, targets/esp8266/jshardware.c, targets/esp8266/i2c_master.c,
 * scripts/build_platform_config.py; release 2v29.
 */
const esp8266: Chip = {
  name: 'esp8266',
  board: 'ESP8266_4MB',
  storageBytes: esp8266StorageBytes,
  storageAddress: 0xcb000,
  variables: 1600,
  variableBytes: 12,
  lastPin: 17,
  pinName: (pin) => (pin === 17 ? 'A0' : `D${pin}`),
  isFlashPin: (pin) => pin >= 6 && pin <= 11,
  isInputOnly: () => false,
  isWatchable: (pin) => pin <= 15,
  hasAnalogIn: (pin) => pin === 17,
  hasPullUp: (pin) => pin <= 15,
  pullsUpAtStart: false,
  pulledUpAtReset: [0, 4, 5, 12, 13, 14, 15],
  analogSteps: 1024,
  eventQueueBytes: 512,
  i2c: { scl: 12, sda: 13, slowest: 100_000, fastest: 400_000 },
  modules: ['Storage', 'Wifi', 'net', 'dgram', 'TelnetServer', 'ESP8266'],
};

/** Source: Espruino boards/ESP32.py, targets/esp32/jshardware.c, targets/esp32/jshardwareI2c.c; release 2v29. */
const esp32: Chip = {
  name: 'esp32',
  board: 'ESP32',
  storageBytes: esp32StorageBytes,
  storageAddress: 0x320000,
  variables: 16383,
  variableBytes: 14,
  lastPin: 39,
  pinName: (pin) => `D${pin}`,
  isFlashPin: (pin) => pin >= 6 && pin <= 11,
  isInputOnly: (pin) => pin >= 34,
  isWatchable: (pin) => pin < 6 || pin > 12,
  hasAnalogIn: (pin) => pin >= 32,
  hasPullUp: (pin) => pin < 34,
  pullsUpAtStart: true,
  pulledUpAtReset: [0, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27],
  analogSteps: 4096,
  eventQueueBytes: 4096,
  i2c: { scl: 22, sda: 21, slowest: 0, fastest: 1_000_000 },
  modules:
    'timer Flash Storage heatshrink fs net dgram tls http NetworkJS TelnetServer Wifi ESP32 crypto neopixel'.split(
      ' ',
    ),
};

export const chips: Record<ChipName, Chip> = { esp8266, esp32 };
