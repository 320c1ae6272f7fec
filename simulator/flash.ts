import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Bytes erased at once. Source: SPI NOR flash of both chips, 4 kB sectors. */
export const pageBytes = 4096;

/** Room for Storage: 48 pages on the ESP8266_4MB build. Source: Espruino boards/ESP8266_4MB.py. */
export const esp8266StorageBytes = 48 * pageBytes;

/** Room for Storage: 224 pages on the ESP32 build. Source: Espruino boards/ESP32.py. */
export const esp32StorageBytes = 224 * pageBytes;

/** Thrown by a hook to cut the power at that very write: the board dies, the flash keeps what it held. */
export class PowerCut extends Error {
  constructor() {
    super('the power was cut');
  }
}

export interface FlashOptions {
  /** The image is read from this file when it exists, and written to it after every change. */
  file?: string;
  /** A multiple of 4,096; the ESP8266's 196,608 when absent. */
  bytes?: number;
}

/**
 * The part of a NOR flash chip that Storage lives in: writing turns ones into zeros, only erasing a
 * page brings ones back. It outlives every reset of the board that it is soldered to.
 */
export class Flash {
  readonly bytes: Uint8Array;
  readonly #file: string | undefined;
  /** Words written and pages erased since this object was made: what wears the chip. */
  writes = 0;
  erasures = 0;
  /** Called before each word is written and each page erased, with its number from 1 on; may throw a `PowerCut`. */
  onWrite: ((count: number) => void) | undefined;

  constructor(options: FlashOptions = {}) {
    const size = options.bytes ?? esp8266StorageBytes;
    if (size <= 0 || size % pageBytes !== 0) {
      throw new Error(`flash size: expected a multiple of ${pageBytes}, got ${size}`);
    }
    this.#file = options.file;
    this.bytes = new Uint8Array(size).fill(0xff);
    if (this.#file !== undefined && existsSync(this.#file)) this.#load(this.#file);
  }

  write(address: number, data: Uint8Array): void {
    try {
      for (let i = 0; i < data.length; i++) {
        // The chip is written in words of four bytes, and a power cut falls between two of them.
        if (i === 0 || (address + i) % 4 === 0) {
          this.onWrite?.(this.writes + this.erasures + 1);
          this.writes++;
        }
        this.bytes[address + i]! &= data[i]!;
      }
    } finally {
      this.#save();
    }
  }

  erasePage(address: number): void {
    this.onWrite?.(this.writes + this.erasures + 1);
    this.erasures++;
    const start = address - (address % pageBytes);
    this.bytes.fill(0xff, start, start + pageBytes);
    this.#save();
  }

  isErased(address: number, length: number): boolean {
    for (let i = address; i < address + length; i++) if (this.bytes[i] !== 0xff) return false;
    return true;
  }

  #load(file: string): void {
    const image = readFileSync(file);
    if (image.length !== this.bytes.length) {
      throw new Error(`${file}: expected a flash image of ${this.bytes.length} bytes, got ${image.length}`);
    }
    this.bytes.set(image);
  }

  #save(): void {
    if (this.#file === undefined) return;
    // A rename is atomic: whoever kills this process finds the image before the write or after it.
    const temporary = `${this.#file}.tmp`;
    writeFileSync(temporary, this.bytes);
    renameSync(temporary, this.#file);
  }
}
