import { writeSync } from 'node:fs';

/** xterm control sequences, which all terminals in use know. */
const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const leave = '\x1b[?7h\x1b[?25h\x1b[0m\x1b[?1049l';
/** Terminals that know it show everything between the two at once; the others ignore it. */
const begin = '\x1b[?2026h';
const end = '\x1b[?2026l';

/**
 * The alternate screen of a terminal. A drawing writes only the rows that differ from the last one, so
 * that nothing flickers.
 */
export class Screen {
  private shown: string[] = [];
  private entered = false;

  constructor(private readonly terminal: typeof process.stdout) {}

  enter(): void {
    this.entered = true;
    this.terminal.write(enter);
  }

  /** Forgets what is shown: the next drawing writes everything, as after a resize. */
  clear(): void {
    this.shown = [];
    if (this.entered) this.terminal.write('\x1b[2J');
  }

  draw(lines: string[]): void {
    if (!this.entered) return;
    const changes = difference(this.shown, lines);
    this.shown = lines;
    if (changes) this.terminal.write(begin + changes + end);
  }

  /** The terminal as it was before `enter`. Harmless when repeated; works while the process ends. */
  leave(): void {
    if (!this.entered) return;
    this.entered = false;
    try {
      writeSync(this.terminal.fd, leave);
    } catch {
      // The terminal is gone: there is nothing to restore.
    }
  }
}

/** What to write so that a screen that shows `before` shows `after`. */
export function difference(before: string[], after: string[]): string {
  let changes = '';
  for (let row = 0; row < Math.max(before.length, after.length); row++) {
    const line = after[row] ?? '';
    // Erased first: after a line of full width the cursor still stands on its last character.
    if (line !== (before[row] ?? '')) changes += `\x1b[${row + 1};1H\x1b[0m\x1b[K${line}`;
  }
  return changes;
}
