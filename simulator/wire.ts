/** Electrical level; undefined where nothing drives it. */
export type Level = 0 | 1 | undefined;

/** Something soldered to a pin of the board. */
export interface Part {
  /** The board drives the wire to another level, or lets go of it. */
  onBoardDrives?(level: Level, atMs: number): void;
}

/** The part's end of the wire. */
export interface Wire {
  /** Pulls the wire to a level, or lets go of it, at this time of the world; now when absent. */
  drive(level: Level, atMs?: number): void;
}
