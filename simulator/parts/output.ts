import type { Level, Part } from '../wire';

export interface LevelChange {
  atMs: number;
  level: Level;
}

/** Changes kept: at one command a second about a quarter of an hour. */
const longestHistory = 1000;

/** An LED or a relay: does what the pin does, and remembers it. Which level lights it is the wiring's affair. */
export class OutputPart implements Part {
  /** Undefined while the board does not drive the pin: no current flows, nothing is lit. */
  level: Level;
  /** The latest changes, the oldest first. */
  readonly history: LevelChange[] = [];
  /** Changes that fell out of the history. */
  forgotten = 0;
  onChange: ((level: Level, atMs: number) => void) | undefined;

  onBoardDrives(level: Level, atMs: number): void {
    this.level = level;
    this.history.push({ atMs, level });
    if (this.history.length > longestHistory) {
      this.history.shift();
      this.forgotten++;
    }
    this.onChange?.(level, atMs);
  }
}
