import type { I2cPart } from '../i2c';
import { type TextPicture, pictureText } from './picture-text';
import { picturePng } from './picture-png';
import { advance, argumentsOf, execute, registersAfterReset } from './ssd1306-commands';

export const oledWidth = 128;
export const oledHeight = 64;

/** An OLED of 128x64 pixels on I2C. Source: Solomon Systech SSD1306 datasheet rev. 1.1, sections 8.1.5, 8.7 and 10. */
export class Ssd1306 implements I2cPart {
  /** False: taken off the bus, nobody acknowledges. */
  fitted: boolean;
  /** How often the picture has changed. */
  frames = 0;
  /** After each transfer that changed the picture. */
  onChange: (() => void) | undefined;
  #registers = registersAfterReset();
  /** Eight pages of 128 bytes, the lowest bit uppermost. */
  readonly #memory = new Uint8Array((oledWidth * oledHeight) / 8);
  /** A command whose arguments have not all come yet. */
  #pending: number[] = [];
  /** Whether this transfer has written other data than was there. */
  #written = false;

  constructor(readonly address: number) {
    this.fitted = address !== 0;
  }

  get present(): boolean {
    return this.fitted;
  }

  /** Whether it shines at all: switched on, with the charge pump that the usual module lives on. */
  get on(): boolean {
    return this.#registers.displayOn && this.#registers.chargePump;
  }

  get contrast(): number {
    return this.#registers.contrast;
  }

  /** 128 pixels of the top row first, 1 where it shines. */
  get pixels(): Uint8Array {
    const { startLine, offset, rowsReversed, inverted, allOn } = this.#registers;
    const pixels = new Uint8Array(oledWidth * oledHeight);
    if (!this.on) return pixels;
    for (let y = 0; y < oledHeight; y++) {
      const row = rowsReversed ? y : oledHeight - 1 - y;
      const line = (row + startLine + offset) % oledHeight;
      const page = (line >> 3) * oledWidth;
      for (let x = 0; x < oledWidth; x++) {
        const bit = allOn ? 1 : (this.#memory[page + x]! >> (line & 7)) & 1;
        pixels[y * oledWidth + x] = inverted ? 1 - bit : bit;
      }
    }
    return pixels;
  }

  /** Power is applied: registers as after reset, dark. The memory holds whatever it holds; here nothing. */
  powerOn(): void {
    const look = this.#look();
    this.#registers = registersAfterReset();
    this.#memory.fill(0);
    this.#pending = [];
    if (look !== this.#look()) this.#changed();
  }

  /** A transfer: control bytes say whether commands or data follow. */
  write(bytes: Uint8Array): void {
    const look = this.#look();
    this.#written = false;
    let at = 0;
    while (at < bytes.length) {
      const control = bytes[at++]!;
      const isData = (control & 0x40) !== 0;
      // With the continuation bit only one byte follows, then another control byte.
      const end = (control & 0x80) !== 0 ? Math.min(at + 1, bytes.length) : bytes.length;
      for (; at < end; at++) {
        if (isData) this.#data(bytes[at]!);
        else this.#command(bytes[at]!);
      }
    }
    if (look !== this.#look() || (this.#written && this.on)) this.#changed();
  }

  /** The status byte: bit 6 tells that the display is off. */
  read(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.#registers.displayOn ? 0x00 : 0x40);
  }

  /** The picture as characters: two pixels each in half blocks (128x32), or eight in braille (64x16). */
  toText(style: TextPicture = 'half'): string {
    return pictureText(this.pixels, oledWidth, oledHeight, style);
  }

  toPng(scale = 4): Buffer {
    return picturePng(this.pixels, oledWidth, oledHeight, scale);
  }

  #command(byte: number): void {
    this.#pending.push(byte);
    const [command, ...args] = this.#pending as [number, ...number[]];
    if (args.length < argumentsOf(command)) return;
    this.#pending = [];
    execute(this.#registers, command, args);
  }

  #data(byte: number): void {
    const { page, column, segmentsRemapped } = this.#registers;
    // Remapping works while writing: what is in the memory already stays where it is.
    const address = page * oledWidth + (segmentsRemapped ? column : oledWidth - 1 - column);
    if (this.#memory[address] !== byte) this.#written = true;
    this.#memory[address] = byte;
    advance(this.#registers);
  }

  /** What the registers do to the picture, to be compared. */
  #look(): string {
    const { inverted, allOn, rowsReversed, startLine, offset } = this.#registers;
    return this.on ? `${inverted} ${allOn} ${rowsReversed} ${startLine} ${offset}` : 'dark';
  }

  #changed(): void {
    this.frames++;
    this.onChange?.();
  }
}
