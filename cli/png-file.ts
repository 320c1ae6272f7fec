import { renameSync, writeFileSync } from 'node:fs';

/** Shortest time between two pictures, in milliseconds: one update of the display is many small changes. */
const intervalMs = 200;

/** A picture in a file that follows what it shows. */
export class PngFile {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly file: string,
    private readonly picture: () => Buffer,
    private readonly failed: (sentence: string) => void,
  ) {}

  /** To be called at every change. */
  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      try {
        this.save();
      } catch (error) {
        this.failed((error as Error).message);
      }
    }, intervalMs);
  }

  /** Throws one sentence when the file cannot be written. A viewer never finds half a picture. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const unfinished = `${this.file}.tmp`;
    try {
      writeFileSync(unfinished, this.picture());
      renameSync(unfinished, this.file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === 'ENOENT' ? 'its folder does not exist' : code;
      throw new Error(`--png: ${this.file} cannot be written: ${why}`);
    }
  }
}

/** A name for each of several kits: `oled.png` becomes `oled-3.png`. */
export function pngNameOf(file: string, kit: number): string {
  return /\.[^./\\]+$/.test(file) ? file.replace(/(\.[^./\\]+)$/, `-${kit}$1`) : `${file}-${kit}`;
}
