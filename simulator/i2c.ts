import { bytesFromData } from './bytes';
import { BoardError } from './errors';
import type { BoardInterpreter } from './interpreter';
import type { Pins } from './pins';

/** A part on the bus. */
export interface I2cPart {
  /** 7 bits. */
  readonly address: number;
  /** False: the part does not acknowledge, as if it were not there. */
  readonly present: boolean;
  write(bytes: Uint8Array, atMs: number): void;
  read(length: number): Uint8Array;
}

/** What a bus is soldered to. */
export interface I2cWiring {
  sda: number;
  scl: number;
  parts: readonly I2cPart[];
}

const refusals = {
  esp8266: { type: 'InternalError', write: 'I2CWrite: No ACK 0', read: 'I2CRead: No ACK 0' },
  esp32: {
    type: 'Error',
    write: "jshI2CWrite: slave doesn't ACK the transfer",
    read: "jshI2CRead: slave doesn't ACK the transfer",
  },
} as const;

/**
 * The I2C1 object. A transfer takes its time, during which no JavaScript runs.
 * Source: Espruino src/jswrap_spi_i2c.c, targets/esp8266/i2c_master.c, targets/esp32/jshardwareI2c.c; release 2v29.
 */
export function createI2c(interpreter: BoardInterpreter, pins: Pins, wiring: I2cWiring): object {
  const { chip } = pins;
  let bitrate = 100_000;
  let reachesWiring = false;

  function setup(options: unknown): void {
    const { scl, sda, bitrate: wanted } = readOptions(options);
    const speed = wanted === undefined ? 100_000 : Math.trunc(Number(wanted));
    if (!(speed >= 100)) throw new BoardError('Invalid I2C bitrate');
    if (chip.i2c.fastest < speed && chip.name === 'esp32')
      throw new BoardError('jshI2CSetup: Invalid arguments');
    bitrate = Math.min(chip.i2c.fastest, Math.max(chip.i2c.slowest, speed));
    const sclPin = scl === undefined ? chip.i2c.scl : pins.find(scl);
    const sdaPin = sda === undefined ? chip.i2c.sda : pins.find(sda);
    for (const pin of [sclPin, sdaPin]) pins.joinBus(pin);
    reachesWiring = sclPin === wiring.scl && sdaPin === wiring.sda;
  }

  function partAt(address: unknown, bytes: number, direction: 'write' | 'read'): I2cPart {
    const number =
      typeof address === 'object' && address !== null ? (address as { address: unknown }).address : address;
    const part = wiring.parts.find((candidate) => candidate.present && candidate.address === Number(number));
    const acknowledged = reachesWiring && part !== undefined;
    // Start and stop, and nine bits for the address and each byte; without acknowledge it ends after the address.
    interpreter.stall(((acknowledged ? 9 * (bytes + 1) : 9) + 2) * (1000 / bitrate));
    if (!acknowledged) throw new BoardError(refusals[chip.name][direction], refusals[chip.name].type);
    return part;
  }

  return interpreter.realm.module({
    setup,
    writeTo: (address: unknown, ...data: unknown[]) => {
      const bytes = bytesFromData(data);
      if (bytes === undefined || bytes.length === 0) return;
      partAt(address, bytes.length, 'write').write(bytes, interpreter.now());
    },
    readFrom: (address: unknown, quantity: unknown) => {
      const length = Math.trunc(Number(quantity)) || 0;
      if (length <= 0) return undefined;
      return interpreter.realm.uint8Array(partAt(address, length, 'read').read(length));
    },
  });
}

function readOptions(options: unknown): Record<string, unknown> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null) throw new BoardError('Expecting an Object');
  for (const key of Object.keys(options)) {
    if (!['scl', 'sda', 'bitrate'].includes(key))
      throw new BoardError(`Unknown option ${JSON.stringify(key)}`);
  }
  return options as Record<string, unknown>;
}
