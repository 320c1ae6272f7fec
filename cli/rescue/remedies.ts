import { isOurFile } from '../../flashing';
import { slotAbandoned, slotAbandonedAt, slotHeaderLength } from '../../shared/slots';
import { type BoardConsole, type BoardSlot, slotToBoot } from '../board-console';
import { restart } from './restart';

export type RemedyName = 'fallback' | 'safe-mode' | 'erase' | 'restart';

/** What can be done for a board that was caught. */
export interface Remedy {
  name: RemedyName;
  /** In plain words, for the list. */
  what: string;
  apply(board: BoardConsole): Promise<void>;
  /** What the board does then, for the last line. */
  done: string;
}

/** The remedies that these firmware slots allow, the mildest first. */
export function remediesFor(slots: BoardSlot[]): Remedy[] {
  const runs = slotToBoot(slots);
  const other = slotToBoot(slots.filter((slot) => slot !== runs));
  return [
    ...(runs && other && !other.abandoned ? [fallback(runs, other)] : []),
    ...(runs ? [safeMode(runs)] : []),
    erase,
    {
      name: 'restart',
      what: 'start it as it is',
      apply: restart,
      done: 'The board starts as it was.',
    },
  ];
}

function fallback(runs: BoardSlot, other: BoardSlot): Remedy {
  return {
    name: 'fallback',
    what: `give ${runs.name} up, so that the firmware before it runs, which lies in ${other.name}`,
    async apply(board) {
      await board.evaluate(`require("Storage").write("${runs.name}","${slotAbandoned}",${slotAbandonedAt})`);
      await restart(board);
    },
    done: `${runs.name} is given up; the board starts with ${other.name}.`,
  };
}

function safeMode({ name, header }: BoardSlot): Remedy {
  return {
    name: 'safe-mode',
    what: `start ${name} once in safe mode: the outputs stay off, link and console work`,
    async apply(board) {
      board.send(
        `SAFE=1;setTimeout(require("Storage").read("${name}",${slotHeaderLength},${header!.length}),100)`,
      );
    },
    done: `The board starts ${name} in safe mode; after the next restart it is as before.`,
  };
}

const erase: Remedy = {
  name: 'erase',
  what: "erase Lamplighter's files: loader, firmware, configuration; other files stay",
  async apply(board) {
    const files = (await board.evaluate('require("Storage").list()')) as string[];
    for (const file of files.filter(isOurFile)) await board.evaluate(`require("Storage").erase("${file}")`);
    await restart(board);
  },
  done: 'The board is empty of Lamplighter; npm run flash puts it back.',
};
